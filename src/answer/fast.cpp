// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <array>

#include "answer/reply.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"

namespace ptrd::answer {

using image::Leaf4;
using image::Leaf6;
using image::Ref;

namespace {

unsigned nibble_at(const std::array<uint64_t, 2>& address, unsigned i) {
  return static_cast<unsigned>(address[i / 16] >> (60 - 4 * (i % 16))) & 15;
}

}  // namespace

// The upper three octets lead through tables that stay in the cache, so that they are one hop; the last
// octet's line and the leaf's are the two that may be cold. Where a Range has all of an upper octet's
// addresses, the walk ends there. False: no second step is to be taken.
[[gnu::always_inline]] inline bool Engine::enter4(Query& query) const {
  const uint32_t address = query.name.v4;
  Ref ref = query.ref;
  for (unsigned shift = 24; shift > 0; shift -= 8) {
    if (!ref.is_octet_table()) [[unlikely]] {
      end4(query, ref);
      return false;
    }
    ref = image_.octet_child(ref, static_cast<uint8_t>(address >> shift));
  }
  if (!ref.is_octet_table()) {
    end4(query, ref);
    return false;
  }
  image_.prefetch_line(ref.line() + (ref.is(Ref::Kind::octets) ? (address & 0xFF) / 16 : 0));
  query.ref = ref;
  return true;
}

[[gnu::always_inline]] inline void Engine::leave4(Query& query) const {
  query.ref = image_.octet_child(query.ref, static_cast<uint8_t>(query.name.v4));
  if (!query.ref.is_leaf()) return end4(query, query.ref);
  image_.prefetch_unit(query.ref.unit());
}

/// Where the tables end other than in a leaf.
void Engine::end4(Query& query, Ref ref) const {
  query.ref = ref;
  if (ref.is(Ref::Kind::range)) {
    image_.prefetch_line(ref.line());
  } else {
    query.path = Query::Path::general;
  }
}

// A branch is not compared with the address on the way down: the leaf or the Range holds it, and says in the
// end.
[[gnu::always_inline]] inline bool Engine::hop6(Query& query) const {
  Ref ref = query.ref;
  if (ref.is(Ref::Kind::nibbles)) {
    const auto& branch = image_.at<image::Nibbles>(ref.line());
    query.cover = branch.range;
    ref = image_.nibble_child(ref.line(), nibble_at(query.name.v6, branch.depth));
    if (ref.is_none()) return hop6_to_cover(query);
  } else if (ref.is(Ref::Kind::node)) {
    const auto& node = image_.at<image::Node>(ref.line());
    const bool passable = (node.flags & (image::node_flag::cut | image::node_flag::dname)) == 0;
    ref = passable ? node.children : Ref();
    query.cover = 0;
  } else if (ref.is(Ref::Kind::range)) {
    const auto& range = image_.at<image::Range>(ref.line());
    const bool inside = image::has_prefix(image::range_address(query.name.v6), range.key, range.prefix_size);
    if (!inside) query.path = Query::Path::general;
    return false;
  } else {
    const auto& leaf = *reinterpret_cast<const Leaf6*>(image_.unit(ref.unit()));
    const bool same = wire::load_raw<uint64_t>(leaf.key) == __builtin_bswap64(query.name.v6[0]) &&
                      wire::load_raw<uint64_t>(leaf.key + 8) == __builtin_bswap64(query.name.v6[1]);
    return !same && hop6_to_cover(query);
  }
  if (ref.is_none()) {
    query.path = Query::Path::general;
    return false;
  }
  query.ref = ref;
  if (ref.is_leaf()) {
    image_.prefetch_unit(ref.unit());
  } else {
    image_.prefetch_line(ref.line());
  }
  return true;
}

/// There is nothing of the address's own: the Range that encloses the last branch has it, or nobody.
bool Engine::hop6_to_cover(Query& query) const {
  if (query.cover == 0) {
    query.path = Query::Path::general;
    return false;
  }
  query.ref = Ref::line(Ref::Kind::range, query.cover);
  image_.prefetch_line(query.cover);
  return true;
}

void Engine::walk(std::span<Query> queries) const {
  std::array<uint8_t, kBurst> in6;  // those in the v6 tree that have a step to go
  std::array<uint8_t, kBurst> in4;  // those in the v4 tables that have their last one to look at
  size_t left6 = 0;
  size_t left4 = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    Query& query = queries[i];
    if (query.path == Query::Path::fast4) {
      if (enter4(query)) in4[left4++] = static_cast<uint8_t>(i);
    } else if (query.path == Query::Path::fast6) {
      in6[left6++] = static_cast<uint8_t>(i);
    }
  }
  for (size_t i = 0; i < left4; ++i) leave4(queries[in4[i]]);
  while (left6 > 0) {
    size_t still = 0;
    for (size_t i = 0; i < left6; ++i) {
      const uint8_t q = in6[i];
      in6[still] = q;
      still += hop6(queries[q]) ? 1 : 0;
    }
    left6 = still;
  }
}

[[gnu::always_inline]] inline Reply Engine::write_fast(uint8_t* p, const Query& query) const {
  size_t size = query.question_end;
  const uint8_t* leaf = image_.unit(query.ref.unit());  // where the Ref is one
  if (!query.ref.is_leaf()) {
    const bool v4 = query.path == Query::Path::fast4;
    size += image::write_range_record(
        image_, image_.at<image::Range>(query.ref.line()),
        v4 ? image::range_address(query.name.v4) : image::range_address(query.name.v6), p + size);
  } else if (query.path == Query::Path::fast4) {
    size += image::write_leaf_record(image_, *reinterpret_cast<const Leaf4*>(leaf), p + size);
  } else {
    size += image::write_leaf_record(image_, *reinterpret_cast<const Leaf6*>(leaf), p + size);
  }
  if (query.edns)
    size += write_plain_opt(p + size, settings_.udp_payload, wire::Rcode::noerror, query.dnssec_ok);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed)));
  wire::store_raw(p + 4, __builtin_bswap64(1ULL << 48 | 1ULL << 32 | (query.edns ? 1U : 0U)));
  return {Kind::answer, static_cast<uint16_t>(size)};
}

void Engine::write(std::span<const Message> messages, std::span<Query> queries,
                   std::span<Reply> replies) const {
  for (size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    Query& query = queries[i];
    const bool fast = query.path == Query::Path::fast4 || query.path == Query::Path::fast6;
    replies[i] = fast ? write_fast(message.data, query) : write_any(message.buffer(), query);
  }
}

// A PTR answer always fits: header, a whole address name, type and class, the record, OPT.
static_assert(wire::kHeaderSize + wire::kIp6NameSize + 4 + image::kMaxLeafRecord + wire::kOptSize <=
              wire::kMinUdpPayload);
static_assert(wire::kMinUdpPayload + 2 * image::kLeafSlack <= kMinBuffer);

}  // namespace ptrd::answer
