// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone dump: prints an image as zone text.
#include <fmt/core.h>

#include <cstdio>
#include <string>

#include "answer/search.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"
#include "subcommands.hpp"
#include "zone/range_directive.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

/// Why there is no zone of this name: an address, a prefix or a name in one is not its name.
std::string why_no_zone(const image::View& view, const std::string& path, const std::string& what) {
  const auto key = wire::key_of_address(what.substr(0, what.find('/')));
  const auto name = key ? wire::name_of_key(*key) : wire::Name::from_text(what);
  const uint32_t line = name ? answer::search(view, name->bytes(), 0).zone : 0;
  if (line == 0) return fmt::format("{}: no zone {}; `ptrzone info {}` lists them", path, what, path);
  const std::string zone = view.apex(view.at<image::Zone>(line)).to_text();
  return fmt::format("{}: {} is not a zone, but in {}: try `ptrzone dump {} {}`", path, what, zone, path,
                     zone);
}

}  // namespace

int run(const DumpOptions& options) {
  const std::string& path = options.image;
  const std::string& only = options.zone;
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  const image::View& view = image->view();
  const image::Zone* wanted = nullptr;
  if (!only.empty()) {
    const auto name = wire::Name::from_text(only);
    wanted = name ? view.find_zone(*name) : nullptr;
    if (wanted == nullptr) return fail(why_no_zone(view, path, only));
  } else if (view.header().zone_count > 1) {
    fmt::print("; {} zones; `ptrzone dump {} ZONE` prints one\n", view.header().zone_count, path);
  }
  for (const image::Zone& zone : view.zones()) {
    if (wanted != nullptr && &zone != wanted) continue;
    fmt::print("$ORIGIN {}\n", zone::name_text(view.zone_name(zone)));
    image::Visitor visitor;
    visitor.range = [&](const image::OwnedRange& range) {
      const image::Prefix prefix{range.key.family, range.key.address,
                                 static_cast<uint8_t>(range.prefix_size)};
      fmt::print("{}\n", zone::range_to_text(view, range.range, prefix));
    };
    visitor.set = [&](const image::OwnedSet& set) {
      image::each_record(set.records, [&](uint32_t ttl, wire::Bytes rdata) {
        fmt::print("{}\n", zone::record_to_text(set.owner, set.type, ttl, rdata));
      });
    };
    image::traverse(view, zone, visitor);
  }
  return kDone;
}

}  // namespace ptrd::tools
