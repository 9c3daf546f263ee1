// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/check/report.hpp"
#include "zone/record.hpp"

// What a check stores of a zone's records. Ten million PTR records at whole addresses are the usual case: 16
// bytes (IPv6: 32) each, in file order, which is usually the order of addresses. All others are stored
// completely.
namespace ptrd::zone {

/// The part of a name's hash that is stored: two different names share it once in 2^48 pairs, which makes one
/// warning wrong.
inline constexpr unsigned kHashBits = 48;

/// A PTR record at a whole address.
template <typename Address>
struct PlainPtr {
  Address address;
  uint32_t place;
  uint64_t hash_and_ttl;  // the upper bits of its target's hash, the number of its TTL

  PlainPtr(Address a, uint32_t p, uint64_t hash, uint16_t ttl)
      : address(a), place(p), hash_and_ttl((hash & ~kTtlMask) | ttl) {}
  [[nodiscard]] uint64_t hash() const { return hash_and_ttl & ~kTtlMask; }
  [[nodiscard]] uint16_t ttl() const { return static_cast<uint16_t>(hash_and_ttl & kTtlMask); }

  static constexpr uint64_t kTtlMask = (1ULL << (64 - kHashBits)) - 1;
};
using Address4 = uint32_t;                 // host order
using Address6 = std::array<uint64_t, 2>;  // host order, the upper half first
static_assert(sizeof(PlainPtr<Address4>) == 16 && sizeof(PlainPtr<Address6>) == 32);

/// The name of a whole address.
[[nodiscard]] wire::Name owner_of(Address4 address);
[[nodiscard]] wire::Name owner_of(const Address6& address);

/// The PTR records at whole addresses of one family.
template <typename Address>
class PlainPtrs {
 public:
  /// `apex` is the zone's.
  explicit PlainPtrs(const wire::Name& apex);
  /// Whether an address is in the zone.
  [[nodiscard]] bool covers(const Address& address) const {
    return !(address < first_) && !(last_ < address) && first_ <= last_;
  }
  /// `target` is the record's data; without it, the targets of an address are not known.
  void add(const PlainPtr<Address>& record, wire::Bytes target) {
    if (size_ > 0 && record.address == previous_) [[unlikely]] {
      repeat(record.address, target);
    }
    add(record);
  }
  void add(const PlainPtr<Address>& record) {
    if (size_ % kChunk == 0) chunks_.emplace_back().reserve(size_ == 0 ? 1 : kChunk);
    sorted_ = sorted_ && (size_ == 0 || !(record.address < previous_));
    previous_ = record.address;
    chunks_.back().push_back(record);
    ++size_;
  }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] const PlainPtr<Address>& operator[](size_t i) const {
    return chunks_[i / kChunk][i % kChunk];
  }

  /// Whether an address may own several records. (For IPv4 this is exact, unless there are few in a wide
  /// range.)
  [[nodiscard]] bool may_repeat() const;
  /// Sorts them by address; records of one address stay in the order in which they were read. Required by
  /// `within`.
  void sort();
  [[nodiscard]] bool sorted() const { return sorted_; }
  struct Range {
    size_t begin;
    size_t end;
    [[nodiscard]] bool empty() const { return begin == end; }
  };
  /// The targets of an address with many records, of which only hashes are stored otherwise: those that
  /// follow another record of the address in the text. Valid as long as nothing is added.
  [[nodiscard]] std::vector<wire::Bytes> repeated_targets(const Address& address) const;
  /// Those at and below the name of a key of their family.
  [[nodiscard]] Range within(const wire::AddressKey& key) const;

 private:
  /// Targets of records at one address that followed one another.
  struct Run {
    Address address;
    size_t count = 0;
    std::vector<uint8_t> targets = {};
  };
  static constexpr size_t kLongRun = 64;  // shorter ones are not kept

  void repeat(const Address& address, wire::Bytes target);

  // Does not grow by copying: most of the time for ten million records goes into fresh memory. Two huge
  // pages; they go back to the system at the end.
  static constexpr size_t kChunk = (1U << 22) / sizeof(PlainPtr<Address>);

  // The zone's addresses; the first is above the last when it has none.
  Address first_;
  Address last_;
  Address previous_{};
  std::vector<std::vector<PlainPtr<Address>>> chunks_;
  std::vector<Run> runs_;  // the last one may be short
  size_t size_ = 0;
  bool sorted_ = true;
};

/// The TTLs of PTR records at whole addresses, by number. A zone has few; TTLs beyond 2^16 - 1 share the
/// number `kMany`.
class TtlNumbers {
 public:
  static constexpr uint16_t kMany = UINT16_MAX;

  [[nodiscard]] uint16_t number(uint32_t ttl) {
    if (last_ < ttls_.size() && ttls_[last_] == ttl) return last_;
    return last_ = find(ttl);
  }
  [[nodiscard]] uint32_t ttl(uint16_t number) const { return ttls_[number]; }

