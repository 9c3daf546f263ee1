// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone compile: compiles zone files into an image.
#include <fmt/core.h>

#include <string>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"
#include "subcommands.hpp"
#include "zone/threads.hpp"

namespace ptrd::tools {

int run(const CompileOptions& options) {
  const unsigned jobs = options.jobs != 0 ? options.jobs : default_jobs();
  const std::string& out = options.out;
  image::Builder builder;
  builder.fold(!options.no_fold);
  const size_t errors =
      read_zones(options.paths, options.includes, jobs, &builder, options.strict, stderr).errors;
  if (errors > 0) return fail(fmt::format("{}; {} was not written", plural(errors, "error"), out));
  const auto lines = builder.build(zone::on_threads(jobs));
  if (!lines) return fail(fmt::format("{}; {} was not written", lines.error(), out));
  if (const auto written = image::write_file(out, *lines); !written) return fail(written.error());
  const image::View view(*lines);
  fmt::print("{}: {} zones, {} records, {} bytes\n", out, view.header().zone_count, view.header().records,
             lines->size() * image::kLineSize);
  return kDone;
}

}  // namespace ptrd::tools
