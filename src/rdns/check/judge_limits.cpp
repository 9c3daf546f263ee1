// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>

#include "rdns/check/judge.hpp"

namespace ptrd::rdns::check {

namespace {

/// ` and 2 more`, after the first of several.
std::string and_more(size_t count) {
  return count < 2 ? "" : " and " + std::to_string(count - 1) + " more";
}

}  // namespace

void judge_limits(const Observation& seen, Report& report) {
  const AskLimits& limits = seen.limits;
  const auto add = [&](Fault fault, const std::string& server, std::string text) {
    report.findings.push_back({fault, server, std::move(text)});
  };
  if (seen.servers.size() > limits.servers)
    add(Fault::too_many_servers, "",
        std::to_string(seen.servers.size()) + " name servers, only the first " +
            std::to_string(limits.servers) + " were checked (--max-servers)");
  size_t unfinished = 0;
  for (const ServerObservation& server : seen.servers) {
    const std::string name = server.name.to_text();
    if (!server.special.empty())
      add(Fault::special_address, name,
          "was not queried at " + describe(server.special.front(), *limits.why_not(server.special.front())) +
              and_more(server.special.size()) + " (use --allow-address to permit it)");
    if (!server.left_out.empty())
      add(Fault::too_many_addresses, name,
          std::to_string(server.left_out.size()) + " of its addresses were not queried: at most " +
              std::to_string(limits.addresses) + " per server (--max-addresses) and " +
              std::to_string(limits.all_addresses) + " in total (--max-all-addresses)");
    unfinished +=
        static_cast<size_t>(std::count_if(server.addresses.begin(), server.addresses.end(),
                                          [](const AddressObservation& a) { return a.unfinished; }));
  }
  if (seen.time_is_up)
    add(Fault::time_is_up, "",
        "the check was not complete after " + std::to_string(limits.time.count() / 1000) +
            " s (--zone-time); " + std::to_string(unfinished) + " addresses were not fully checked");
}

}  // namespace ptrd::rdns::check
