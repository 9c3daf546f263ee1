// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns check: queries every name server of a delegation.
#include "check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "json.hpp"
#include "network.hpp"
#include "rdns/check/checksum_probe.hpp"
#include "rdns/check/report_text.hpp"
#include "rdns/hints.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {

namespace {

using namespace client;
using namespace rdns::check;

/// `NAME` or `NAME=ADDRESS`; a name may be repeated with another address.
tl::expected<void, std::string> add_server(const std::string& text, Delegation& delegation) {
  const size_t equals = text.find('=');
  const std::string host = text.substr(0, equals);
  // It is also a name, in form.
  if (wire::key_of_address(host))
    return tl::unexpected("--ns: '" + host + "' is an address; give the name before it: NAME=" + host);
  const auto name = wire::Name::from_text(host);
  if (!name) {
    delegation.bad_names.emplace_back(host, name.error());
    return {};
  }
  const auto known = std::find_if(delegation.servers.begin(), delegation.servers.end(),
                                  [&](const DelegatedServer& server) { return server.name == *name; });
  const bool again = known != delegation.servers.end() && equals != text.npos;
  DelegatedServer& server =
      again ? *known : delegation.servers.emplace_back(DelegatedServer{.name = *name, .glue = {}});
  if (equals == text.npos) return {};
  const auto key = wire::key_of_address(text.substr(equals + 1));
  if (!key) return tl::unexpected("--ns: '" + text.substr(equals + 1) + "' is not an IPv4 or IPv6 address");
  server.glue.push_back(address_of(*key));
  return {};
}

/// Special-purpose addresses that may be queried: those of --allow-address, and those given with --ns. Error:
/// an invalid prefix or range.
tl::expected<std::vector<rdns::Prefix>, std::string> allowed_addresses(const CheckOptions& options) {
  std::vector<rdns::Prefix> allowed;
  for (const std::string& text : options.allowed) {
    const auto range = rdns::range_of_text(text);
    if (!range) return tl::unexpected("--allow-address: " + range.error());
    for (const rdns::Prefix& prefix : rdns::prefixes_of(*range)) allowed.push_back(prefix);
  }
  for (const std::string& server : options.servers) {
    const size_t equals = server.find('=');
    if (equals == server.npos) continue;
    if (const auto address = rdns::prefix_of_text(server.substr(equals + 1))) allowed.push_back(*address);
  }
  return allowed;
}

/// Runs the check; finds the delegation if no servers are given.
tl::expected<Report, std::string> check(const CheckOptions& options, Delegation delegation,
                                        const std::optional<Endpoint>& resolver_place) {
  const rdns::check::CheckOptions what = what_to_check(options);
  asio::io_context context(1);
  Client client(context, client_options(options.network));
  std::optional<Resolver> resolver;
  if (resolver_place) resolver.emplace(context, *resolver_place, client_options(options.network));
  tl::expected<Report, std::string> result = tl::unexpected<std::string>("nothing was checked");
  const auto end = Clock::now() + what.limits.time;
  // Pending queries are dropped at the deadline.
  const auto conclude_with = [&](tl::expected<Report, std::string> outcome) {
    result = std::move(outcome);
    context.stop();
  };
  const auto observe_it = [&](Delegation found) {
    observe(client, resolver ? &*resolver : nullptr, what, std::move(found), end,
            [&](const Observation& seen) { conclude_with(judge(seen)); });
  };
  if (delegation.servers.empty() && delegation.bad_names.empty()) {
    find_delegation(client, *resolver, what, delegation.zone, end,
                    [&](tl::expected<Delegation, std::string> found) {
                      if (found) return observe_it(std::move(*found));
                      conclude_with(tl::unexpected(found.error()));
                    });
  } else {
    observe_it(std::move(delegation));
  }
  context.run();
  return result;
}

int usage(const std::string& what) {
  return fail(what + "; see rdns check --help", kUsage);
}

int check_zone(const CheckOptions& options) {
  if (const auto hint = rdns::hint_for_zone(options.zone))
    return fail(fmt::format("{}: try `rdns check {}`", hint->what, hint->value), kUsage);
  const auto zone = wire::Name::from_text(options.zone);
  if (!zone) return usage("'" + options.zone + "': " + zone.error());
  Delegation delegation{.zone = *zone};
  for (const std::string& server : options.servers)
    if (const auto ok = add_server(server, delegation); !ok) return usage(ok.error());
  const auto resolver = find_resolver(options.network);
  if (!resolver && !options.network.resolver.empty()) return usage(resolver.error());
  if (!resolver && options.servers.empty()) return fail(resolver.error());
  const auto report =
      check(options, std::move(delegation), resolver ? std::optional(*resolver) : std::nullopt);
  if (!report) return fail(report.error());
  fmt::print("{}", options.json ? json_text(*report, 2) + "\n" : to_text(*report));
  return report->failed() ? kFailed : kDone;
}

}  // namespace

rdns::check::CheckOptions what_to_check(const CheckOptions& options) {
  return {.port = options.port,
          .v4 = !options.v6_only,
          .v6 = !options.v4_only,
          .checksums = options.checksums,
          .ptr = options.ptr,
          .limits = {.servers = options.max_servers,
                     .addresses = options.max_addresses,
                     .all_addresses = options.max_all_addresses,
                     .time = std::chrono::milliseconds(static_cast<long>(options.zone_time * 1000)),
                     .allowed = allowed_addresses(options).value_or(std::vector<rdns::Prefix>())}};
}

int run(const CheckOptions& options) {
  if (const auto allowed = allowed_addresses(options); !allowed) return usage(allowed.error());
  if (options.zone.empty() == options.objects.empty()) return usage("give a ZONE, or --objects FILE");
  if (options.checksums)
    if (const auto may = may_probe_checksums(); !may) return fail(may.error());
  if (options.objects.empty()) return check_zone(options);
  if (options.state.empty())
    return usage("--objects needs --state FILE, which records since when each server is lame");
  if (!options.servers.empty()) return usage("use --ns with a ZONE, not with --objects");
  return check_objects(options);
}

}  // namespace ptrd::cli
