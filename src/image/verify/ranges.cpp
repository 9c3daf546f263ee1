// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/ranges.hpp"

#include "ptrd/wire/name.hpp"

namespace ptrd::image {

namespace {

wire::Family family_of(const Range& range) {
  return (range.flags & range_flag::v6) != 0 ? wire::Family::v6 : wire::Family::v4;
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

}  // namespace ptrd::image
