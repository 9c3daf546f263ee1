// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "rdns/live/client.hpp"

namespace ptrd::cli {

/// The options of all subcommands that ask somebody.
struct NetworkOptions {
  std::string resolver;  // empty: the system's
  double timeout = 2;    // seconds
  unsigned retries = 2;
  double rate = 500;        // queries a second in all
  double server_rate = 20;  // to one address
  unsigned parallel = 100;

  void add_to(CLI::App& command);
  [[nodiscard]] rdns::live::ClientOptions client() const;
  /// The resolver that is named, or the system's first. Error: one line.
  [[nodiscard]] tl::expected<rdns::live::Endpoint, std::string> find_resolver() const;
};

}  // namespace ptrd::cli
