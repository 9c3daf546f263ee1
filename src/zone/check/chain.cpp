// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/chain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "zone/check/parts.hpp"

namespace ptrd::zone {

using dnssec::Nsec3Parameters;
using wire::Type;

namespace {

/// Of the first complete chain that the apex names and that has records (RFC 5155 4, 7.2).
std::optional<Nsec3Parameters> chain_parameters(const ZoneData& zone, const Owner& apex) {
  for (const Item& item : apex.set(code(Type::nsec3param))) {
    const auto parameters = dnssec::read_nsec3param(zone.data(item));
    if (!parameters || parameters->flags != 0) continue;
    const auto is_of_chain = [&](const Item& record) {
      const auto nsec3 = dnssec::read_nsec3(zone.data(record));
      return nsec3 && nsec3->parameters.same_hash(*parameters);
    };
    const bool has_records = std::ranges::any_of(zone.owners(), [&](const Owner& owner) {
      return std::ranges::any_of(owner.set(code(Type::nsec3)), is_of_chain);
    });
    if (has_records) return parameters;
  }
  return std::nullopt;
}

}  // namespace

void check_chain(ZoneData& zone, uint16_t most_iterations) {
  if (!zone.whole || !is_signed(zone)) return;
  bool found = false;
  const auto report = [&](const char* kind, Rule rule, uint32_t place, const auto& text) {
    const bool open = rule == Rule::denial_missing || rule == Rule::denial_chain;
    if (!open || found) return;
    found = true;
    zone.report.add(Rule::open_chain, place, [&] {
      return fmt::format(
          "zone {} is signed, but its {} chain has a gap, so that not all could be denied: {}; sign it again",
          zone.apex.to_text(), kind, text());
    });
  };
  const Owner& apex = *zone.find(zone.apex_key);
  const AuthorityNames names(zone);
  if (apex.has(Type::nsec)) {
    follow_nsec_chain(
        zone, names.all(),
        {.fault = [&](Rule rule, uint32_t place, const auto& text) { report("NSEC", rule, place, text); },
         .record = {}});
  } else if (const auto parameters = chain_parameters(zone, apex);
             parameters && parameters->algorithm == Nsec3Parameters::kSha1 &&
             parameters->iterations <= most_iterations) {
    follow_nsec3_chain(
        zone, names.all(), *parameters,
        {.fault = [&](Rule rule, uint32_t place, const auto& text) { report("NSEC3", rule, place, text); },
         .record = {}});
  }
}

}  // namespace ptrd::zone
