// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone info: what an image holds.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrzone.hpp"

namespace ptrd::tools {

namespace {

struct Options {
  std::string image;
  bool as_json = false;
};

nlohmann::ordered_json describe(const image::View& view) {
  const image::Header& h = view.header();
  const uint64_t bytes = h.lines * image::kLineSize;
  nlohmann::ordered_json json;
  json["version"] = h.version;
  json["records"] = h.records;
  json["bytes"] = bytes;
  json["bytes_per_record"] =
      h.records == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(h.records);
  // Records that stand in the zones' text, and IPv4 addresses that they declare ranges for.
  const uint64_t addresses = h.records + h.synthesised;
  json["addresses_served"] = addresses;
  json["bytes_per_address"] =
      addresses == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(addresses);
  json["templates"] = h.range_count;
  json["folded_records"] = h.folded;
  json["synthesised_addresses"] = h.synthesised;
  json["synthesised_ipv6_prefixes"] = h.ranges6;
  json["sections"] = {{"nodes", h.nodes},
                      {"leaves", h.leaves},
                      {"octet_tables", h.octet_tables},
                      {"nibble_lines", h.nibble_lines},
                      {"range_lines", h.range_lines},
                      {"tail_lines", h.tail_lines},
                      {"index_lines", h.index_lines}};
  json["zones"] = nlohmann::ordered_json::array();
  for (uint32_t i = 0; i < h.zone_count; ++i) {
    const auto& zone = view.at<image::Zone>(h.zones + i);
    json["zones"].push_back({{"name", wire::Name::from_wire(view.zone_name(zone))->to_text()},
                             {"serial", zone.serial},
                             {"records", zone.records}});
  }
  return json;
}

int info(const std::string& path, bool as_json) {
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  const auto json = describe(image->view());
  if (as_json) {
    fmt::print("{}\n", json.dump(2));
    return kDone;
  }
  fmt::print("{}: format {}, {} records, {} bytes, {:.1f} bytes a record\n", path, json["version"].dump(),
             json["records"].dump(), json["bytes"].dump(), json["bytes_per_record"].get<double>());
  fmt::print(
      "  {} templates: for {} of the records, {} more IPv4 addresses, {} IPv6 prefixes; {:.1f} bytes an "
      "address\n",
      json["templates"].dump(), json["folded_records"].dump(), json["synthesised_addresses"].dump(),
      json["synthesised_ipv6_prefixes"].dump(), json["bytes_per_address"].get<double>());
  for (const auto& [name, count] : json["sections"].items()) fmt::print("  {:<13} {}\n", name, count.dump());
  for (const auto& zone : json["zones"]) {
    fmt::print("zone {} serial {} records {}\n", zone["name"].get<std::string>(), zone["serial"].dump(),
               zone["records"].dump());
  }
  return kDone;
}

}  // namespace

Subcommand add_info(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("info", "what an image holds");
  command->add_option("IMAGE", options->image)->required();
  command->add_flag("--json", options->as_json);
  return {.app = command, .run = [options] { return info(options->image, options->as_json); }};
}

}  // namespace ptrd::tools
