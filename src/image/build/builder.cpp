// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/builder.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "image/build/fold.hpp"
#include "image/build/pages.hpp"
#include "image/build/writer.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::AddressKey;
using wire::Bytes;
using wire::Family;
using wire::Name;
using wire::QuestionName;

namespace {

constexpr auto kPtr = static_cast<uint16_t>(wire::Type::ptr);
constexpr auto kSoa = static_cast<uint16_t>(wire::Type::soa);
constexpr auto kRrsig = static_cast<uint16_t>(wire::Type::rrsig);

std::array<uint8_t, 16> address_of(const QuestionName& owner) {
  std::array<uint8_t, 16> address{};
  wire::store_raw(address.data(), __builtin_bswap64(owner.v6[0]));
  wire::store_raw(address.data() + 8, __builtin_bswap64(owner.v6[1]));
  return address;
}
Name owner_of(uint32_t address) {
  AddressKey key{.family = Family::v4, .units = 4};
  wire::store32(key.address.data(), address);
  return wire::name_of_key(key);
}
Name owner_of(const std::array<uint8_t, 16>& address) {
  return wire::name_of_key({.family = Family::v6, .units = 32, .address = address});
}

}  // namespace

uint64_t Arena::Room::take(size_t size) {
  at += size;
  left -= size;
  return std::exchange(where, where + size);
}

uint64_t Arena::Room::put(Bytes head, Bytes tail) {
  std::copy(head.begin(), head.end(), at);
  std::copy(tail.begin(), tail.end(), at + head.size());
  return take(head.size() + tail.size());
}

Arena::Room Arena::room() {
  if (next_ == blocks_end_) {
    // A few small zones need no huge page.
    constexpr size_t kSmall = 4;
    constexpr size_t kMany = 32;
    const bool small = chunks_.size() < kSmall;
    const size_t size = (small ? 1 : kMany) * kChunk;
    blocks_.emplace_back(static_cast<uint8_t*>(std::aligned_alloc(small ? kChunk : kHugePage, size)));
    if (blocks_.back() == nullptr) throw std::bad_alloc();
    use_huge_pages(blocks_.back().get(), size);
    next_ = blocks_.back().get();
    blocks_end_ = next_ + size;
  }
  uint8_t* const chunk = std::exchange(next_, next_ + kChunk);
  populate(chunk, kChunk);
  chunks_.push_back(chunk);
  return {.at = chunk, .where = (chunks_.size() - 1) * kChunk, .left = kChunk};
}

uint64_t Arena::take(size_t size) {
  if (room_.left < size) room_ = room();
  return room_.take(size);
}

PlainBatch::PlainBatch() {
  v4_.reserve(kMax);
}

bool PlainBatch::add(ZoneId zone, const QuestionName& owner, uint32_t ttl, Bytes target) {
  if (owner.kind != QuestionName::Kind::v4 && owner.kind != QuestionName::Kind::v6) return false;
  std::array<uint8_t, PlainData::kHead> head{};
  wire::store_raw(head.data(), ttl);
  head[4] = static_cast<uint8_t>(target.size());
  const uint64_t data = room_.put(head, target);
  if (owner.kind == QuestionName::Kind::v4) {
    v4_.push_back({owner.v4, zone, data});
    return true;
  }
  v6_.push_back({address_of(owner), zone, data});
  return true;
}

bool PlainBatch::is_beside(uint16_t type) {
  return type == static_cast<uint16_t>(wire::Type::rrsig) || type == static_cast<uint16_t>(wire::Type::nsec);
}

bool PlainBatch::add_beside(ZoneId zone, const QuestionName& owner, uint16_t type, uint32_t ttl,
                            Bytes rdata) {
  const bool v4 = owner.kind == QuestionName::Kind::v4;
  if ((!v4 && owner.kind != QuestionName::Kind::v6) || rdata.size() > kMaxBeside) return false;
  std::array<uint8_t, BesideData::kHead> head{};
  wire::store_raw(head.data(), ttl);
  wire::store_raw(&head[4], type);
  wire::store_raw(&head[6], static_cast<uint16_t>(rdata.size()));
  const uint64_t data = room_.put(head, rdata);
  if (v4)
    beside4_.push_back({owner.v4, zone, data});
  else
    beside6_.push_back({address_of(owner), zone, data});
  return true;
}

void Builder::take(PlainBatch& batch) {
  const auto keep = [](auto& records, auto& runs) {
    if (!records.empty()) {
      auto& run = runs.emplace_back();
      run.reserve(records.size());  // no larger than necessary
      use_huge_pages(run.data(), records.size() * sizeof(records[0]));
      populate(run.data(), records.size() * sizeof(records[0]));
      run.assign(records.begin(), records.end());
    }
    records.clear();
  };
  keep(batch.v4_, runs4_);
  keep(batch.v6_, runs6_);
  keep(batch.beside4_, beside_runs4_);
  keep(batch.beside6_, beside_runs6_);
  if (batch.room_.left < PlainBatch::kMaxData) batch.room_ = arena_.room();
}

