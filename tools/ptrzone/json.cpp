// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json.hpp"

#include "info.hpp"
#include "lint/report.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/diff.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

using Json = json::Value;

}  // namespace

std::string json_text(const ImageInfo& info) {
  Json sections = Json::object();
  for (const auto& [name, count] : info.sections) sections[std::string(name)] = count;
  Json zones = Json::array();
  for (const ImageInfo::Zone& zone : info.zones) {
    Json each = {{"name", zone.name}, {"serial", zone.serial}, {"records", zone.records}};
    if (!zone.denial.empty()) {
      each["denial"] = std::string(zone.denial);
      each["expires"] = zone.expires;
    }
    zones.push_back(std::move(each));
  }
  const Json json = {{"version", info.version},
                     {"records", info.records},
                     {"bytes", info.bytes},
                     {"bytes_per_record", info.bytes_per_record},
                     {"addresses_served", info.addresses_served},
                     {"bytes_per_address", info.bytes_per_address},
                     {"templates", info.templates},
                     {"folded_records", info.folded_records},
                     {"synthesised_addresses", info.synthesised_addresses},
                     {"synthesised_ipv6_prefixes", info.synthesised_ipv6_prefixes},
                     {"sections", std::move(sections)},
                     {"zones", std::move(zones)}};
  return json.dump(2);
}

std::string json_text(lint::Findings& findings, const lint::Summary& summary) {
  return to_json(findings, summary).dump(2);
}

std::string sarif_text(lint::Findings& findings) {
  return to_sarif(findings, PTRD_VERSION).dump(2);
}

std::string json_text(const zone::Difference& difference) {
  const bool removed = difference.side == zone::Difference::Side::removed;
  const Json json = {
      {"change", removed ? "removed" : "added"},
      {"owner", difference.owner.to_text()},
      {"type", wire::type_to_text(difference.type)},
      {"ttl", difference.ttl},
      {"record", zone::record_to_text(difference.owner, difference.type, difference.ttl, difference.rdata)}};
  return json.dump();
}

std::string json_text(const zone::DiffCounts& counts) {
  const Json json = {{"zones_removed", counts.zones_removed},
                     {"zones_added", counts.zones_added},
                     {"removed", counts.removed},
                     {"added", counts.added},
                     {"changed", counts.changed}};
  return json.dump();
}

}  // namespace ptrd::tools
