// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// isp_zones: zone files and questions of a made-up access provider, any size, the same for the same seed.
#include <fmt/core.h>

#include <filesystem>
#include <string>

#include "isp_zones_options.hpp"
#include "json/value.hpp"
#include "lib/isp_files.hpp"

namespace {

using namespace ptrd;
using namespace ptrd::bench::isp;

int fail(const std::string& what) {
  fmt::print(stderr, "isp_zones: {}\n", what);
  return kFailed;
}

int run(const Arguments& arguments) {
  std::error_code error;
  std::filesystem::create_directories(arguments.folder, error);
  if (error) return fail(arguments.folder + ": " + error.message());
  const Model model(arguments.model);
  const auto written = write_zones(model, arguments.zone_size, arguments.folder);
  if (!written) return fail(written.error());
  if (!arguments.questions_path.empty()) {
    const auto asked = write_questions(model, arguments.questions, arguments.questions_path);
    if (!asked) return fail(asked.error());
  }
  const auto& by_kind = written->records;
  const json::Value json = {{"records", arguments.model.records},
                            {"zones", written->zones},
                            {"bytes", written->bytes},
                            {"pool", by_kind[0]},
                            {"dynamic", by_kind[1]},
                            {"role", by_kind[2]},
                            {"vanity", by_kind[3]}};
  fmt::print("{}\n", json.dump());
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = read_arguments(argc, argv);
  return arguments ? run(*arguments) : arguments.error().status;
}