tl::expected<ZoneId, std::string> Builder::add_zone(const Name& apex) {
  TreeNode& node = tree_.make(apex.bytes());
  if (node.apex_of != 0) return tl::unexpected<std::string>("duplicate zone " + apex.to_text());
  node.apex_of = static_cast<ZoneId>(zones_.size());
  zones_.push_back({.apex = apex.lowered()});
  return node.apex_of;
}

void Builder::drop_zone(ZoneId zone) {
  if (std::exchange(zones_[zone].dropped, true)) return;
  tree_.find(zones_[zone].apex.bytes())->apex_of = 0;
  zones_[zone].signing = {};
  any_dropped_ = true;
}

ZoneId Builder::zone_at(const Name& apex) const {
  const TreeNode* node = tree_.find(apex.bytes());
  return node == nullptr ? 0 : node->apex_of;
}

void Builder::add(ZoneId zone, Bytes owner, uint16_t type, uint32_t ttl, Bytes rdata) {
  QuestionName scanned;
  if (type == kPtr || PlainBatch::is_beside(type)) {
    // The scan loads whole words, so the name is copied to a buffer that allows it.
    std::array<uint8_t, wire::kMaxName + wire::kScanSlack> room{};
    std::copy(owner.begin(), owner.end(), room.begin());
    scanned = wire::scan_question_name(room, 0, owner.size());
  }
  add(zone, owner, type, ttl, rdata, scanned);
}

void Builder::add(ZoneId zone, Bytes owner, uint16_t type, uint32_t ttl, Bytes rdata,
                  const QuestionName& scanned) {
  if (type == kPtr) {
    if (!own_.ready()) take(own_);
    if (own_.add(zone, scanned, ttl, rdata)) return;
  } else if (PlainBatch::is_beside(type) && owner.size() != zones_[zone].apex.size()) {
    if (!own_.ready()) take(own_);
    if (own_.add_beside(zone, scanned, type, ttl, rdata)) return;
  }
  TreeNode& node = tree_.make(owner);
  Tree::add(node, zone, type, ttl, rdata);
  if (type == kRrsig) take_sooner(zones_[zone].expires, rdata);
  if (type == kSoa && node.apex_of == zone) {
    zones_[zone].soa.assign(reinterpret_cast<const char*>(rdata.data()), rdata.size());
    zones_[zone].soa_ttl = ttl;
  }
}

void Builder::into_tree(const Name& owner, ZoneId zone, uint64_t data) {
  const PlainData record = plain_data(arena_, data);
  Tree::add(tree_.make(owner.bytes()), zone, kPtr, record.ttl, record.target);
}

void Builder::beside_into_tree(const Name& owner, ZoneId zone, uint64_t data) {
  const BesideData record = beside_data(arena_, data);
  Tree::add(tree_.make(owner.bytes()), zone, record.type, record.ttl, record.rdata);
}

ZoneId Builder::deepest_zone(const Name& owner) {
  const wire::Labels labels(owner.bytes());
  TreeNode* node = &tree_.root();
  ZoneId zone = node->apex_of;
  std::string label;
  for (size_t i = labels.count; i-- > 0;) {
    const Bytes text = labels.label(owner.bytes(), i);
    label.assign(reinterpret_cast<const char*>(text.data()), text.size());
    const auto it = node->children.find(label);
    if (it == node->children.end()) break;
    node = it->second.get();
    if (node->apex_of != 0) zone = node->apex_of;
  }
  return zone;
}

void Builder::mark_nested() {
  for (size_t i = 1; i < zones_.size(); ++i) {
    if (zones_[i].dropped) continue;
    for (TreeNode* up = tree_.find(zones_[i].apex.bytes())->parent; up != nullptr; up = up->parent) {
      if (up->apex_of != 0) zones_[up->apex_of].encloses_another = true;
    }
  }
}

std::vector<Builder::Refused> Builder::refused_zones() {
  std::vector<Refused> refused;
  for (ZoneId id = 1; id < zones_.size(); ++id) {
    ZoneInput& zone = zones_[id];
    if (zone.dropped || zone.signing.denial != Denial::none) continue;
    auto signing = take_signing(*tree_.find(zone.apex.bytes()), zone.apex, nsec3_iterations_);
    if (signing) {
      zone.signing = *std::move(signing);
    } else {
      refused.push_back({id, "zone " + zone.apex.to_text() + " is signed, but " + signing.error()});
    }
  }
  return refused;
}

