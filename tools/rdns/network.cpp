// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "network.hpp"

#include "client/resolver.hpp"

namespace ptrd::cli {

client::ClientOptions client_options(const NetworkOptions& options) {
  return {
      .timeout = std::chrono::milliseconds(static_cast<long>(options.timeout * 1000)),
      .retries = options.retries,
      .pace = {.per_second = options.rate, .per_server = options.server_rate, .parallel = options.parallel}};
}

tl::expected<client::Endpoint, std::string> find_resolver(const NetworkOptions& options) {
  if (options.resolver.empty()) return client::system_resolver();
  auto named = client::endpoint_of_text(options.resolver);
  if (!named) return tl::unexpected("--resolver: " + named.error());
  return named;
}

}  // namespace ptrd::cli
