// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns_network.hpp"

#include "rdns/live/resolver.hpp"

namespace ptrd::cli {

void NetworkOptions::add_to(CLI::App& command) {
  command.add_option("--resolver", resolver,
                     "ADDRESS[:PORT] of a recursive resolver (default: the system's)");
  command.add_option("--timeout", timeout, "seconds to wait for each try")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  command.add_option("--retries", retries, "tries after the first")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command.add_option("--rate", rate, "queries a second in all")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  command.add_option("--server-rate", server_rate, "queries a second to one server's address")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  command.add_option("--parallel", parallel, "queries that wait for a reply at a time")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
}

rdns::live::ClientOptions NetworkOptions::client() const {
  return {.timeout = std::chrono::milliseconds(static_cast<long>(timeout * 1000)),
          .retries = retries,
          .pace = {.per_second = rate, .per_server = server_rate, .parallel = parallel}};
}

tl::expected<rdns::live::Endpoint, std::string> NetworkOptions::find_resolver() const {
  if (resolver.empty()) return rdns::live::system_resolver();
  auto named = rdns::live::endpoint_of_text(resolver);
  if (!named) return tl::unexpected("--resolver: " + named.error());
  return named;
}

}  // namespace ptrd::cli
