// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/name.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <tl/expected.hpp>

#include "ptrd/wire/arpa.hpp"
#include "rdns/boundaries.hpp"
#include "rdns/finding.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

/// Converts an address to its reverse name, a complete reverse name to its address, a shorter one to its
/// prefix.
tl::expected<std::string, std::string> turned(const std::string& what) {
  if (const auto key = wire::key_of_address(what)) return wire::name_of_key(*key).to_text();
  const auto bad = [&](std::string_view why) {
    return tl::unexpected(
        fmt::format("'{}' is neither an address nor a reverse name: {}", rdns::printable(what), why));
  };
  if (rdns::range_of_text(what)) return bad("it is a prefix or a range; `rdns zones` lists its zones");
  const auto name = wire::Name::from_text(what);
  if (!name) return bad(name.error());
  const auto range = rdns::range_of_name(*name);
  if (!range) return bad(range.error());
  if (range->first == range->last) return rdns::address_to_text(range->family, range->first);
  return rdns::to_text(*range);
}

}  // namespace

int run(const NameOptions& options) {
  int status = kDone;
  const auto one = [&](const std::string& what, int wrong) {
    if (const auto text = turned(what)) {
      fmt::print("{}\n", *text);
    } else {
      status = std::max(status, fail(text.error(), wrong));
    }
  };
  for (const std::string& argument : options.what) {
    if (argument != "-") {
      one(argument, kUsage);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty()) one(line, kFailed);
    }
  }
  return status;
}

}  // namespace ptrd::cli