std::vector<bool> Builder::signed_zones() const {
  std::vector<bool> are_signed;
  for (const ZoneInput& zone : zones_) are_signed.push_back(zone.signing.denial != Denial::none);
  return are_signed;
}

void Builder::count_served(const TreeSet& set) {
  ZoneInput& zone = zones_[set.zone];
  zone.records += set.rdatas.size();
  zone.signing.count(set);
}

/// Removes everything that belongs to dropped zones, except ranges: these fall out when they are settled,
/// since no name is in their zone any more.
void Builder::forget_dropped() {
  if (!any_dropped_) return;
  const auto dropped = [&](ZoneId zone) { return zones_[zone].dropped; };
  tree_.forget(dropped);
  const auto clean = [&](auto& runs) {
    for (auto& run : runs) std::erase_if(run, [&](const auto& plain) { return dropped(plain.zone); });
    std::erase_if(runs, [](const auto& run) { return run.empty(); });
  };
  clean(runs4_);
  clean(runs6_);
  clean(beside_runs4_);
  clean(beside_runs6_);
}

/// Whole addresses that are names in the tree, in order.
void Builder::addresses_in_tree(std::vector<uint32_t>& out) {
  const auto gather = [&](auto&& self, TreeNode& node, unsigned octets, uint32_t prefix) -> void {
    if (octets == 4) return out.push_back(prefix);
    for (auto& [label, child] : node.children) {
      const auto octet = wire::octet_of_label({reinterpret_cast<const uint8_t*>(label.data()), label.size()});
      if (octet) self(self, *child, octets + 1, prefix << 8 | *octet);
    }
  };
  if (TreeNode* top = tree_.find(Name::from_text("in-addr.arpa")->bytes())) gather(gather, *top, 0, 0);
  std::sort(out.begin(), out.end());
}

void Builder::addresses_in_tree(std::vector<std::array<uint8_t, 16>>& out) {
  AddressKey key{.family = Family::v6, .units = 32};
  const auto gather = [&](auto&& self, TreeNode& node, size_t nibbles) -> void {
    if (nibbles == 32) return out.push_back(key.address);
    for (auto& [label, child] : node.children) {
      const auto nibble =
          wire::nibble_of_label({reinterpret_cast<const uint8_t*>(label.data()), label.size()});
      if (!nibble) continue;
      uint8_t& byte = key.address[nibbles / 2];
      const uint8_t before = byte;
      byte = static_cast<uint8_t>(byte | (nibbles % 2 == 0 ? *nibble << 4 : *nibble));
      self(self, *child, nibbles + 1);
      byte = before;
    }
  };
  if (TreeNode* top = tree_.find(Name::from_text("ip6.arpa")->bytes())) gather(gather, *top, 0);
  std::sort(out.begin(), out.end());
}

// Runs of zones that were read in parallel come in any order; each is usually sorted, and then so is the
// result.
template <typename Plain>
std::vector<Plain> Builder::join(std::vector<std::vector<Plain>>& runs) {
  const auto before = [](const auto& a, const auto& b) { return a.front().address < b.front().address; };
  const auto overlap = [](const auto& a, const auto& b) { return !(a.back().address < b.front().address); };
  std::vector<std::vector<Plain>*> order;
  size_t size = 0;
  for (auto& run : runs) {
    order.push_back(&run);
    size += run.size();
  }
  std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) { return before(*a, *b); });
  const bool apart = std::adjacent_find(order.begin(), order.end(),
                                        [&](auto* a, auto* b) { return overlap(*a, *b); }) == order.end();
  std::vector<Plain> records;
  records.reserve(size);
  use_huge_pages(records.data(), size * sizeof(Plain));
  populate(records.data(), size * sizeof(Plain));
  // If runs overlap, records of one address must keep their order of arrival.
  for (size_t i = 0; i < runs.size(); ++i) {
    auto& run = apart ? *order[i] : runs[i];
    records.insert(records.end(), run.begin(), run.end());
    run = {};
  }
  runs = {};
  return records;
}

