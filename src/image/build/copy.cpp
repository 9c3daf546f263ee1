// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/copy.hpp"

#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::image {

namespace {

tl::expected<void, std::string> copy_range(const View& view, const OwnedRange& from, ZoneId zone,
                                           Builder& builder) {
  const auto* const program = reinterpret_cast<const char*>(&from.range) + offsetof(Range, program);
  const Tail& tail = view.tail(from.range.tail);
  const auto name =
      wire::Name::from_wire({reinterpret_cast<const uint8_t*>(&tail) + offsetof(Tail, name), tail.size});
  if (!name) return tl::unexpected(name.error());
  const Prefix prefix{from.key.family, from.key.address, static_cast<uint8_t>(from.prefix_size)};
  return builder.add_range(zone, prefix, std::string(program, from.range.program_size), *name,
                           wire::load32(tail.ttl));
}

}  // namespace

tl::expected<ZoneId, std::string> copy_zone(const View& view, const Zone& zone, Builder& builder) {
  const auto copy = builder.add_zone(view.apex(zone));
  if (!copy) return copy;
  tl::expected<void, std::string> ranges;
  Visitor visitor;
  visitor.set = [&](const OwnedSet& set) {
    each_record(set.records, [&](uint32_t ttl, wire::Bytes rdata) {
      builder.add(*copy, set.owner.bytes(), set.type, ttl, rdata);
    });
  };
  visitor.range = [&](const OwnedRange& range) {
    if (ranges) ranges = copy_range(view, range, *copy, builder);
  };
  traverse(view, zone, visitor);
  if (ranges) return copy;
  builder.drop_zone(*copy);
  return tl::unexpected(ranges.error());
}

}  // namespace ptrd::image
