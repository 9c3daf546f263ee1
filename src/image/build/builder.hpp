// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "image/build/label_index.hpp"
#include "image/build/leaf_signings.hpp"
#include "image/build/rule.hpp"
#include "image/build/signing.hpp"
#include "image/build/tree.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Bytes that live as long as the builder, allocated sequentially.
class Arena {
 public:
  /// A chunk, or the rest of one: its owner may fill it while others fill theirs.
  struct Room {
    uint8_t* at = nullptr;
    uint64_t where = 0;
    size_t left = 0;

    /// The next `size` bytes; there must be room for them.
    uint64_t take(size_t size);
    /// A copy of `head` and `tail`, concatenated; there must be room for them.
    uint64_t put(wire::Bytes head, wire::Bytes tail);
  };
  /// A new chunk (1 MiB).
  [[nodiscard]] Room room();
  /// Room for `size` bytes, at most a chunk.
  uint64_t take(size_t size);
  [[nodiscard]] const uint8_t* at(uint64_t where) const { return chunks_[where / kChunk] + where % kChunk; }
  [[nodiscard]] uint8_t* at(uint64_t where) { return chunks_[where / kChunk] + where % kChunk; }

 private:
  static constexpr size_t kChunk = 1U << 20;
  struct Free {
    void operator()(uint8_t* block) const { std::free(block); }
  };
  std::vector<uint8_t*> chunks_;
  std::vector<std::unique_ptr<uint8_t, Free>> blocks_;  // of chunks
  uint8_t* next_ = nullptr;                             // chunk of the last block that is not in use yet
  uint8_t* blocks_end_ = nullptr;
  Room room_;
};

/// A PTR record at a whole address: the position of its data in the arena, or the number of a rule that
/// produces the same data. Or one beside it: the position of that.
template <typename Address>
struct PlainRecord {
  Address address;
  ZoneId zone;
  uint64_t data;

  static constexpr uint64_t kFolded = 1ULL << 63;
  static constexpr uint64_t kSigned = 1ULL << 62;  // the arena has its signed part as well
  [[nodiscard]] bool folded() const { return (data & kFolded) != 0; }
  [[nodiscard]] uint32_t rule() const { return static_cast<uint32_t>(data); }
};

/// The arena's copy of a PTR record at a whole address: the TTL (host order), the size of the target and the
/// target. Of a signed leaf the number of its LeafSigning, the size of the signed part (2 bytes), and that
/// part follow.
struct PlainData {
  static constexpr size_t kHead = 5;      // before the target
  static constexpr size_t kPartHead = 6;  // before the signed part

  uint32_t ttl;
  wire::Bytes target;
  uint32_t signing;  // 0: it is not signed
  wire::Bytes signed_part;
};
[[nodiscard]] inline PlainData plain_data(const Arena& arena, uint64_t data) {
  constexpr uint64_t kSigned = PlainRecord<uint32_t>::kSigned;
  const uint8_t* p = arena.at(data & ~kSigned);
  const wire::Bytes target(p + PlainData::kHead, p[4]);
  const uint8_t* const behind = p + PlainData::kHead + p[4];
  const auto ttl = wire::load_raw<uint32_t>(p);
  if ((data & kSigned) == 0) return {ttl, target, 0, {}};
  return {ttl,
          target,
          wire::load_raw<uint32_t>(behind),
          {behind + PlainData::kPartHead, wire::load_raw<uint16_t>(behind + 4)}};
}
/// The same of a record beside: the TTL, the type, the size of the data (each in host order), the data.
[[nodiscard]] inline BesideData beside_data(const Arena& arena, uint64_t data) {
  const uint8_t* p = arena.at(data);
  return {wire::load_raw<uint32_t>(p),
          wire::load_raw<uint16_t>(p + 4),
          {p + BesideData::kHead, wire::load_raw<uint16_t>(p + 6)}};
}
using Plain4 = PlainRecord<uint32_t>;                 // host order: sorts as the address
using Plain6 = PlainRecord<std::array<uint8_t, 16>>;  // network order

