// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone compile: compiles zone files into an image.
#include <fmt/core.h>

#include <optional>
#include <string>
#include <utility>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"
#include "subcommands.hpp"
#include "zone/compile/keep_going.hpp"
#include "zone/threads.hpp"

namespace ptrd::tools {

namespace {

/// Leaves out what has errors, or takes it from the previous image, and says so.
zone::LeftOut keep_going(const ReadZones& read, image::Builder& builder, const zone::Previous* previous) {
  if (read.faulty.empty()) return {};
  zone::LeftOut out = zone::leave_out(read.faulty, builder, previous);
  for (const std::string& line : out.lines) fail(line);
  return out;
}

/// What the summary says of zones that are not as their text has them.
std::string summary(const CompileOptions& options, const zone::LeftOut& out) {
  if (out.left_out + out.taken == 0) return {};
  std::string text = fmt::format("; {} left out", out.left_out);
  if (!options.previous.empty()) text += fmt::format(", {} taken from {}", out.taken, options.previous);
  return text;
}

}  // namespace

int run(const CompileOptions& options) {
  const unsigned jobs = options.jobs != 0 ? options.jobs : default_jobs();
  const std::string& out = options.out;
  std::optional<image::Image> previous;
  std::optional<zone::Previous> from;
  if (!options.previous.empty()) {
    auto opened = image::Image::open(options.previous, zone::on_threads(jobs));
    if (!opened) return fail(fmt::format("{}; {} was not written", opened.error(), out));
    previous.emplace(*std::move(opened));
    from = {.name = options.previous, .view = previous->view()};
  }
  image::Builder builder;
  builder.fold(!options.no_fold);
  builder.nsec3_iterations(options.nsec3_iterations);
  const ReadZones read =
      read_zones(options.inputs, jobs, &builder, options.strict, stderr, {}, from ? &*from : nullptr);
  const auto refuse = [&] {
    return fail(fmt::format("{}; {} was not written", plural(read.errors, "error"), out));
  };
  if (read.errors > 0 && !options.keep_going) return refuse();
  const zone::LeftOut left_out = keep_going(read, builder, from ? &*from : nullptr);
  from.reset();
  previous.reset();
  const auto lines = builder.build(zone::on_threads(jobs));
  if (!lines) return fail(fmt::format("{}; {} was not written", lines.error(), out));
  const image::View view(*lines);
  if (view.header().zone_count == 0) return refuse();
  if (const auto written = image::write_file(out, *lines); !written) return fail(written.error());
  fmt::print("{}: {}, {}, {} bytes{}\n", out, plural(view.header().zone_count, "zone"),
             plural(view.header().records, "record"), lines->size() * image::kLineSize,
             summary(options, left_out));
  return left_out.left_out + left_out.taken == 0 ? kDone : kLeftOut;
}

}  // namespace ptrd::tools