 private:
  uint16_t find(uint32_t ttl);
  std::vector<uint32_t> ttls_;
  std::unordered_map<uint32_t, uint16_t> numbers_;
  uint16_t last_ = 0;
};

/// Any other record.
struct Item {
  const uint8_t* data_bytes;
  uint16_t data_size;    // of the record
  uint16_t stored_size;  // at `data_bytes`
  uint16_t type;
  uint32_t ttl;
  uint32_t place;
};
static_assert(sizeof(Item) == 24);

/// All other records at one name, by type and then in the order in which they were read.
struct Owner {
  std::string_view key;
  std::span<Item> items;

  [[nodiscard]] bool has(wire::Type type) const { return find(type) != nullptr; }
  /// The first record of a type.
  [[nodiscard]] const Item* find(wire::Type type) const;
  /// All records of a type.
  [[nodiscard]] std::span<const Item> set(uint16_t type) const;
  [[nodiscard]] bool has_address() const { return has(wire::Type::a) || has(wire::Type::aaaa); }
};

/// Elements that stay where they are, in chunks that grow: a vector would be copied each time.
template <typename T>
class Chunks {
 public:
  /// Room for `count` elements.
  [[nodiscard]] T* take(size_t count) {
    if (free_.size() < count) {
      const size_t chunk = std::max(next_, count);
      chunks_.push_back(std::make_unique_for_overwrite<T[]>(chunk));
      free_ = {chunks_.back().get(), chunk};
      next_ = std::min(2 * next_, kMax);
    }
    T* const here = free_.data();
    free_ = free_.subspan(count);
    return here;
  }
  /// What was taken last, with room for one more behind it: there or, if the chunk is full, elsewhere.
  [[nodiscard]] std::span<T> extend(std::span<T> last) {
    if (!free_.empty()) return {last.data(), take(1) + 1};
    next_ = std::max(next_, 2 * last.size());
    T* const here = take(last.size() + 1);
    std::ranges::copy(last, here);
    return {here, last.size() + 1};
  }

 private:
  static constexpr size_t kMax = (1U << 22) / sizeof(T);  // two huge pages
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::span<T> free_;  // of the last chunk
  size_t next_ = (1U << 12) / sizeof(T);
};

/// What is known about one zone.
class ZoneData {
 public:
  /// `keep_signatures`: stores RRSIG records as they are. Otherwise of their data the type that they cover
  /// and a hash, as they are compared only: signatures are most of a signed zone.
  explicit ZoneData(const wire::Name& apex, bool keep_signatures = false);
  ZoneData(const ZoneData&) = delete;
  ZoneData& operator=(const ZoneData&) = delete;

  void add(const Record& record, uint32_t place);
  /// Ends adding. Required by the functions below.
  void settle();

  [[nodiscard]] static wire::Bytes data(const Item& item) { return {item.data_bytes, item.stored_size}; }
  /// The names that own records other than plain PTRs, in canonical order.
  [[nodiscard]] const std::vector<Owner>& owners() const { return owners_; }
  [[nodiscard]] const Owner* find(std::string_view key) const;
  /// The owner whose records answer for the name: the name itself, or the wildcard that covers it (RFC 4592
  /// 3.3.1). Ignores cuts and DNAMEs.
  [[nodiscard]] const Owner* answering(std::string_view key) const;
  /// The zone cut at or above the name, or the DNAME above it: this zone does not answer with what is hidden
  /// there.
  [[nodiscard]] const Owner* hider(std::string_view key) const;
  /// Whether an owner is a zone cut.
  [[nodiscard]] bool is_cut(const Owner& owner) const {
    return owner.key != apex_key && owner.has(wire::Type::ns);
  }
  [[nodiscard]] bool in_zone(std::string_view key) const { return key.starts_with(apex_key); }
  /// Drops everything except the plain PTRs.
  void forget();

  wire::Name apex;
  std::string apex_key;
  Places places;
  Report report;
  PlainPtrs<Address4> plain4;
  PlainPtrs<Address6> plain6;
  TtlNumbers ttls;
  bool whole =
      true;  // all of the file could be read; otherwise something that seems to be missing may be in the rest

 private:
  [[nodiscard]] bool exists(std::string_view key) const;
  [[nodiscard]] wire::Bytes store_data(const Record& record);
  void sort_owners();
  void join_owners();

  Chunks<uint8_t> bytes_;  // keys and data of the items
  Chunks<Item> items_;
  bool keep_signatures_;
  std::vector<uint8_t> previous_owner_;  // of the last item, in wire form
  std::vector<Owner> owners_;            // until all is settled, of records that follow one another
  std::vector<const Owner*> hiders_;     // in order, not nested
};

/// The name of a key.
[[nodiscard]] std::string text_of_key(std::string_view key);

}  // namespace ptrd::zone
