// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace ptrd::client {

/// The resolver's answer for a name and a type.
struct Lookup {
  enum class State : uint8_t {
    found,
    nothing,  // the name or the type does not exist (NXDOMAIN, NODATA)
    failed,   // no answer, SERVFAIL, REFUSED and the like: may exist
  };
  State state = State::failed;
  std::vector<Record> records;     // of the queried type
  wire::Name canonical;            // after all aliases
  std::optional<wire::Name> zone;  // owner of the SOA in the reply: the zone that the name is in
  std::string failure;             // the reason for State::failed: "no answer", "SERVFAIL"
};

/// A client of a recursive resolver. Caches its answers, so that name servers shared by many zones are looked
/// up once; a request for a pending lookup waits for it.
class Resolver {
 public:
  using Handler = std::function<void(const Lookup&)>;

  /// Ignores `options.pace.per_server`: the resolver gets queries at the rate of `per_second`.
  Resolver(asio::io_context& context, const Endpoint& server, ClientOptions options);

  void look_up(const Question& question, Handler handler);
  /// The A and AAAA records of `name`, of the families wanted. `failed` if either lookup failed and nothing
  /// was found.
  void addresses(const wire::Name& name, bool v4, bool v6, Handler handler);

  [[nodiscard]] const Endpoint& server() const { return server_; }

 private:
  struct Entry {
    std::optional<Lookup> known;
    std::vector<Handler> waiting;
  };

  Client client_;
  Endpoint server_;
  std::map<std::string, Entry> entries_;  // by type and lower-cased name
};

/// The first name server of a resolv.conf(5). Error: one line with the path.
[[nodiscard]] tl::expected<Endpoint, std::string> system_resolver(
    const std::string& path = "/etc/resolv.conf");

}  // namespace ptrd::client
