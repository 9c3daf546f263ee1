// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone diff: compares two sets of zones.
#include "zone/diff.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "json.hpp"
#include "ptrd/image/image.hpp"
#include "subcommands.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

/// An image file, or zone text that becomes one in memory.
class Side {
 public:
  /// An image or PATH; $INCLUDE may read what `inputs` says. False: it cannot be read, which has been
  /// reported.
  [[nodiscard]] bool open(const std::string& path, const zone::Inputs& inputs) {
    if (is_image(path)) {
      auto image = image::Image::open(path);
      if (!image) return fail(image.error()), false;
      image_.emplace(*std::move(image));
      return true;
    }
    zone::Inputs one;
    one.paths = {path};
    one.include_paths = inputs.include_paths;
    return read(one);
  }
  /// Zone text. False: it cannot be read, which has been reported.
  [[nodiscard]] bool read(const zone::Inputs& inputs) {
    image::Builder builder;
    if (read_zones(inputs, default_jobs(), &builder, false, stderr).errors > 0) return false;
    auto lines = builder.build();
    if (!lines) return fail(lines.error()), false;
    lines_ = *std::move(lines);
    return true;
  }
  [[nodiscard]] image::View view() const { return image_ ? image_->view() : image::View(lines_); }

 private:
  std::optional<image::Image> image_;
  std::vector<image::Line> lines_;
};

bool is_removed(const zone::Difference& one) {
  return one.side == zone::Difference::Side::removed;
}

void print_text(const zone::Difference& one) {
  fmt::print("{} {}\n", is_removed(one) ? '-' : '+',
             zone::record_to_text(one.owner, one.type, one.ttl, one.rdata));
}

/// Prints the changes zone by zone, as nsupdate reads them.
class ChangesPrinter {
 public:
  void operator()(const zone::Difference& one) {
    if (!zone_ || *zone_ != one.zone) {
      finish();
      zone_ = one.zone;
      fmt::print("zone {}\n", zone_->to_text());
    }
    fmt::print("{} {}\n", is_removed(one) ? "del" : "add",
               zone::record_to_text(one.owner, one.type, one.ttl, one.rdata));
  }
  /// Ends the last zone.
  void finish() {
    if (zone_) fmt::print("send\n");
  }

 private:
  std::optional<wire::Name> zone_;
};

/// Prints elements of a JSON array as they come.
class JsonPrinter {
 public:
  void operator()(const zone::Difference& one) {
    fmt::print("{}\n  {}", first_ ? "" : ",", json_text(one));
    first_ = false;
  }

 private:
  bool first_ = true;
};

}  // namespace

int run(const DiffOptions& options) {
  Side first;
  Side second;
  if (!first.open(options.first, options.inputs)) return kTrouble;
  const bool good =
      options.second.empty() ? second.read(options.inputs) : second.open(options.second, options.inputs);
  if (!good) return kTrouble;
  zone::DiffCounts counts;
  if (options.changes) {
    ChangesPrinter printer;
    counts = zone::diff(first.view(), second.view(), [&](const zone::Difference& one) { printer(one); });
    printer.finish();
  } else if (options.json) {
    fmt::print("{{\"records\": [");
    JsonPrinter printer;
    counts = zone::diff(first.view(), second.view(), [&](const zone::Difference& one) {
      if (!options.quiet) printer(one);
    });
    fmt::print("\n ],\n \"counts\": {}}}\n", json_text(counts));
  } else {
    counts = zone::diff(first.view(), second.view(), [&](const zone::Difference& one) {
      if (!options.quiet) print_text(one);
    });
    fmt::print("{} removed, {} added, {} changed; {} removed, {} added\n", plural(counts.removed, "record"),
               counts.added, counts.changed, plural(counts.zones_removed, "zone"), counts.zones_added);
  }
  return counts.same() ? kDone : kDifferent;
}

}  // namespace ptrd::tools