/// PTR records at whole addresses, and what signers put beside them, on their way to a builder. Several
/// threads can each fill one, since `add` touches no shared state; before it is used for another zone,
/// `Builder::take` must have emptied it.
class PlainBatch {
 public:
  PlainBatch();
  /// Whether `add` may be called; if not, call `Builder::take` first.
  [[nodiscard]] bool ready() const {
    return room_.left >= kMaxData && v4_.size() + v6_.size() + beside4_.size() + beside6_.size() < kMax;
  }
  /// False, and nothing is added: the owner is not a whole address. Requires `ready`.
  [[nodiscard]] bool add(ZoneId zone, const wire::QuestionName& owner, uint32_t ttl, wire::Bytes target);
  /// The same for a record of the types RRSIG and NSEC, unless the owner is the zone's apex. False as well if
  /// the data is larger than a leaf holds.
  [[nodiscard]] bool add_beside(ZoneId zone, const wire::QuestionName& owner, uint16_t type, uint32_t ttl,
                                wire::Bytes rdata);
  /// Whether records of this type are for `add_beside`.
  [[nodiscard]] static bool is_beside(uint16_t type);

 private:
  friend class Builder;
  static constexpr size_t kMax = 1U << 15;
  static constexpr size_t kMaxData = 8 + std::max<size_t>(kMaxBeside, 255);

  std::vector<Plain4> v4_;
  std::vector<Plain6> v6_;
  std::vector<Plain4> beside4_;
  std::vector<Plain6> beside6_;
  Arena::Room room_;
};

struct ZoneInput {
  wire::Name apex;
  std::string soa{};  // its data, wire
  uint32_t soa_ttl = 0;
  uint64_t records = 0;
  Signing signing = {};
  uint32_t expires = 0;  // the soonest end of all RRSIGs that were added
  bool encloses_another = false;
  bool dropped = false;
};

/// Collects the records of any number of zones and lays them out as an image. Records of a zone that a deeper
/// zone hides are dropped, as an authoritative server does; what cannot be served at all is an error of
/// `build`.
class Builder {
 public:
  /// Error: a duplicate zone.
  [[nodiscard]] tl::expected<ZoneId, std::string> add_zone(const wire::Name& apex);
  /// Takes a zone out again with all that was added to it: the image is as if it had never been there. Its
  /// number is not used again, and its apex is free for another zone.
  void drop_zone(ZoneId zone);
  /// A signed zone that cannot be answered for rightly.
  struct Refused {
    ZoneId zone;
    std::string why;  // one sentence, which names it
  };
  /// All of them, when every record has been added: unless they are dropped, `build` fails.
  [[nodiscard]] std::vector<Refused> refused_zones();
  /// The soonest time at which an RRSIG record of a zone expires (RFC 4034 3.1.5), once `refused_zones` has
  /// been called; 0: the zone is not signed. Unlike Zone::expires it counts records that will be hidden.
  [[nodiscard]] uint32_t expires(ZoneId zone) const {
    return zones_[zone].signing.denial == Denial::none ? 0 : zones_[zone].expires;
  }
  /// The zone with this apex, unless it was dropped; 0: none.
  [[nodiscard]] ZoneId zone_at(const wire::Name& apex) const;
  /// In lower case.
  [[nodiscard]] const wire::Name& apex(ZoneId zone) const { return zones_[zone].apex; }
  /// `owner` must be at or below the zone's apex, `rdata` well formed for `type`, names in it uncompressed.
  /// Class IN.
  void add(ZoneId zone, wire::Bytes owner, uint16_t type, uint32_t ttl, wire::Bytes rdata);
  /// The same if the caller has scanned the owner of a PTR, RRSIG or NSEC record; `scanned` is ignored for
  /// other types.
  void add(ZoneId zone, wire::Bytes owner, uint16_t type, uint32_t ttl, wire::Bytes rdata,
           const wire::QuestionName& scanned);
  /// Takes the contents of a batch, and makes it ready for more. Not from several threads at a time. A zone's
  /// records must come in the order of its text; the order of zones does not change the image.
  void take(PlainBatch& batch);
  /// Declares a range: each address of `prefix` without other data owns a PTR record whose target is the
  /// output of `program`, followed by `tail`. The longest range wins. Error: the prefix has host bits
  /// set or is not in the zone, or the program is invalid or can produce an illegal name.
  [[nodiscard]] tl::expected<void, std::string> add_range(ZoneId zone, const Prefix& prefix,
                                                          const std::string& program, const wire::Name& tail,
                                                          uint32_t ttl);
  /// Whether `build` looks for rules behind plain records and stores the rules instead. On by default.
  void fold(bool on) { fold_ = on; }
  /// Whether addresses of signed zones may be leaves. On by default; if not, they are Nodes, of which all
  /// replies are the same: for tests, which compare them.
  void signed_leaves(bool on) { signed_leaves_ = on; }
  /// The most additional iterations of NSEC3 that a zone may have. 0 by default (RFC 9276 3.1): each is one
  /// more digest for each name that is hashed for a query.
  void nsec3_iterations(uint16_t most) { nsec3_iterations_ = most; }
  [[nodiscard]] uint16_t nsec3_iterations() const { return nsec3_iterations_; }
  /// Hashes the label index with these keys instead of those derived from the zones.
  void index_keys(IndexKeys keys) { index_keys_ = std::move(keys); }
  /// Builds the image. Ends the builder. Error: a zone without SOA, a signed zone that cannot be answered
  /// for rightly, a duplicate range, or more data than the format allows. The result does not depend on
  /// `run`.
  [[nodiscard]] tl::expected<std::vector<Line>, std::string> build(const Executor& run = run_in_turn);

