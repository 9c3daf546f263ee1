// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <cstring>

#include "image/build/writer.hpp"

namespace ptrd::image {

/// The Ranges, in order of the addresses that first use them: an IPv4 rule depends only on the address, so
/// one Range serves all prefixes.
void Writer::write_ranges() {
  auto& lines = range_lines_;
  const auto add = [&](uint32_t rule, const Prefix& prefix) {
    const auto [it, made] = lines.try_emplace({rule, prefix});
    if (made) it->second = write_range(rule, prefix);
  };
  const auto first = static_cast<uint32_t>(lines_.size());
  for (const DeclaredPrefix& declared : declared4_) add(declared.rule, {});
  uint64_t last = 0;  // neighbours mostly share their rule
  for (const Plain4& plain : plain4_) {
    if (plain.folded() && plain.data != last) add(plain.rule(), {}), last = plain.data;
  }
  const size_t before = lines.size();
  for (const RangeEntry& entry : ranges6_) add(entry.rule, declared_prefix(entry, wire::Family::v6));
  auto& header = at<Header>(0);
  header.ranges = first;
  header.range_lines = static_cast<uint32_t>(lines_.size()) - first;
  header.range_count = static_cast<uint32_t>(lines.size());
  header.ranges6 = static_cast<uint32_t>(lines.size() - before);
  write_declared();
}

void Writer::write_declared() {
  const uint32_t first = alloc_lines(declared_lines(declared4_.size()));
  auto* out = reinterpret_cast<DeclaredRange*>(lines_.data() + first);
  for (const DeclaredPrefix& declared : declared4_) {
    std::memcpy(out->address, declared.prefix.address.data(), sizeof out->address);
    out->bits = declared.prefix.bits;
    out->range = range_lines_.at({declared.rule, Prefix()});
    out->zone = zone_lines_[declared.zone];
    ++out;
  }
  at<Header>(0).declared = first;
  at<Header>(0).declared_count = static_cast<uint32_t>(declared4_.size());
}

uint32_t Writer::write_range(uint32_t number, const Prefix& prefix) {
  const Rule& rule = rules_[number];
  const bool v6 = rule.family == wire::Family::v6;
  const size_t size = offsetof(Range, program) + rule.program.size();
  const uint32_t line = alloc_lines((size + kLineSize - 1) / kLineSize);
  auto& range = at<Range>(line);
  range.tail = tails_.number_of(rule.ttl, bytes_of(rule.tail));
  range.program_size = static_cast<uint8_t>(rule.program.size());
  range.flags = static_cast<uint8_t>((rule.declared ? range_flag::declared : 0) | (v6 ? range_flag::v6 : 0));
  range.prefix_size = prefix.bits;
  std::memcpy(range.key, prefix.address.data(), sizeof range.key);
  std::memcpy(lines_[line].bytes + offsetof(Range, program), rule.program.data(), rule.program.size());
  return line;
}

uint32_t Writer::range_line(const RangeEntry& entry) {
  const bool v6 = rules_[entry.rule].family == wire::Family::v6;
  return range_lines_.at({entry.rule, v6 ? declared_prefix(entry, wire::Family::v6) : Prefix()});
}

bool Writer::is_declared(Ref ref) const {
  const auto& range = *reinterpret_cast<const Range*>(&lines_[ref.line()]);
  return (range.flags & range_flag::declared) != 0;
}

}  // namespace ptrd::image
