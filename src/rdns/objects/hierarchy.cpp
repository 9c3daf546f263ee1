// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/hierarchy.hpp"

#include <fmt/core.h>

#include "rdns/boundaries.hpp"

namespace ptrd::rdns {
namespace {

template <typename Number>
void report_family(wire::Family family, IntervalIndex<Number, Place>& index,
                   const std::vector<std::string>& files, const FindingSink& sink) {
  index.build();
  const auto& entries = index.entries();
  const auto report = [&](size_t i, size_t other, Rule rule, std::string_view how) {
    const auto& entry = entries[i];
    const auto& with = entries[other];
    const Place at = entry.value;
    const Place there = with.value;
    sink({files[at.file], at.line, domain_text({family, entry.first, entry.last}), rule,
          fmt::format("{} {} in {}{}", how, domain_text({family, with.first, with.last}),
                      at.file == there.file ? "line " : files[there.file] + ":", there.line)});
  };
  for (size_t i = 0; i < entries.size(); ++i) {
    if (const size_t above = index.containing_before(i); above != index.kNone) {
      const bool same = entries[above].first == entries[i].first && entries[above].last == entries[i].last;
      if (same) {
        report(i, above, Rule::hierarchy_duplicate, "the same domain as");
      } else {
        report(i, above, Rule::hierarchy_below, "objects must not be nested: it is below");
      }
    } else if (const size_t across = index.overlapping_before(i); across != index.kNone) {
      report(i, across, Rule::hierarchy_overlap, "the range overlaps that of");
    }
  }
}

}  // namespace

void Hierarchy::add(const Range& range, Place place) {
  if (range.family == wire::Family::v4) {
    v4_.add(static_cast<uint32_t>(range.first), static_cast<uint32_t>(range.last), place);
  } else {
    v6_.add(range.first, range.last, place);
  }
}

void Hierarchy::report(const std::vector<std::string>& files, const FindingSink& sink) {
  report_family(wire::Family::v4, v4_, files, sink);
  report_family(wire::Family::v6, v6_, files, sink);
}

std::string domain_text(const Range& range) {
  const bool classless = range.family == wire::Family::v4 && range.last - range.first < 255;
  const wire::Name name =
      classless ? classless_name(range, Classless::dash) : zones_of(prefixes_of(range).front()).front().name;
  std::string text = name.to_text();
  text.pop_back();
  return text;
}

}  // namespace ptrd::rdns
