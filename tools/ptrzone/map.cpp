// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone map: draws the IPv4 addresses of an image.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "map/picture.hpp"
#include "map/survey.hpp"
#include "ptrd/image/image.hpp"
#include "subcommands.hpp"

namespace ptrd::tools {

namespace {

/// The most cells a side; a larger picture would be unusable.
constexpr unsigned kMaxBits = 24;

}  // namespace

int run(const MapOptions& options) {
  const auto area = map::prefix_of_text(options.prefix);
  if (!area || area->length > 30) {
    return fail(
        fmt::format("'{}' is not an IPv4 prefix of at most 30 bits, such as 10.0.0.0/8", options.prefix),
        kUsage);
  }
  const unsigned detail = options.detail != 0 ? options.detail : std::min(area->length + 16, 32U);
  if (detail <= area->length || detail > std::min(area->length + kMaxBits, 32U)) {
    return fail(fmt::format("--detail {}: from {} to {} for {}", detail, area->length + 1,
                            std::min(area->length + kMaxBits, 32U), area->to_text()),
                kUsage);
  }
  if (!options.out.ends_with(".png") && !options.out.ends_with(".svg")) {
    return fail(fmt::format("{}: a map is written as .png or .svg", options.out), kUsage);
  }
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  const map::Survey survey(image->view(), *area, detail);
  const std::string title = std::filesystem::path(options.image).filename();
  if (const auto drawn = map::draw(survey, title, options.out); !drawn) return fail(drawn.error());
  fmt::print("{}: {}, cells of /{}\n", options.out, area->to_text(), detail);
  for (size_t i = map::kKindNames.size(); i-- > 0;) {
    fmt::print("  {:<21} {}\n", map::kKindNames[i],
               plural(survey.total(static_cast<map::Kind>(i)), "address"));
  }
  return kDone;
}

}  // namespace ptrd::tools
