// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Uses an image that has passed `verify`, from any source: walks it and answers from it. A sanitizer sees
// out-of-bounds accesses; the other guarantees of verification are checked here.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "image/build/copy.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::test {

inline void require(bool ok) {
  if (!ok) std::abort();
}

/// Queries the engine through both of its paths. The buffers have exactly the size passed to it.
inline void ask(const answer::Engine& engine, wire::Bytes query, answer::Transport transport) {
  const size_t room = std::max(query.size(), answer::kMinBuffer);
  static const auto kFirst = std::make_unique<uint8_t[]>(answer::kMinBuffer);
  static const auto kSecond = std::make_unique<uint8_t[]>(answer::kMinBuffer);
  std::unique_ptr<uint8_t[]> large_first;
  std::unique_ptr<uint8_t[]> large_second;
  if (room > answer::kMinBuffer) {
    large_first = std::make_unique<uint8_t[]>(room);
    large_second = std::make_unique<uint8_t[]>(room);
  }
  uint8_t* first = large_first ? large_first.get() : kFirst.get();
  uint8_t* second = large_second ? large_second.get() : kSecond.get();
  std::copy(query.begin(), query.end(), first);
  std::copy(query.begin(), query.end(), second);
  const answer::Reply reply = engine.respond({first, room}, query.size(), transport);
  const answer::Reply general = engine.respond_general({second, room}, query.size(), transport);
  require(reply.size <= room && general.size <= room);
  // Either may send the client to TCP for the work that its reply takes.
  const bool truncated = reply.kind == answer::Kind::truncated || general.kind == answer::Kind::truncated;
  if (transport == answer::Transport::udp && truncated) return ask(engine, query, answer::Transport::tcp);
  require(reply.kind == general.kind && reply.size == general.size &&
          std::equal(first, first + reply.size, second));
}

/// The same without EDNS, and with DO.
inline void ask(const answer::Engine& engine, const wire::Name& name, uint16_t type) {
  std::array<uint8_t, wire::kHeaderSize + wire::kMaxName + 4 + wire::kOptSize> query{};
  query[5] = 1;
  std::copy(name.bytes().begin(), name.bytes().end(), query.begin() + wire::kHeaderSize);
  const size_t end = wire::kHeaderSize + name.size();
  wire::store16(&query[end], type);
  wire::store16(&query[end + 2], 1);
  ask(engine, wire::Bytes(query).first(end + 4), answer::Transport::udp);
  query[11] = 1;
  uint8_t* const opt = &query[end + 4];
  wire::store16(opt + 1, static_cast<uint16_t>(wire::Type::opt));
  wire::store16(opt + 3, wire::kUdpPayload);
  opt[7] = 0x80;
  ask(engine, wire::Bytes(query).first(end + 4 + wire::kOptSize), answer::Transport::udp);
}

/// Queries the neighbours of an address: with each octet or nibble changed in turn.
inline void ask_near(const answer::Engine& engine, wire::AddressKey key) {
  const bool v4 = key.family == wire::Family::v4;
  key.units = v4 ? 4 : 32;
  for (size_t unit = 0; unit < key.units; ++unit) {
    uint8_t& byte = key.address[v4 ? unit : unit / 2];
    const auto other = static_cast<uint8_t>(v4 || unit % 2 == 1 ? 1 : 0x10);
    byte ^= other;
    ask(engine, wire::name_of_key(key), 12);
    byte ^= other;
  }
}

/// Reads records as the engine does, trusting their sizes.
inline void require_records(uint16_t type, wire::Bytes records) {
  while (!records.empty()) {
    require(records.size() >= 12);
    const size_t size = wire::load16(&records[10]);
    require(records.size() - 12 >= size && wire::rdata_is_well_formed(type, records.subspan(12, size)));
    records = records.subspan(12 + size);
  }
}

