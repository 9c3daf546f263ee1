// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/new_object.hpp"

#include <fmt/core.h>

#include <set>

namespace ptrd::rdns {
namespace {

/// Values start in the same column, as the registries print them.
void put(std::string& text, std::string_view name, std::string_view value) {
  text += fmt::format("{:<16}{}\n", std::string(name) + ':', value);
}

void put_servers(std::string& text, const ReverseDomain& domain, const std::vector<NameServer>& servers) {
  std::set<std::string> seen;
  for (NameServer server : servers) {
    const auto wrong = glue_fault(domain, server);
    if (wrong && wrong->rule == Rule::glue_forbidden) server.glue.reset();
    const std::string value = to_text(server);
    if (seen.insert(value).second) put(text, "nserver", value);
  }
}

}  // namespace

tl::expected<std::string, std::string> object_text(const NewObjects& wanted) {
  const auto zones = zones_of(wanted.range);
  if (zones.size() > 1 && !wanted.ds.empty())
    return tl::unexpected(
        fmt::format("{} needs {} zones, and a DS belongs to one zone; make their objects one by one",
                    to_text(wanted.range), zones.size()));
  std::string text;
  for (const DelegatedZone& zone : zones) {
    std::string name = zone.name.to_text();
    name.pop_back();
    if (!text.empty()) text += '\n';
    put(text, "domain", name);
    for (const auto& [attribute, value] : wanted.before_servers) put(text, attribute, value);
    put_servers(text, {zone.name, zone.range, zone.classless}, wanted.servers);
    for (const DelegationSigner& ds : wanted.ds) put(text, "ds-rdata", to_text(ds));
    for (const auto& [attribute, value] : wanted.after_servers) put(text, attribute, value);
  }
  return text;
}

}  // namespace ptrd::rdns
