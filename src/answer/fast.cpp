// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "answer/reply.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"

namespace ptrd::answer {

using image::Leaf4;
using image::Leaf6;
using image::Ref;

namespace {

unsigned nibble_at(const std::array<uint64_t, 2>& address, unsigned i) {
  return static_cast<unsigned>(std::rotl(address[i / 16], static_cast<int>(4 * i + 4))) & 15;
}
constexpr uint8_t kEndsWalk = image::node_flag::cut | image::node_flag::dname;

uint8_t octet_at(const std::array<uint64_t, 2>& address, unsigned i) {
  // Words are little-endian: one byte to read.
  return reinterpret_cast<const uint8_t*>(address.data())[i ^ 7];
}

/// Whether an address agrees with a branch that far.
bool agrees(const image::RangeAddress& address, const image::Nibbles& branch, unsigned nibbles) {
  return image::has_prefix(address, branch.key, 4 * std::min(nibbles, unsigned{branch.depth}));
}

}  // namespace

/// Queries of a burst.
struct Engine::List {
  std::array<Query*, kBurst> query;
  size_t count = 0;

  [[gnu::always_inline]] void add(Query& one) { query[count++] = &one; }
  /// With what it waits for, which is fetched.
  [[gnu::always_inline]] void add(Query& one, const void* step) {
    __builtin_prefetch(step);
    one.step = step;
    add(one);
  }
  /// Calls `work` with each, which may add the same one again.
  template <typename Work>
  [[gnu::always_inline]] void take(const Work& work) {
    const size_t all = std::exchange(count, 0);
    for (size_t i = 0; i < all; ++i) work(*query[i]);
  }
};

/// Those in the IPv6 tree, by what they wait for: no step has to find out again what it is at.
struct Engine::Waiting6 {
  List tables;    // of pairs
  List branches;  // that take one nibble
  List leaves;
};

/// Those that the usual way has nothing for.
struct Engine::Rest {
  List others;  // in the IPv6 tree, at a Node or a Range
  List denied;  // their names are not there, as far as a walk has found
};

// The upper three octets lead through tables that stay in the cache, so that they are one hop; the last
// octet's line and the leaf's are the two that may be cold. Where a Range has all of an upper octet's
// addresses, or there are none, the walk ends there. False: no second step is to be taken.
[[gnu::always_inline]] inline bool Engine::enter4(Query& query, List& denied) const {
  const uint32_t address = query.name.v4;
  Ref above;
  Ref ref = query.ref;
  for (unsigned shift = 24; shift > 0; shift -= 8) {
    if (!ref.is_octet_table()) [[unlikely]] {
      end4(query, above, ref, denied);
      return false;
    }
    above = ref;
    ref = image_.octet_child(ref, static_cast<uint8_t>(address >> shift));
  }
  if (!ref.is_octet_table()) {
    end4(query, above, ref, denied);
    return false;
  }
  image_.prefetch_line(ref.line() + (ref.is(Ref::Kind::octets) ? (address & 0xFF) / 16 : 0));
  query.ref = ref;
  return true;
}

[[gnu::always_inline]] inline void Engine::leave4(Query& query, List& denied) const {
  const Ref table = query.ref;
  query.ref = image_.octet_child(table, static_cast<uint8_t>(query.name.v4));
  if (!query.ref.is_leaf()) {
    // The name itself may have a Node.
    if (query.ref.is(Ref::Kind::node)) {
      query.path = Query::Path::general;
    } else {
      end4(query, table, query.ref, denied);
    }
    return;
  }
  image_.prefetch_unit(query.ref.unit());
}

/// Where the tables end other than in a leaf: at `ref`, which the table `above` led to, if any did.
void Engine::end4(Query& query, Ref above, Ref ref, List& denied) const {
  query.ref = ref;
  if (ref.is(Ref::Kind::range)) {
    image_.prefetch_line(ref.line());
  } else if (ref.is_none() && !above.is_none()) {
    end_at(query, above.line() - 1, denied);
  } else if (ref.is(Ref::Kind::node) && image_.at<image::Node>(ref.line()).children.is_none()) {
    end_at(query, ref.line(), denied);
  } else {
    query.path = Query::Path::general;
  }
}

/// The name is not there, and this Node is the last one above it.
void Engine::end_at(Query& query, uint32_t node, List& denied) const {
  denied.query[denied.count++] = &query;
  query.path = Query::Path::denied;
  query.ref = Ref::line(Ref::Kind::node, node);
  image_.prefetch_line(node);
}

// A branch is not compared with the address on the way down: the leaf or the Range holds it, and says in the
// end.

/// The step from a branch that takes one nibble, or none.
[[gnu::always_inline]] inline Ref Engine::nibble6(const Query& query, const image::Nibbles& branch) {
  return image::View::nibble_child(branch, nibble_at(query.name.v6, branch.depth));
}

/// The step from a Node. False: the general part has to look at it.
[[gnu::always_inline]] inline bool Engine::node6(Query& query, Ref& ref) const {
  const auto& node = image_.at<image::Node>(ref.line());
  query.node = ref.line();
  query.node_branch = std::exchange(query.branch, {});
  ref = node.children;
  if ((node.flags & kEndsWalk) == 0) [[likely]]
    return true;
  query.path = Query::Path::general;
  return false;
}

/// Fetches what the next step looks at, and has the query wait for it.
[[gnu::always_inline]] inline void Engine::aim6(Query& query, Ref ref, Waiting6& waiting, Rest& rest) const {
  if (ref.is_leaf()) {
    query.ref = ref;
    waiting.leaves.add(query, image_.unit(ref.unit()));
  } else if (ref.is(Ref::Kind::pairs)) {
    query.branch = ref;
    const uint8_t octet = octet_at(query.name.v6, ref.octet());
    waiting.tables.add(query, &image_.at<image::PairTable>(ref.table()).ref[octet]);
  } else if (ref.is(Ref::Kind::nibbles)) {
    query.branch = ref;
    waiting.branches.add(query, &image_.at<image::Nibbles>(ref.line()));
  } else if (!ref.is_none()) {
    query.ref = ref;
    rest.others.add(query, &image_.at<image::Line>(ref.line()));
  } else {
    miss6(query, rest);
  }
}

/// As far as all addresses go the same way, it is taken once for the image: to the first branch that parts
/// them, or to the first one below a single zone's apex. That they are below is seen in the end, as of other
/// nibbles that a walk does not look at.
Engine::Start6 Engine::start6(const image::View& image) {
  Start6 start;
  if (image.lines().empty()) return start;
  start.ref = image.header().v6;
  while (start.ref.is(Ref::Kind::nibbles) && image.branch(start.ref).count == 1) {
    const image::Nibbles& branch = image.branch(start.ref);
    const auto nibble = static_cast<unsigned>(std::countr_zero(branch.present));
    std::copy(std::begin(branch.key), std::end(branch.key), start.key.begin());
    uint8_t& octet = start.key[branch.depth / 2];
    octet = static_cast<uint8_t>(octet | (branch.depth % 2 == 0 ? nibble << 4 : nibble));
    start.skipped = start.branch = start.ref;
    start.ref = image.nibble_child(branch, nibble);
  }
  if (!start.ref.is(Ref::Kind::node)) return start;
  const auto& node = image.at<image::Node>(start.ref.line());
  if ((node.flags & kEndsWalk) != 0 || node.children.is_none()) return start;
  start.node = start.ref.line();
  start.node_branch = std::exchange(start.branch, {});
  start.ref = node.children;
  return start;
}

// The first table below is in the cache: one hop with the next.
[[gnu::always_inline]] inline void Engine::enter6(Query& query, Waiting6& waiting, Rest& rest) const {
  Ref ref = start6_.ref;
  query.node = start6_.node;
  query.node_branch = start6_.node_branch;
  query.branch = start6_.branch;
  if (ref.is(Ref::Kind::pairs)) {
    query.branch = ref;
    ref = image_.pair_child(ref, octet_at(query.name.v6, ref.octet()));
  }
  aim6(query, ref, waiting, rest);
}

/// A step from a Node or a Range.
[[gnu::always_inline]] inline void Engine::other6(Query& query, Waiting6& waiting, Rest& rest) const {
  Ref ref = query.ref;
  if (ref.is(Ref::Kind::node)) {
    if (node6(query, ref)) aim6(query, ref, waiting, rest);
    return;
  }
  const auto& range = image_.at<image::Range>(ref.line());
  const bool inside = image::has_prefix(image::range_address(query.name.v6), range.key, range.prefix_size);
  if (!inside) query.path = Query::Path::general;
}

/// There is nothing of the address's own: the Range that encloses the last branch has it, or nobody.
void Engine::miss6(Query& query, Rest& rest) const {
  const image::Nibbles* const branch = query.branch.is_none() ? nullptr : &image_.branch(query.branch);
  if (branch != nullptr && branch->range != 0) {
    query.ref = Ref::line(Ref::Kind::range, branch->range);
    rest.others.add(query, &image_.at<image::Range>(branch->range));
    return;
  }
  query.path = Query::Path::general;
  if (query.node == 0 || query.node_branch.is_none()) return;
  // The last Node encloses the name if the address and the last branch part below it, or not at all.
  const image::Nibbles& above = image_.branch(query.node_branch);
  const unsigned node_depth = above.depth + (query.node_branch.is(Ref::Kind::pairs) ? 2U : 1U);
  const image::RangeAddress address = image::range_address(query.name.v6);
  bool below;
  if (branch != nullptr) {
    below = agrees(address, *branch, node_depth);
  } else if (query.node_branch == start6_.skipped) {
    below = image::has_prefix(address, start6_.key.data(), 4 * node_depth);
  } else {
    below = agrees(address, above, node_depth);
  }
  if (node_depth < 32 && below) end_at(query, query.node, rest.denied);
}

[[gnu::always_inline]] inline void Engine::walk6(Waiting6& waiting, Rest& rest) const {
  for (;;) {
    while (waiting.tables.count + waiting.branches.count > 0) {
      waiting.tables.take(
          [&](Query& query) { aim6(query, *static_cast<const Ref*>(query.step), waiting, rest); });
      waiting.branches.take([&](Query& query) {
        aim6(query, nibble6(query, *static_cast<const image::Nibbles*>(query.step)), waiting, rest);
      });
    }
    waiting.leaves.take([&](Query& query) {
      const auto& leaf = *static_cast<const Leaf6*>(query.step);
      const bool same = wire::load_raw<uint64_t>(leaf.key) == __builtin_bswap64(query.name.v6[0]) &&
                        wire::load_raw<uint64_t>(leaf.key + 8) == __builtin_bswap64(query.name.v6[1]);
      if (!same) miss6(query, rest);
    });
    if (rest.others.count == 0) return;
    rest.others.take([&](Query& query) { other6(query, waiting, rest); });
  }
}

/// What the Node at `query.ref` says of a name below it that is not there: denied by its zone, or a case for
/// the general part (RFC 1034 4.3.2, RFC 4592).
bool Engine::deny(Query& query) const {
  const auto& node = image_.at<image::Node>(query.ref.line());
  constexpr uint8_t kOthers = image::node_flag::cut | image::node_flag::dname | image::node_flag::wildcard;
  // Without a table its children have a place elsewhere, should any have an address's label.
  const bool has_others = node.children.is_none() && node.first_child != 0;
  if (node.zone == 0 || (node.flags & kOthers) != 0 || has_others) {
    query.path = Query::Path::general;
    return false;
  }
  query.ref = Ref::line(Ref::Kind::node, node.zone);
  image_.prefetch_line(node.zone);
  return true;
}

void Engine::walk(std::span<Query> queries) const {
  std::array<uint8_t, kBurst> in4;  // those in the v4 tables that have their last one to look at
  size_t left4 = 0;
  Waiting6 waiting;
  Rest rest;
  for (size_t i = 0; i < queries.size(); ++i) {
    Query& query = queries[i];
    if (query.path == Query::Path::fast4) {
      if (enter4(query, rest.denied)) in4[left4++] = static_cast<uint8_t>(i);
    } else if (query.path == Query::Path::fast6) {
      enter6(query, waiting, rest);
    }
  }
  for (size_t i = 0; i < left4; ++i) leave4(queries[in4[i]], rest.denied);
  walk6(waiting, rest);
  // Those that are not there: what their last Node says, then the zone's SOA record.
  List by_zone;
  rest.denied.take([&](Query& query) {
    if (deny(query)) by_zone.add(query);
  });
  by_zone.take(
      [&](Query& query) { image_.prefetch_unit(image_.at<image::Zone>(query.ref.line()).negative_soa); });
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

/// NXDOMAIN with the zone's SOA record (RFC 2308 2.1), as General::add_soa writes it.
Reply Engine::write_denial(wire::MutableBytes buffer, Query& query) const {
  const auto& zone = image_.at<image::Zone>(query.ref.line());
  const size_t soa_size = zone.negative_soa_size;
  const size_t at = query.question_end;
  size_t size = at + soa_size + (query.edns ? wire::kOptSize : 0);
  if (size > query.limit || size + image::kLeafSlack > buffer.size()) return write_any(buffer, query);
  uint8_t* const p = buffer.data();
  uint8_t* const soa = p + at;
  image::copy_chunks(soa, image_.unit(zone.negative_soa), soa_size);
  // The zone's name is the end of the question's.
  wire::store16(soa, static_cast<uint16_t>(0xC000 | (at - 4 - zone.name_size)));
  if (zone.soa_pointer != 0)
    wire::store16(soa + zone.soa_pointer, static_cast<uint16_t>(0xC000 | (at + zone.soa_target)));
  if (query.edns)
    write_plain_opt(soa + soa_size, settings_.udp_payload, wire::Rcode::noerror, query.dnssec_ok);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed) |
                                         static_cast<unsigned>(wire::Rcode::nxdomain)));
  header.set_counts(1, 0, 1, query.edns ? 1 : 0);
  return {Kind::nxdomain, static_cast<uint16_t>(size)};
}

void Engine::write(std::span<const Message> messages, std::span<Query> queries,
                   std::span<Reply> replies) const {
  for (size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    Query& query = queries[i];
    const bool fast = query.path == Query::Path::fast4 || query.path == Query::Path::fast6;
    if (fast) {
      replies[i] = write_fast(message.data, query);
    } else if (query.path == Query::Path::denied) {
      replies[i] = write_denial(message.buffer(), query);
    } else {
      replies[i] = write_any(message.buffer(), query);
    }
  }
}

// A PTR answer always fits: header, a whole address name, type and class, the record, OPT.
static_assert(wire::kHeaderSize + wire::kIp6NameSize + 4 + image::kMaxLeafRecord + wire::kOptSize <=
              wire::kMinUdpPayload);
static_assert(wire::kMinUdpPayload + 2 * image::kLeafSlack <= kMinBuffer);

}  // namespace ptrd::answer