/// Looks for the hashes of a zone that denies with NSEC3, and for others: the record before each is the one
/// before it in the order of all.
inline void find_hashes(const image::View& view, const image::Zone& zone) {
  constexpr size_t kMost = 64;
  std::vector<const image::Nsec3Record*> all;
  image::each_nsec3(view, zone, [&](const image::Nsec3Record& record) { all.push_back(&record); });
  require(!all.empty());
  for (size_t i = 0; i < std::min(all.size(), kMost); ++i) {
    require_records(50, image::View::records(image::nsec3_set(*all[i])));
    require_records(46, image::View::records(image::nsec3_signatures(*all[i])));
    image::Nsec3Hash hash = image::nsec3_hash_of(*all[i]);
    const image::Nsec3Record* const before = all[(i + all.size() - 1) % all.size()];
    const image::Nsec3Place place = image::nsec3_place(view, zone, hash);
    require(place.match == all[i] && place.before == before);
    if (++hash.back() == 0) continue;
    const image::Nsec3Place behind = image::nsec3_place(view, zone, hash);
    require(behind.match != nullptr || behind.before == all[i]);
  }
}

/// Thrown by a visitor that has seen enough: a rule can make records of 2^32 addresses.
struct Enough {};

/// The number of RRsets that `use_image` visits; it queries one in `each`.
struct Effort {
  size_t visits = 20'000;
  size_t each = 8;
};

/// Walks the names of all zones and queries some of them, depending on `start`.
inline void use_image(std::span<const image::Line> lines, size_t start, const Effort& effort) {
  const image::View view(lines);
  const answer::Engine engine(view);
  std::vector<std::pair<const uint8_t*, const uint8_t*>> stored;
  size_t number = start;
  const size_t most = start + effort.visits;
  const uint8_t* const first = lines.front().bytes;
  const uint8_t* const last = lines.back().bytes;
  const auto visit = [&](const image::OwnedSet& set) {
    if (number >= most) throw Enough();
    require_records(set.type, set.records);
    const uint8_t* const data = set.records.data();
    // The records of leaves and ranges are made on the fly.
    if (data >= first && data < last) stored.emplace_back(data, data + set.records.size());
    if (++number % effort.each != 0) return;
    ask(engine, set.owner, set.type);
    wire::Name below = set.owner;
    if (below.prepend(bytes_of("7"))) ask(engine, below, 12);
    if (const auto key = wire::key_of_name(set.owner); key && number % (8 * effort.each) == 0)
      ask_near(engine, *key);
  };
  const auto visit_range = [&](const image::OwnedRange& range) {
    if (++number >= most) throw Enough();
    const bool v6 = range.key.family == wire::Family::v6;
    require(v6 || (range.range.flags & image::range_flag::declared) != 0);
    ask_near(engine, range.key);
  };
  try {
    for (const image::Zone& zone : view.zones()) {
      require(wire::is_plain_name(view.zone_name(zone)));
      if (zone.denial == image::Denial::nsec3) find_hashes(view, zone);
      image::traverse(view, zone, {.set = visit, .range = visit_range});
    }
  } catch (const Enough&) {
  }
  // No stored record is shared by two names, since otherwise an image could be far more work than its size
  // suggests.
  std::sort(stored.begin(), stored.end());
  for (size_t i = 1; i < stored.size(); ++i) require(stored[i - 1].second <= stored[i].first);
}

/// Takes all zones of a small image into another one, as `ptrzone compile --previous` does, which is then
/// valid, too.
inline void copy_image(std::span<const image::Line> lines) {
  constexpr size_t kMost = 2000;  // RRsets
  const image::View view(lines);
  image::Builder builder;
  size_t sets = 0;
  try {
    const auto count = [&](const image::OwnedSet&) {
      if (++sets > kMost) throw Enough();
    };
    image::traverse(view, {.set = count});
  } catch (const Enough&) {
    return;
  }
  for (const image::Zone& zone : view.zones()) {
    require(view.find_zone(view.apex(zone)) == &zone);
    (void)image::copy_zone(view, zone, builder);
  }
  const auto copy = builder.build();
  require(!copy || image::verify(*copy).has_value());
}

}  // namespace ptrd::test