 private:
  void addresses_in_tree(std::vector<uint32_t>& out);
  void addresses_in_tree(std::vector<std::array<uint8_t, 16>>& out);
  template <typename Plain>
  void settle_plain(std::vector<Plain>& records, std::vector<Plain> beside);
  /// Makes a PTR record with what is beside it a signed leaf. False: it cannot be one.
  template <typename Plain>
  [[nodiscard]] bool sign(Plain& record, std::span<const Plain> beside);
  template <typename Plain>
  static std::vector<Plain> join(std::vector<std::vector<Plain>>& runs);
  void into_tree(const wire::Name& owner, ZoneId zone, uint64_t data);
  void beside_into_tree(const wire::Name& owner, ZoneId zone, uint64_t data);
  [[nodiscard]] ZoneId deepest_zone(const wire::Name& owner);
  void mark_nested();
  [[nodiscard]] std::vector<bool> signed_zones() const;
  void count_served(const TreeSet& set);
  void forget_dropped();
  [[nodiscard]] tl::expected<void, std::string> settle_ranges(std::vector<RangeEntry>& ranges);

  Tree tree_;
  std::vector<ZoneInput> zones_ = std::vector<ZoneInput>(1);  // number 0 is "no zone"
  Arena arena_;
  std::vector<std::vector<Plain4>> runs4_;  // in the order of the batches
  std::vector<std::vector<Plain6>> runs6_;
  std::vector<std::vector<Plain4>> beside_runs4_;
  std::vector<std::vector<Plain6>> beside_runs6_;
  LeafSignings signings_;
  std::vector<Plain4> plain4_;
  std::vector<Plain6> plain6_;
  PlainBatch own_;  // of records that are added one by one
  Rules rules_;
  std::vector<RangeEntry> ranges4_;
  std::vector<RangeEntry> ranges6_;
  std::vector<DeclaredPrefix> declared4_;  // those of `ranges4_`, once settled, and those that others hide
  bool any_dropped_ = false;
  bool fold_ = true;
  bool signed_leaves_ = true;
  uint16_t nsec3_iterations_ = 0;
  IndexKeys index_keys_;
};

/// Writes `lines` to a temporary file beside `path`, syncs it and renames it to `path`. Error: one sentence;
/// then `path` is unchanged and the temporary file is removed.
[[nodiscard]] tl::expected<void, std::string> write_file(const std::string& path,
                                                         const std::vector<Line>& lines);

}  // namespace ptrd::image
