// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/name_sets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "image/build/stored_sets.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::code;
using wire::Type;

namespace {

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Adds stored records to their set.
void take(std::vector<TreeSet>& sets, uint16_t type, Bytes records) {
  TreeSet& set = sets.emplace_back(TreeSet{.type = type, .ttl = ~0U, .rdatas = {}});
  each_record(records, [&](uint32_t ttl, Bytes rdata) {
    set.ttl = std::min(set.ttl, ttl);
    set.rdatas.push_back(text_of(rdata));
    if (type == code(Type::rrsig)) set.ttls.push_back(ttl);
  });
}

/// The record of a range that replaces records of the zone's text; none, if the zone declares the range.
std::vector<TreeSet> read_folded(const View& view, const Range& range, const wire::Name& owner) {
  std::vector<TreeSet> sets;
  if ((range.flags & range_flag::declared) != 0) return sets;
  const auto key = wire::key_of_name(owner);
  if (!key || !key->whole()) return sets;
  std::array<uint8_t, kMaxLeafRecord + 2 * kLeafSlack> room{};
  take(sets, code(Type::ptr), Bytes(room).first(write_range_record(view, range, key->address, room.data())));
  return sets;
}

/// By this records are the same: names in their data in any case.
std::string key_of(uint16_t type, std::string rdata) {
  if (wire::rdata_layout(type).names > 0) {
    std::transform(rdata.begin(), rdata.end(), rdata.begin(),
                   [](char c) { return static_cast<char>(wire::lower(static_cast<uint8_t>(c))); });
  }
  return rdata;
}

/// An RRset that is changed, in a time that does not depend on its size.
class ChangedSet {
 public:
  explicit ChangedSet(TreeSet set) : set_(std::move(set)), removed_(set_.rdatas.size()) {
    for (size_t i = 0; i < set_.rdatas.size(); ++i) places_.emplace(key_of(set_.type, set_.rdatas[i]), i);
  }

  void add(uint32_t ttl, std::string rdata) {
    if (set_.type == code(Type::soa)) clear();
    set_.ttl = ttl;
    std::string key = key_of(set_.type, rdata);
    const bool signatures = set_.type == code(Type::rrsig);
    if (const auto it = places_.find(key); it != places_.end()) {
      set_.rdatas[it->second] = std::move(rdata);
      if (signatures) set_.ttls[it->second] = ttl;
      return;
    }
    if (places_.size() == UINT16_MAX) throw std::length_error("a record set of more than 65535 records");
    places_.emplace(std::move(key), set_.rdatas.size());
    set_.rdatas.push_back(std::move(rdata));
    removed_.push_back(false);
    if (signatures) set_.ttls.push_back(ttl);
  }
  void remove(Bytes rdata) {
    const auto [from, to] = places_.equal_range(key_of(set_.type, text_of(rdata)));
    for (auto it = from; it != to; ++it) removed_[it->second] = true;
    places_.erase(from, to);
  }
  void clear() {
    places_.clear();
    removed_.assign(removed_.size(), true);
  }
  /// What is left, in the order of arrival.
  [[nodiscard]] TreeSet take() && {
    size_t kept = 0;
    for (size_t i = 0; i < removed_.size(); ++i) {
      if (removed_[i]) continue;
      if (kept != i) set_.rdatas[kept] = std::move(set_.rdatas[i]);
      if (!set_.ttls.empty()) set_.ttls[kept] = set_.ttls[i];
      ++kept;
    }
    set_.rdatas.resize(kept);
    if (!set_.ttls.empty()) set_.ttls.resize(kept);
    return std::move(set_);
  }

 private:
  TreeSet set_;
  std::vector<bool> removed_;
  std::unordered_multimap<std::string, size_t> places_;  // of what is not removed, by key
};

}  // namespace

std::vector<TreeSet> read_node(const View& view, const Node& node) {
  std::vector<TreeSet> sets;
  const Rrset* set = view.first_rrset(node);
  for (unsigned i = 0; i < node.rrset_count; ++i, set = View::next(set))
    take(sets, set->type, View::records(*set));
  return sets;
}

std::vector<TreeSet> read_leaf(const View& view, uint32_t unit, const wire::Name& owner) {
  const bool v6 = owner.size() == wire::kIp6NameSize;
  std::array<uint8_t, std::max(kMaxLeafRecord, 2 * kMaxLeafRrsig) + 2 * kLeafSlack> room{};
  std::vector<TreeSet> sets;
  const uint8_t* const leaf = view.unit(unit);
  const size_t size = v6 ? write_leaf_record(view, *reinterpret_cast<const Leaf6*>(leaf), room.data())
                         : write_leaf_record(view, *reinterpret_cast<const Leaf4*>(leaf), room.data());
  take(sets, code(Type::ptr), Bytes(room).first(size));
  const SignedLeaf more(view, unit, v6);
  if (!more.is_signed()) return sets;
  take(sets, code(Type::rrsig), Bytes(room).first(more.write_rrsigs(room.data())));
  if (more.has_nsec())
    take(sets, code(Type::nsec), Bytes(room).first(more.write_nsec(owner.bytes(), room.data())));
  return sets;
}