template <typename Plain>
bool Builder::sign(Plain& record, std::span<const Plain> beside) {
  constexpr size_t kMost = 4;
  if (!signed_leaves_ || beside.size() > kMost) return false;
  std::array<BesideData, kMost> records;
  for (size_t i = 0; i < beside.size(); ++i) {
    if (beside[i].zone != record.zone) return false;
    records[i] = beside_data(arena_, beside[i].data);
  }
  Signing& signing = zones_[record.zone].signing;
  const PlainData plain = plain_data(arena_, record.data);
  const std::span<const BesideData> own = std::span(records).first(beside.size());
  const auto made = signings_.sign(owner_of(record.address), plain.ttl, own, signing.denial);
  if (!made) return false;
  for (const BesideData& each : own) signing.count(each);
  zones_[record.zone].records += own.size();
  // The part is written over the records that it was made of, which nearly always lie behind the PTR record.
  const uint8_t* end = plain.target.data() + plain.target.size();
  for (const BesideData& each : own) {
    if (each.rdata.data() == end + BesideData::kHead) end = each.rdata.data() + each.rdata.size();
  }
  const size_t plain_size = PlainData::kHead + plain.target.size();
  const size_t size = plain_size + PlainData::kPartHead + made->part.size();
  uint8_t* out = arena_.at(record.data);
  if (static_cast<size_t>(end - out) < size) {
    record.data = arena_.take(size);
    out = std::copy_n(out, plain_size, arena_.at(record.data)) - plain_size;
  }
  record.data |= Plain::kSigned;
  out += plain_size;
  wire::store_raw(out, made->number);
  wire::store_raw(out + 4, static_cast<uint16_t>(made->part.size()));
  std::copy(made->part.begin(), made->part.end(), out + PlainData::kPartHead);
  return true;
}

// An address stays out of the tree if it owns exactly one PTR record, and nothing else but what a signer puts
// there; all others become tree nodes.
template <typename Plain>
void Builder::settle_plain(std::vector<Plain>& records, std::vector<Plain> beside) {
  const auto by_address = [](const Plain& a, const Plain& b) { return a.address < b.address; };
  for (auto* all : {&records, &beside}) {
    if (!std::is_sorted(all->begin(), all->end(), by_address))
      std::stable_sort(all->begin(), all->end(), by_address);
  }
  std::vector<decltype(Plain::address)> named;
  addresses_in_tree(named);
  const auto has_node = [&](const auto& address) {
    return std::binary_search(named.begin(), named.end(), address);
  };
  size_t kept = 0;
  size_t next = 0;  // of `beside`
  const auto into_tree_before = [&](size_t to) {
    for (; next < to; ++next)
      beside_into_tree(owner_of(beside[next].address), beside[next].zone, beside[next].data);
  };
  for (size_t i = 0, end = 0; i < records.size(); i = end) {
    Plain& first = records[i];
    bool alone = true;
    for (end = i + 1; end < records.size() && records[end].address == first.address; ++end) {
      alone = alone && records[end].zone == first.zone &&
              wire::same_ignoring_case(plain_data(arena_, records[end].data).target,
                                       plain_data(arena_, first.data).target);
    }
    size_t own = next;
    while (own < beside.size() && beside[own].address < first.address) ++own;
    into_tree_before(own);
    while (own < beside.size() && beside[own].address == first.address) ++own;
    alone = alone && !has_node(first.address);
    const bool served =
        !alone || !zones_[first.zone].encloses_another || deepest_zone(owner_of(first.address)) == first.zone;
    if (alone && served && own > next)
      alone = sign(first, std::span<const Plain>(beside).subspan(next, own - next));
    if (!alone) {
      for (size_t k = i; k < end; ++k) into_tree(owner_of(first.address), records[k].zone, records[k].data);
      into_tree_before(own);
    } else if (served) {
      ++zones_[first.zone].records;
      records[kept++] = first;
    } else {
      into_tree_before(own);  // of the deeper zone
    }
    next = own;
  }
  into_tree_before(beside.size());
  records.resize(kept);
}

tl::expected<std::vector<Line>, std::string> Builder::build(const Executor& run) {
  for (size_t i = 1; i < zones_.size(); ++i) {
    if (zones_[i].soa.empty() && !zones_[i].dropped) {
      return tl::unexpected<std::string>("zone " + zones_[i].apex.to_text() +
                                         " has no SOA record at its apex");
    }
  }
  take(own_);
  forget_dropped();
  mark_nested();
  if (const auto refused = refused_zones(); !refused.empty()) return tl::unexpected(refused.front().why);
  plain4_ = join(runs4_);
  plain6_ = join(runs6_);
  settle_plain(plain4_, join(beside_runs4_));
  settle_plain(plain6_, join(beside_runs6_));
  if (fold_) ptrd::image::fold(plain4_, arena_, rules_, run, signed_zones());
  for (auto* ranges : {&ranges4_, &ranges6_}) {
    if (const auto settled = settle_ranges(*ranges); !settled) return tl::unexpected(settled.error());
  }
  tree_.settle([&](TreeNode&, TreeSet& set) { count_served(set); });
  for (const ZoneInput& zone : zones_) {
    for (const auto& link : zone.signing.chain.links) {
      for (const TreeSet& set : link.sets) count_served(set);
    }
  }
  Writer writer({tree_, zones_, arena_, plain4_, plain6_, rules_, ranges4_, ranges6_, declared4_,
                 signings_.lines(), run, index_keys_});
  return writer.write();
}

}  // namespace ptrd::image
