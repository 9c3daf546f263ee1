// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/data.hpp"

#include <xxhash.h>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#include "zone/name.hpp"

namespace ptrd::zone {

using wire::AddressKey;
using wire::Bytes;
using wire::Type;

namespace {

/// First and last address of a key.
std::pair<Address4, Address4> bounds(const AddressKey& key, Address4) {
  const uint32_t first = wire::load32(key.address.data());
  return {first, first | static_cast<uint32_t>(uint64_t{UINT32_MAX} >> (8 * key.units))};
}
std::pair<Address6, Address6> bounds(const AddressKey& key, Address6) {
  Address6 first{};
  Address6 last{};
  for (size_t i = 0; i < 32; ++i) {
    uint64_t& low = first[i / 16];
    uint64_t& high = last[i / 16];
    low = low << 4 | key.nibble(i);
    high = high << 4 | (i < key.units ? key.nibble(i) : 15);
  }
  return {first, last};
}

}  // namespace

wire::Name owner_of(Address4 address) {
  AddressKey key{.family = wire::Family::v4, .units = 4};
  wire::store32(key.address.data(), address);
  return wire::name_of_key(key);
}

wire::Name owner_of(const Address6& address) {
  AddressKey key{.family = wire::Family::v6, .units = 32};
  wire::store_raw(key.address.data(), __builtin_bswap64(address[0]));
  wire::store_raw(key.address.data() + 8, __builtin_bswap64(address[1]));
  return wire::name_of_key(key);
}

template <typename Address>
PlainPtrs<Address>::PlainPtrs(const wire::Name& apex) {
  // A zone above both trees contains all addresses of both.
  constexpr auto kFamily = std::is_same_v<Address, Address4> ? wire::Family::v4 : wire::Family::v6;
  const wire::Name top = wire::name_of_key({.family = kFamily});
  auto key = wire::key_of_name(apex);
  if (!key && top.is_below_or_at(apex)) key = AddressKey{.family = kFamily};
  std::tie(first_, last_) =
      key && key->family == kFamily ? bounds(*key, Address{}) : std::pair(Address{1}, Address{0});
}

template <typename Address>
bool PlainPtrs<Address>::may_repeat() const {
  if (sorted_ || size_ == 0) return size_ > 1;
  if constexpr (std::is_same_v<Address, Address4>) {
    // A bit per address is much cheaper than sorting.
    constexpr uint64_t kBitsEach = 64;
    Address4 low = UINT32_MAX;
    Address4 high = 0;
    for (const auto& chunk : chunks_) {
      for (const auto& record : chunk) {
        low = std::min(low, record.address);
        high = std::max(high, record.address);
      }
    }
    if (high - low > kBitsEach * size_) return true;
    std::vector<bool> seen(size_t{high - low} + 1);
    for (const auto& chunk : chunks_) {
      for (const auto& record : chunk) {
        auto bit = seen[record.address - low];
        if (bit) return true;
        bit = true;
      }
    }
    return false;
  }
  return true;
}

template <typename Address>
void PlainPtrs<Address>::repeat(const Address& address, Bytes target) {
  if (runs_.empty() || (runs_.back().address != address && runs_.back().count >= kLongRun)) {
    runs_.push_back({.address = address});
  }
  Run& run = runs_.back();
  if (run.address != address) {
    run.address = address;
    run.count = 0;
    run.targets.clear();
  }
  ++run.count;
  run.targets.insert(run.targets.end(), target.begin(), target.end());
}

template <typename Address>
std::vector<Bytes> PlainPtrs<Address>::repeated_targets(const Address& address) const {
  std::vector<Bytes> targets;
  for (const Run& run : runs_) {
    if (run.address != address) continue;
    for (Bytes rest = run.targets; !rest.empty(); rest = rest.subspan(targets.back().size())) {
      targets.push_back(rest.first(*wire::plain_name_size(rest, 0)));
    }
  }
  return targets;
}

template <typename Address>
void PlainPtrs<Address>::sort() {
  if (sorted_) return;
  std::vector<PlainPtr<Address>> all;
  all.reserve(size_);
  for (const auto& chunk : chunks_) all.insert(all.end(), chunk.begin(), chunk.end());
  // Places grow while a zone is read: within an address the order is that of the file.
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.address, a.place) < std::tie(b.address, b.place);
  });
  auto next = all.begin();
  for (auto& chunk : chunks_) {
    const auto end = next + static_cast<ptrdiff_t>(chunk.size());
    std::copy(next, end, chunk.begin());
    next = end;
  }
  sorted_ = true;
}

