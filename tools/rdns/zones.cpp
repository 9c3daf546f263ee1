// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <vector>

#include "rdns/boundaries.hpp"
#include "rdns/hints.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

void print_zone(const rdns::DelegatedZone& zone) {
  const std::string name = zone.name.to_text();
  fmt::print("{}\n", name);
  if (!zone.classless) return;
  const std::string parent = zone.name.parent().to_text();
  fmt::print("; for the parent zone, {}\n", parent);
  for (rdns::Address address = zone.range.first; address <= zone.range.last; ++address)
    fmt::print("{}.{} {} IN CNAME {}\n", static_cast<unsigned>(address & 255), parent, rdns::kCnameTtl,
               rdns::cname_target(zone.name, address).to_text());
}

int print_zones(const ZonesOptions& options) {
  const auto ranges = rdns::ranges_of_words(options.what);
  if (!ranges) return fail(ranges.error(), kUsage);
  for (const rdns::Range& range : *ranges) {
    for (const rdns::DelegatedZone& zone : rdns::zones_of(range, options.style)) print_zone(zone);
  }
  return kDone;
}

int print_prefixes(const ZonesOptions& options) {
  std::vector<rdns::Range> ranges;
  for (const std::string& argument : options.what) {
    if (const auto hint = rdns::hint_for_zone(argument))
      return fail(fmt::format("--prefixes takes names of zones: {}", hint->what), kUsage);
    const auto name = wire::Name::from_text(argument);
    if (!name) return fail(fmt::format("'{}' is not a name: {}", argument, name.error()), kUsage);
    const auto range = rdns::range_of_name(*name, options.style);
    if (!range) return fail(fmt::format("'{}' is not a reverse zone: {}", argument, range.error()), kUsage);
    ranges.push_back(*range);
  }
  for (const rdns::Prefix& prefix : rdns::prefixes_of(ranges)) fmt::print("{}\n", rdns::to_text(prefix));
  return kDone;
}

}  // namespace

int run(const ZonesOptions& options) {
  return options.prefixes ? print_prefixes(options) : print_zones(options);
}

}  // namespace ptrd::cli