NameSets read_sets(const View& view, const Zone& zone, const wire::Name& owner) {
  const wire::Labels labels(owner.bytes());
  Position at = view.root();
  for (size_t left = labels.count;; --left) {
    const bool below_apex = labels.count - left > zone.label_count;
    if (at.kind == Position::Kind::node && below_apex) {
      const auto& node = view.at<Node>(at.index);
      if ((node.flags & node_flag::apex) != 0) {
        if (left > 0) return {Authority::hidden, {}};
        return {Authority::upper,
                node.upper == 0 ? std::vector<TreeSet>() : read_node(view, view.at<Node>(node.upper))};
      }
    }
    if (left == 0) break;
    const auto next = view.child(at, labels.label(owner.bytes(), left - 1));
    if (!next) return {};
    at = *next;
  }
  switch (at.kind) {
    case Position::Kind::node:
      return {Authority::own, read_node(view, view.at<Node>(at.index))};
    case Position::Kind::leaf:
      return {Authority::own, read_leaf(view, at.index, owner)};
    case Position::Kind::range:
      return {Authority::own, read_folded(view, view.at<Range>(at.index), owner)};
    default:
      return {};
  }
}

void change_sets(std::vector<TreeSet>& sets, std::span<const RecordChange* const> changes, bool at_apex) {
  std::map<uint16_t, ChangedSet> all;
  for (TreeSet& set : sets) {
    const uint16_t type = set.type;
    all.emplace(type, ChangedSet(std::move(set)));
  }
  const auto stays = [&](uint16_t type) {
    return at_apex && (type == code(Type::soa) || type == code(Type::ns));
  };
  for (const RecordChange* change : changes) {
    const auto it = all.find(change->type);
    switch (change->op) {
      case RecordChange::Op::add:
        if (it == all.end()) all.emplace(change->type, ChangedSet({.type = change->type, .rdatas = {}}));
        all.at(change->type).add(change->ttl, text_of(change->rdata));
        break;
      case RecordChange::Op::remove_record:
        if (it != all.end()) it->second.remove(change->rdata);
        break;
      case RecordChange::Op::remove_set:
        if (it != all.end() && !stays(change->type)) it->second.clear();
        break;
      case RecordChange::Op::remove_name:
        for (auto& [type, set] : all) {
          if (!stays(type)) set.clear();
        }
        break;
    }
  }
  sets.clear();
  for (auto& [type, set] : all) {
    TreeSet left = std::move(set).take();
    if (!left.rdatas.empty()) sets.push_back(std::move(left));
  }
}

const TreeSet* find_set(const std::vector<TreeSet>& sets, Type type) {
  const auto it =
      std::find_if(sets.begin(), sets.end(), [&](const TreeSet& s) { return s.type == code(type); });
  return it == sets.end() ? nullptr : &*it;
}

Patched compare_sets(const std::vector<TreeSet>& before, const std::vector<TreeSet>& after) {
  using Record = std::tuple<uint16_t, uint32_t, std::string_view>;
  const auto records_of = [](const std::vector<TreeSet>& sets) {
    std::vector<Record> records;
    for (const TreeSet& set : sets) {
      if (set.type == code(Type::soa)) continue;
      for (size_t i = 0; i < set.rdatas.size(); ++i)
        records.emplace_back(set.type, set.ttls.empty() ? set.ttl : set.ttls[i], set.rdatas[i]);
    }
    std::sort(records.begin(), records.end());
    return records;
  };
  const auto old = records_of(before);
  const auto now = records_of(after);
  std::vector<Record> kept;
  std::set_intersection(old.begin(), old.end(), now.begin(), now.end(), std::back_inserter(kept));
  return {.added = now.size() - kept.size(), .removed = old.size() - kept.size()};
}

std::string fault_of(const std::vector<TreeSet>& sets, bool at_apex) {
  const auto of = [&](Type type) {
    const TreeSet* set = find_set(sets, type);
    return set == nullptr ? size_t{0} : set->rdatas.size();
  };
  if (at_apex && of(Type::soa) != 1) return "the zone would have no SOA record";
  if (at_apex && of(Type::ns) == 0) return "the zone would have no NS record at its apex";
  if (!at_apex && of(Type::soa) > 0) return "an SOA record belongs at the zone's apex";
  if (of(Type::cname) > 1 || of(Type::dname) > 1) return "more than one CNAME or DNAME record";
  if (of(Type::cname) > 0) {
    const bool other = std::any_of(sets.begin(), sets.end(), [](const TreeSet& set) {
      return set.type != code(Type::cname) && set.type != code(Type::rrsig) && set.type != code(Type::nsec);
    });
    if (other) return "a CNAME record and other records (RFC 1034 3.6.2)";
  }
  // What is read out of these records for an answer (RFC 4034 3.1, 4.1).
  constexpr size_t kBeforeSigner = 18;
  const auto are_well_formed = [&](Type type, size_t before) {
    const TreeSet* set = find_set(sets, type);
    return set == nullptr ||
           std::all_of(set->rdatas.begin(), set->rdatas.end(), [&](const std::string& rdata) {
             return wire::plain_name_size(bytes_of(rdata), before).has_value();
           });
  };
  if (!are_well_formed(Type::rrsig, kBeforeSigner) || !are_well_formed(Type::nsec, 0))
    return "an RRSIG or NSEC record that is not well formed";
  if (sets.size() > kMaxRrsets) return "records of more than " + std::to_string(kMaxRrsets) + " types";
  return {};
}

}  // namespace ptrd::image
