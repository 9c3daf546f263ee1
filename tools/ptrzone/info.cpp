// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone info: shows what an image contains.
#include "info.hpp"

#include <fmt/core.h>

#include <ctime>
#include <string>

#include "json.hpp"
#include "ptrd/image/expiry.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/time_text.hpp"
#include "subcommands.hpp"

namespace ptrd::tools {

namespace {

double ratio(uint64_t bytes, uint64_t count) {
  return count == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(count);
}

std::string_view name_of(image::Denial denial) {
  switch (denial) {
    case image::Denial::nsec:
      return "nsec";
    case image::Denial::nsec3:
      return "nsec3";
    case image::Denial::none:
      break;
  }
  return {};
}

std::string expiry_text(const image::Zone& zone, int64_t now) {
  const auto expiry = image::expiry(zone, now);
  return expiry ? wire::time_text(*expiry) : std::string();
}

/// What is said of a signed zone: how it denies, and when its first signature expires.
std::string signing_text(const ImageInfo::Zone& zone) {
  if (zone.denial.empty()) return " unsigned";
  return fmt::format(" signed {} expires {}", zone.denial, zone.expires);
}

/// `now`: seconds since 1970.
ImageInfo describe(const image::View& view, int64_t now) {
  const image::Header& h = view.header();
  const uint64_t bytes = h.lines * image::kLineSize;
  const uint64_t addresses = h.records + h.synthesised;
  ImageInfo info{.version = h.version,
                 .records = h.records,
                 .bytes = bytes,
                 .bytes_per_record = ratio(bytes, h.records),
                 .addresses_served = addresses,
                 .bytes_per_address = ratio(bytes, addresses),
                 .templates = h.range_count,
                 .folded_records = h.folded,
                 .synthesised_addresses = h.synthesised,
                 .synthesised_ipv6_prefixes = h.ranges6,
                 .sections = {{{"nodes", h.nodes},
                               {"leaves", h.leaves},
                               {"octet_tables", h.octet_tables},
                               {"nibble_lines", h.nibble_lines},
                               {"range_lines", h.range_lines},
                               {"tail_lines", h.tail_lines},
                               {"index_lines", h.index_lines}}},
                 .zones = {}};
  for (const image::Zone& zone : view.zones()) {
    info.zones.push_back({.name = view.apex(zone).to_text(),
                          .serial = zone.serial,
                          .records = zone.records,
                          .denial = name_of(zone.denial),
                          .expires = expiry_text(zone, now)});
  }
  return info;
}

void print(const std::string& path, const ImageInfo& info) {
  fmt::print("{}: format {}, {}, {} bytes, {:.1f} bytes a record\n", path, info.version,
             plural(info.records, "record"), info.bytes, info.bytes_per_record);
  fmt::print("  {}: for {} of the records, {}, {}; {:.1f} bytes an address\n",
             plural(info.templates, "template"), info.folded_records,
             plural(info.synthesised_addresses, "more IPv4 address"),
             plural(info.synthesised_ipv6_prefixes, "IPv6 prefix"), info.bytes_per_address);
  for (const auto& [name, count] : info.sections) fmt::print("  {:<13} {}\n", name, count);
  for (const ImageInfo::Zone& zone : info.zones) {
    fmt::print("zone {} serial {} records {}{}\n", zone.name, zone.serial, zone.records, signing_text(zone));
  }
}

}  // namespace

int run(const InfoOptions& options) {
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  const ImageInfo info = describe(image->view(), std::time(nullptr));
  if (options.json)
    fmt::print("{}\n", json_text(info));
  else
    print(options.image, info);
  return kDone;
}

}  // namespace ptrd::tools
