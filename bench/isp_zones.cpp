// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// isp_zones: zone files and questions of a made-up access provider, any size, the same for the same seed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/isp_files.hpp"

namespace {

using namespace ptrd::bench::isp;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Arguments {
  Options model;
  ZoneSize zone_size = ZoneSize::medium;
  std::string folder;
  std::string questions_path;
  Questions questions;
};

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
  const nlohmann::ordered_json json = {{"records", arguments.model.records},
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
  CLI::App app{
      "isp_zones: zone files (FOLDER/APEX.zone) and dnsperf questions of a made-up access provider: 60 % "
      "pool "
      "names, 10 % reversed dynamic names, 20 % role names, 10 % vanity names; says what it wrote as JSON"};
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("isp_zones: ") + error.what() + "; see isp_zones --help\n";
  });
  Arguments arguments;
  const std::map<std::string, ptrd::wire::Family> families = {{"4", ptrd::wire::Family::v4},
                                                              {"6", ptrd::wire::Family::v6}};
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
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  arguments.questions.seed = arguments.model.seed;
  return run(arguments);
}
