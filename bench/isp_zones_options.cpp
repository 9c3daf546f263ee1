// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "isp_zones_options.hpp"

#include <fmt/core.h>

#include <map>

#include "lib/command_line.hpp"

namespace ptrd::bench::isp {

tl::expected<Arguments, Refusal> read_arguments(int argc, char** argv) {
  CommandLine app{
      "isp_zones",
      "isp_zones: write zone files (FOLDER/APEX.zone) and dnsperf questions of a fictitious access provider: "
      "60 % pool names, 10 % reversed dynamic names, 20 % role names, 10 % vanity names; prints a summary as "
      "JSON"};
  Arguments arguments;
  const std::map<std::string, wire::Family> families = {{"4", wire::Family::v4}, {"6", wire::Family::v6}};
  const std::map<std::string, ZoneSize> sizes = {
      {"small", ZoneSize::small}, {"medium", ZoneSize::medium}, {"large", ZoneSize::large}};
  app.add_option("FOLDER", arguments.folder, "directory for the zones; created if missing").required();
  app.add_option("--records", arguments.model.records, "number of PTR records").capture_default_str();
  app.add_choice("--family", arguments.model.family, families, "IP version: 4 (default) or 6");
  app.add_option("--seed", arguments.model.seed).capture_default_str();
  app.add_flag("--unique", arguments.model.unique,
               "only role and vanity names, each with unique random letters");
  app.add_choice("--zones", arguments.zone_size, sizes,
                 "size of a zone: small /24 or /64, medium /16 or /48 (default), large /8 or /32");
  app.add_option("--queries", arguments.questions_path, "also write a dnsperf query file");
  app.add_option("--count", arguments.questions.count, "number of questions").capture_default_str();
  app.add_option("--hits", arguments.questions.hits,
                 "share of questions with an answer; the others query gaps")
      .range(0.0, 1.0)
      .capture_default_str();
  app.check([&arguments] {
    const uint64_t most = most_records(arguments.model.family);
    const bool outside = arguments.model.records < 1 || arguments.model.records > most;
    return outside ? fmt::format("--records: 1 to {}", most) : "";
  });
  if (const auto parsed = app.parse(argc, argv); !parsed) return tl::unexpected(parsed.error());
  arguments.questions.seed = arguments.model.seed;
  return arguments;
}

}  // namespace ptrd::bench::isp