template <typename Address>
typename PlainPtrs<Address>::Range PlainPtrs<Address>::within(const AddressKey& key) const {
  if (!sorted_) return {0, 0};
  const auto range = bounds(key, Address{});
  const auto count = [&](auto before) {
    size_t low = 0;
    for (size_t high = size_; low < high;) {
      const size_t middle = low + (high - low) / 2;
      if (before((*this)[middle].address)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  const size_t begin = count([&](const Address& a) { return a < range.first; });
  size_t end = begin;
  if (key.whole()) {
    while (end < size_ && (*this)[end].address == range.first) ++end;
  } else {
    end = count([&](const Address& a) { return !(range.second < a); });
  }
  return {begin, end};
}

template class PlainPtrs<Address4>;
template class PlainPtrs<Address6>;

uint16_t TtlNumbers::find(uint32_t ttl) {
  const auto it = numbers_.find(ttl);
  if (it != numbers_.end()) return it->second;
  if (ttls_.size() == kMany) return kMany;
  const auto number = static_cast<uint16_t>(ttls_.size());
  ttls_.push_back(ttl);
  numbers_.emplace(ttl, number);
  return number;
}

const Item* Owner::find(Type type) const {
  const auto records = set(code(type));
  return records.empty() ? nullptr : records.data();
}

std::span<const Item> Owner::set(uint16_t type) const {
  constexpr size_t kFew = 8;
  if (items.size() <= kFew) {
    size_t begin = 0;
    while (begin < items.size() && items[begin].type < type) ++begin;
    size_t end = begin;
    while (end < items.size() && items[end].type == type) ++end;
    return items.subspan(begin, end - begin);
  }
  const auto by_type = [](const Item& a, const Item& b) { return a.type < b.type; };
  const auto [begin, end] = std::equal_range(items.begin(), items.end(), Item{.type = type}, by_type);
  return {begin, end};
}

ZoneData::ZoneData(const wire::Name& name, bool keep_signatures)
    : apex(name),
      apex_key(sort_key(name.bytes())),
      report(places),
      plain4(name),
      plain6(name),
      keep_signatures_(keep_signatures) {}

Bytes ZoneData::store_data(const Record& record) {
  constexpr size_t kCovered = 2;
  const Bytes data = record.rdata;
  if (keep_signatures_ || record.type != code(Type::rrsig) || data.size() < kCovered + sizeof(uint64_t)) {
    uint8_t* const here = bytes_.take(data.size());
    std::ranges::copy(data, here);
    return {here, data.size()};
  }
  uint8_t* const here = bytes_.take(kCovered + sizeof(uint64_t));
  std::ranges::copy(data.first(kCovered), here);
  wire::store_raw(here + kCovered, static_cast<uint64_t>(XXH3_64bits(data.data(), data.size())));
  return {here, kCovered + sizeof(uint64_t)};
}

void ZoneData::add(const Record& record, uint32_t place) {
  if (!std::ranges::equal(record.owner, previous_owner_)) {
    std::array<char, kMaxSortKey> key;
    const size_t size = put_sort_key(record.owner, key);
    uint8_t* const here = bytes_.take(size);
    std::copy_n(key.begin(), size, here);
    owners_.push_back({{reinterpret_cast<const char*>(here), size}, {items_.take(0), 0}});
    previous_owner_.assign(record.owner.begin(), record.owner.end());
  }
  const Bytes data = store_data(record);
  Owner& owner = owners_.back();
  owner.items = items_.extend(owner.items);
  owner.items.back() = {.data_bytes = data.data(),
                        .data_size = static_cast<uint16_t>(record.rdata.size()),
                        .stored_size = static_cast<uint16_t>(data.size()),
                        .type = record.type,
                        .ttl = record.ttl,
                        .place = place};
}

/// Signers write names in canonical order, so that there are few runs to merge.
void ZoneData::sort_owners() {
  const auto before = [](const Owner& a, const Owner& b) { return a.key < b.key; };
  const auto at = [&](size_t i) { return owners_.begin() + static_cast<ptrdiff_t>(i); };
  std::vector<size_t> ends = {0};  // of runs
  for (size_t i = 1; i < owners_.size(); ++i) {
    if (before(owners_[i], owners_[i - 1])) ends.push_back(i);
  }
  ends.push_back(owners_.size());
  while (ends.size() > 2) {
    std::vector<size_t> merged = {0};
    for (size_t i = 2; i < ends.size(); i += 2) {
      std::inplace_merge(at(ends[i - 2]), at(ends[i - 1]), at(ends[i]), before);
      merged.push_back(ends[i]);
    }
    if (merged.back() != owners_.size()) merged.push_back(owners_.size());
    ends = std::move(merged);
  }
}

/// Makes one of sorted owners with the same name, and sorts the records of each.
void ZoneData::join_owners() {
  size_t kept = 0;
  for (size_t i = 0, end = 0; i < owners_.size(); i = end) {
    Owner owner = owners_[i];
    size_t count = owner.items.size();
    for (end = i + 1; end < owners_.size() && owners_[end].key == owner.key; ++end)
      count += owners_[end].items.size();
    if (end > i + 1) {
      owner.items = {items_.take(count), count};
      Item* out = owner.items.data();
      for (size_t k = i; k < end; ++k) out = std::ranges::copy(owners_[k].items, out).out;
    }
    std::ranges::sort(owner.items, {}, [](const Item& item) { return std::tie(item.type, item.place); });
    owners_[kept++] = owner;
  }
  owners_.resize(kept);
}

void ZoneData::settle() {
  sort_owners();
  join_owners();
  // Addresses are searched for cuts, aliases and DNAMEs, except if there is only an apex with its SOA and NS.
  const bool asked = owners_.size() > 1 || (!owners_.empty() && owners_[0].has(Type::dname));
  if (asked || plain4.may_repeat()) plain4.sort();
  if (asked || plain6.may_repeat()) plain6.sort();
  for (const Owner& owner : owners_) {
    const bool hidden = !hiders_.empty() && owner.key.starts_with(hiders_.back()->key);
    if (!hidden && (is_cut(owner) || owner.has(Type::dname))) hiders_.push_back(&owner);
  }
}

void ZoneData::forget() {
  hiders_ = {};
  owners_ = {};
  items_ = {};
  bytes_ = {};
}

const Owner* ZoneData::find(std::string_view key) const {
  const auto it = std::lower_bound(owners_.begin(), owners_.end(), key,
                                   [](const Owner& owner, std::string_view k) { return owner.key < k; });
  return it != owners_.end() && it->key == key ? &*it : nullptr;
}

bool ZoneData::exists(std::string_view key) const {
  const auto it = std::lower_bound(owners_.begin(), owners_.end(), key,
                                   [](const Owner& owner, std::string_view k) { return owner.key < k; });
  if (it != owners_.end() && it->key.starts_with(key)) return true;
  const auto address = address_of_sort_key(key);
  if (!address) return false;
  return address->family == wire::Family::v4 ? !plain4.within(*address).empty()
                                             : !plain6.within(*address).empty();
}

const Owner* ZoneData::answering(std::string_view key) const {
  if (exists(key)) return find(key);
  while (key != apex_key && !exists(key)) key = parent_key(key);  // up to the closest encloser
  return find(std::string(key) + "*" + '\0');
}

const Owner* ZoneData::hider(std::string_view key) const {
  // None is below another, so only the last one that does not sort after the key can be a prefix of it.
  const auto after = std::upper_bound(hiders_.begin(), hiders_.end(), key,
                                      [](std::string_view k, const Owner* owner) { return k < owner->key; });
  if (after == hiders_.begin()) return nullptr;
  const Owner* owner = *std::prev(after);
  if (!key.starts_with(owner->key) || (key == owner->key && !is_cut(*owner))) return nullptr;
  return owner;
}

std::string text_of_key(std::string_view key) {
  return name_of_sort_key(key).to_text();
}

}  // namespace ptrd::zone
