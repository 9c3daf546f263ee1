// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/ranges.hpp"

#include <optional>
#include <span>

#include "ptrd/wire/name.hpp"

namespace ptrd::image {

namespace {

wire::Family family_of(const Range& range) {
  return (range.flags & range_flag::v6) != 0 ? wire::Family::v6 : wire::Family::v4;
}

/// The addresses of zones, which mostly come in runs.
class ZoneAddresses {
 public:
  explicit ZoneAddresses(const BoundedView& view) : view_(view) {}
  /// Those of the Zone at `line`; empty: none.
  [[nodiscard]] const std::optional<Addresses4>& at(uint64_t line, uint64_t user) {
    if (line == line_) return addresses_;
    const Header& h = view_.header();
    expect(line >= h.zones && line - h.zones < h.zone_count, "a declared range's zone", user);
    const auto& zone = view_.at<Zone>(line, "a declared range's zone");
    const auto name = wire::Name::from_wire(view_.bytes(zone.name, zone.name_size, "a zone's name"));
    addresses_ = name ? addresses_below(*name) : std::nullopt;
    line_ = line;
    return addresses_;
  }

 private:
  const BoundedView& view_;
  uint64_t line_ = 0;
  std::optional<Addresses4> addresses_;
};

bool only_zeros_after(const uint8_t* key, unsigned bits) {
  unsigned mask = 0xFFU >> bits % 8;
  for (unsigned at = bits / 8; at < sizeof Range::key; ++at, mask = 0xFF) {
    if ((key[at] & mask) != 0) return false;
  }
  return true;
}

}  // namespace

void VerifiedRanges::check(const BoundedView& view, const std::function<size_t(uint32_t)>& tail_size) {
  const Header& h = view.header();
  starts_.resize(h.range_lines);
  for (uint64_t at = 0; at < h.range_lines;) {
    const uint64_t line = h.ranges + at;
    const auto& range = view.at<Range>(line, "a range");
    const uint64_t lines = (offsetof(Range, program) + range.program_size + kLineSize - 1) / kLineSize;
    expect(lines <= h.range_lines - at, "a range", line);
    const size_t room = wire::kMaxName - tail_size(range.tail);
    const auto program = view.bytes_in(line, offsetof(Range, program), range.program_size, "a range");
    const auto size = measure_program(program, family_of(range), room);
    if (size.fault != nullptr) throw Fault{size.fault, line};
    expect(range.prefix_size <= (family_of(range) == wire::Family::v6 ? 128 : 0), "a range's prefix", line);
    expect(only_zeros_after(range.key, range.prefix_size), "nonzero bits after a range's prefix", line);
    starts_[at] = true;
    at += lines;
  }
}

const Range& VerifiedRanges::at(const BoundedView& view, uint64_t line, wire::Family family,
                                uint64_t user) const {
  const uint64_t first = view.header().ranges;
  expect(line >= first && line - first < starts_.size() && starts_[line - first], "a range's line", user);
  const auto& range = view.at<Range>(line, "a range's line");
  expect(family_of(range) == family, "a range of the other family", user);
  return range;
}

void VerifiedRanges::check_declared(const BoundedView& view) const {
  const Header& h = view.header();
  if (h.declared_count == 0) return;
  const auto all =
      view.bytes_in(h.declared, 0, h.declared_count * uint64_t{sizeof(DeclaredRange)}, "the declared ranges");
  const std::span declared(reinterpret_cast<const DeclaredRange*>(all.data()), h.declared_count);
  ZoneAddresses zones(view);
  uint64_t least = 0;  // of the next one's address and bits
  for (size_t i = 0; i < declared.size(); ++i) {
    const DeclaredRange& each = declared[i];
    const uint64_t line = h.declared + i * sizeof each / kLineSize;
    expect(each.bits <= 32, "a declared range's prefix", line);
    const Addresses4 addresses = addresses_of(each);
    expect((addresses.first & (addresses.last() - addresses.first)) == 0, "a declared range's prefix", line);
    const uint64_t place = uint64_t{addresses.first} << 8 | each.bits;
    expect(place >= least, "the order of declared ranges", line);
    least = place + 1;
    const Range& range = at(view, each.range, wire::Family::v4, line);
    expect((range.flags & range_flag::declared) != 0, "a range that is not declared", line);
    const auto& zone = zones.at(each.zone, line);
    expect(zone && zone->contains(addresses), "a declared range outside its zone", line);
  }
}

}  // namespace ptrd::image
