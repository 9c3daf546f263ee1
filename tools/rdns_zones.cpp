// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rdns.hpp"
#include "rdns/boundaries.hpp"

namespace ptrd::cli {
namespace {

struct Options {
  std::vector<std::string> arguments;
  bool prefixes = false;
  rdns::Classless style = rdns::Classless::dash;
};

void print_zone(const rdns::DelegatedZone& zone) {
  const std::string name = zone.name.to_text();
  fmt::print("{}\n", name);
  if (!zone.classless) return;
  const std::string parent = zone.name.parent().to_text();
  fmt::print("; for the parent's zone, {}\n", parent);
  for (rdns::Address address = zone.range.first; address <= zone.range.last; ++address)
    fmt::print("{}.{} {} IN CNAME {}\n", static_cast<unsigned>(address & 255), parent, rdns::kCnameTtl,
               rdns::cname_target(zone.name, address).to_text());
}

int print_zones(const Options& options) {
  std::vector<rdns::Prefix> prefixes;
  for (const std::string& argument : options.arguments) {
    const auto prefix = rdns::prefix_of_text(argument);
    if (!prefix) return fail(prefix.error(), kUsage);
    prefixes.push_back(*prefix);
  }
  for (const rdns::Prefix& prefix : prefixes) {
    for (const rdns::DelegatedZone& zone : rdns::zones_of(prefix, options.style)) print_zone(zone);
  }
  return kDone;
}

int print_prefixes(const Options& options) {
  std::vector<rdns::Range> ranges;
  for (const std::string& argument : options.arguments) {
    const auto name = wire::Name::from_text(argument);
    if (!name) return fail(fmt::format("'{}' is no name: {}", argument, name.error()), kUsage);
    const auto range = rdns::range_of_name(*name, options.style);
    if (!range) return fail(fmt::format("'{}' is no reverse zone: {}", argument, range.error()), kUsage);
    ranges.push_back(*range);
  }
  for (const rdns::Prefix& prefix : rdns::prefixes_of(ranges)) fmt::print("{}\n", rdns::to_text(prefix));
  return kDone;
}

}  // namespace

Command zones_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("zones", "the zones that prefixes need, and back");
  const auto options = std::make_shared<Options>();
  const std::map<std::string, rdns::Classless> styles = {{"dash", rdns::Classless::dash},
                                                         {"slash", rdns::Classless::slash},
                                                         {"rfc4183", rdns::Classless::rfc4183}};
  command->add_option("PREFIX|ZONE", options->arguments, "prefixes; with --prefixes names of zones")
      ->required();
  command->add_flag("--prefixes", options->prefixes, "the fewest prefixes that the zones cover");
  command
      ->add_option("--style", options->style, "beyond /24: dash (64-127), slash (64/26) or rfc4183 (64-26)")
      ->transform(CLI::CheckedTransformer(styles, CLI::ignore_case))
      ->option_text("STYLE");
  return {command,
          [options] { return options->prefixes ? print_prefixes(*options) : print_zones(*options); }};
}

}  // namespace ptrd::cli
