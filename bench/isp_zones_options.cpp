// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "isp_zones_options.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <map>

namespace ptrd::bench::isp {

tl::expected<Arguments, Refusal> read_arguments(int argc, char** argv) {
  CLI::App app{
      "isp_zones: zone files (FOLDER/APEX.zone) and dnsperf questions of a made-up access provider: 60 % "
      "pool "
      "names, 10 % reversed dynamic names, 20 % role names, 10 % vanity names; says what it wrote as JSON"};
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("isp_zones: ") + error.what() + "; see isp_zones --help\n";
  });
  Arguments arguments;
  const std::map<std::string, wire::Family> families = {{"4", wire::Family::v4}, {"6", wire::Family::v6}};
  const std::map<std::string, ZoneSize> sizes = {
      {"small", ZoneSize::small}, {"medium", ZoneSize::medium}, {"large", ZoneSize::large}};
  app.add_option("FOLDER", arguments.folder, "where the zones go; made if it is not there")->required();
  app.add_option("--records", arguments.model.records, "PTR records")->capture_default_str();
  app.add_option("--family", arguments.model.family, "4 (default) or 6")
      ->transform(CLI::CheckedTransformer(families));
  app.add_option("--seed", arguments.model.seed)->capture_default_str();
  app.add_flag("--unique", arguments.model.unique,
               "role and vanity names only, each with random letters that no other record has");
  app.add_option("--zones", arguments.zone_size,
                 "small: a /24 or /64 each, medium: a /16 or /48 (default), large: a /8 or /32")
      ->transform(CLI::CheckedTransformer(sizes));
  app.add_option("--queries", arguments.questions_path, "write a dnsperf query file too");
  app.add_option("--count", arguments.questions.count, "of questions")->capture_default_str();
  app.add_option("--hits", arguments.questions.hits,
                 "share of questions that have an answer; others ask for gaps")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
    const uint64_t most = most_records(arguments.model.family);
    if (arguments.model.records < 1 || arguments.model.records > most)
      throw CLI::ValidationError("--records", fmt::format("1 to {}", most));
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(Refusal{app.exit(error) == 0 ? kDone : kUsage, ""});
  }
  arguments.questions.seed = arguments.model.seed;
  return arguments;
}

}  // namespace ptrd::bench::isp
