// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone compile: zone files to an image.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "image/builder.hpp"
#include "ptrd/image/image.hpp"
#include "ptrzone.hpp"
#include "zone/threads.hpp"

namespace ptrd::tools {

namespace {

struct Options {
  std::vector<std::string> paths;
  std::string out;
  unsigned jobs = default_jobs();
  bool strict = false;
  bool no_fold = false;
};

int compile(const Options& options) {
  const std::string& out = options.out;
  image::Builder builder;
  builder.fold(!options.no_fold);
  const size_t errors = read_zones(options.paths, options.jobs, &builder, options.strict, stderr).errors;
  if (errors > 0) return fail(fmt::format("{}; {} is not written", plural(errors, "error"), out));
  const auto lines = builder.build(zone::on_threads(options.jobs));
  if (!lines) return fail(fmt::format("{}; {} is not written", lines.error(), out));
  if (const auto written = image::write_file(out, *lines); !written) return fail(written.error());
  const image::View view(*lines);
  fmt::print("{}: {} zones, {} records, {} bytes\n", out, view.header().zone_count, view.header().records,
             lines->size() * image::kLineSize);
  return kDone;
}

}  // namespace

Subcommand add_compile(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("compile", "zone files to an image");
  command->add_option("-o,--output", options->out, "image to write")->required();
  command->add_option("PATH", options->paths, kPathHelp)->required();
  command->add_option("--jobs", options->jobs, "threads (default: one a CPU)")->check(CLI::Range(1, 1024));
  command->add_flag("--strict", options->strict, "warnings are errors");
  command->add_flag("--no-fold", options->no_fold, "store each record, not the rules behind them");
  return {.app = command, .run = [options] { return compile(*options); }};
}

}  // namespace ptrd::tools
