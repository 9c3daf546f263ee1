// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone dump: an image back to zone text.
#include <fmt/core.h>

#include <cstdio>
#include <string>

#include "ptrd/image/image.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/name.hpp"
#include "subcommands.hpp"
#include "zone/range_directive.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

/// The Zone line of the zone called `text`; 0: there is none.
uint32_t find_zone(const image::View& view, const wire::Name& name) {
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    const uint32_t line = view.header().zones + i;
    if (wire::same_ignoring_case(view.zone_name(view.at<image::Zone>(line)), name.bytes())) return line;
  }
  return 0;
}

}  // namespace

int run(const DumpOptions& options) {
  const std::string& path = options.image;
  const std::string& only = options.zone;
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  const image::View& view = image->view();
  uint32_t wanted = 0;
  if (!only.empty()) {
    const auto name = wire::Name::from_text(only);
    wanted = name ? find_zone(view, *name) : 0;
    if (wanted == 0)
      return fail(fmt::format("{}: no zone {}; `ptrzone info {}` lists them", path, only, path));
  } else if (view.header().zone_count > 1) {
    fmt::print("; {} zones; `ptrzone dump {} ZONE` prints one\n", view.header().zone_count, path);
  }
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    const uint32_t line = view.header().zones + i;
    if (wanted != 0 && line != wanted) continue;
    fmt::print("$ORIGIN {}\n", zone::name_text(view.zone_name(view.at<image::Zone>(line))));
    image::Visitor visitor;
    visitor.range = [&](const image::OwnedRange& range) {
      const image::Prefix prefix{range.key.family, range.key.address,
                                 static_cast<uint8_t>(range.prefix_size)};
      fmt::print("{}\n", zone::range_to_text(view, range.range, prefix));
    };
    visitor.set = [&](const image::OwnedSet& set) {
      for (wire::Bytes rest = set.records; !rest.empty();) {
        const size_t size = wire::load16(&rest[10]);
        fmt::print("{}\n",
                   zone::record_to_text(set.owner, set.type, wire::load32(&rest[6]), rest.subspan(12, size)));
        rest = rest.subspan(12 + size);
      }
    };
    image::traverse(view, view.at<image::Zone>(line), visitor);
  }
  return std::fflush(stdout) == 0 ? kDone : fail("cannot write the output");
}

}  // namespace ptrd::tools
