// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/name_sets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <tuple>

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

bool same_rdata(uint16_t type, Bytes a, Bytes b) {
  const bool named = wire::rdata_layout(type).names > 0;
  return named ? wire::same_ignoring_case(a, b) : std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void add(std::vector<TreeSet>& sets, const RecordChange& change) {
  auto it = std::find_if(sets.begin(), sets.end(), [&](const TreeSet& s) { return s.type == change.type; });
  if (it == sets.end()) it = sets.insert(sets.end(), TreeSet{.type = change.type, .rdatas = {}});
  if (change.type == code(Type::soa)) it->rdatas.clear();
  it->ttl = change.ttl;
  std::string rdata = text_of(change.rdata);
  const auto same = std::find_if(it->rdatas.begin(), it->rdatas.end(), [&](const std::string& other) {
    return same_rdata(change.type, bytes_of(other), change.rdata);
  });
  const bool signatures = change.type == code(Type::rrsig);
  if (same != it->rdatas.end()) {
    if (signatures) it->ttls[static_cast<size_t>(same - it->rdatas.begin())] = change.ttl;
    *same = std::move(rdata);
    return;
  }
  it->rdatas.push_back(std::move(rdata));
  if (signatures) it->ttls.push_back(change.ttl);
}

void remove_record(std::vector<TreeSet>& sets, const RecordChange& change) {
  for (TreeSet& set : sets) {
    if (set.type != change.type) continue;
    for (size_t i = set.rdatas.size(); i-- > 0;) {
      if (!same_rdata(set.type, bytes_of(set.rdatas[i]), change.rdata)) continue;
      set.rdatas.erase(set.rdatas.begin() + static_cast<ptrdiff_t>(i));
      if (!set.ttls.empty()) set.ttls.erase(set.ttls.begin() + static_cast<ptrdiff_t>(i));
    }
  }
  std::erase_if(sets, [](const TreeSet& set) { return set.rdatas.empty(); });
}

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

void change_sets(std::vector<TreeSet>& sets, const RecordChange& change, bool at_apex) {
  const auto stays = [&](const TreeSet& set) {
    return at_apex && (set.type == code(Type::soa) || set.type == code(Type::ns));
  };
  switch (change.op) {
    case RecordChange::Op::add:
      return add(sets, change);
    case RecordChange::Op::remove_record:
      return remove_record(sets, change);
    case RecordChange::Op::remove_set:
      std::erase_if(sets, [&](const TreeSet& set) { return set.type == change.type && !stays(set); });
      return;
    case RecordChange::Op::remove_name:
      std::erase_if(sets, [&](const TreeSet& set) { return !stays(set); });
      return;
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
  if (sets.size() > kMaxRrsets) return "records of more than " + std::to_string(kMaxRrsets) + " types";
  return {};
}

}  // namespace ptrd::image
