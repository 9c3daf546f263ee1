// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns check: asks every name server of a delegation.
#include "rdns_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "rdns.hpp"
#include "rdns/live/checksum_probe.hpp"
#include "rdns/live/report_text.hpp"

namespace ptrd::cli {

namespace {

using namespace rdns::live;

/// `NAME` or `NAME=ADDRESS`; a name may be given again with another address.
tl::expected<void, std::string> add_server(const std::string& text, Delegation& delegation) {
  const size_t equals = text.find('=');
  const std::string host = text.substr(0, equals);
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
  if (!key) return tl::unexpected("--ns: '" + text.substr(equals + 1) + "' is no IPv4 or IPv6 address");
  server.glue.push_back(address_of(*key));
  return {};
}

/// Runs the check; the delegation is looked for when no servers are given.
tl::expected<Report, std::string> run(const CheckCommand& command, Delegation delegation,
                                      const std::optional<Endpoint>& resolver_place) {
  asio::io_context context(1);
  Client client(context, command.network.client());
  std::optional<Resolver> resolver;
  if (resolver_place) resolver.emplace(context, *resolver_place, command.network.client());
  tl::expected<Report, std::string> result = tl::unexpected<std::string>("nothing was observed");
  const auto observe_it = [&](Delegation found) {
    observe(client, resolver ? &*resolver : nullptr, command.check, std::move(found),
            [&](const Observation& seen) { result = judge(seen); });
  };
  if (delegation.servers.empty() && delegation.bad_names.empty()) {
    find_delegation(client, *resolver, command.check, delegation.zone,
                    [&](tl::expected<Delegation, std::string> found) {
                      if (found) return observe_it(std::move(*found));
                      result = tl::unexpected(found.error());
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

int check_zone(const CheckCommand& command) {
  const auto zone = wire::Name::from_text(command.zone);
  if (!zone) return usage("'" + command.zone + "': " + zone.error());
  Delegation delegation{.zone = *zone};
  for (const std::string& server : command.servers)
    if (const auto ok = add_server(server, delegation); !ok) return usage(ok.error());
  const auto resolver = command.network.find_resolver();
  if (!resolver && !command.network.resolver.empty()) return usage(resolver.error());
  if (!resolver && command.servers.empty()) return fail(resolver.error());
  const auto report = run(command, std::move(delegation), resolver ? std::optional(*resolver) : std::nullopt);
  if (!report) return fail(report.error());
  fmt::print("{}", command.json ? to_json(*report).dump(2) + "\n" : to_text(*report));
  if (std::fflush(stdout) != 0) return fail("cannot write the output");
  return report->failed() ? kFailed : kDone;
}

int run_check(CheckCommand& command) {
  command.check.v4 = !command.v6_only;
  command.check.v6 = !command.v4_only;
  if (command.zone.empty() == command.objects.empty()) return usage("a ZONE is wanted, or --objects FILE");
  if (command.check.checksums)
    if (const auto may = may_probe_checksums(); !may) return fail(may.error());
  if (command.objects.empty()) return check_zone(command);
  if (command.state.empty())
    return usage("--objects wants --state FILE, where it is kept who is lame since when");
  if (!command.servers.empty()) return usage("--ns goes with a ZONE, not with --objects");
  return check_objects(command);
}

}  // namespace

Command check_command(CLI::App& app) {
  auto command = std::make_shared<CheckCommand>();
  CLI::App* sub =
      app.add_subcommand("check", "asks every name server of a delegation: lame, SOA, NS sets and more");
  sub->add_option("ZONE", command->zone, "the delegated zone");
  sub->add_option("--ns", command->servers, "NAME or NAME=ADDRESS, instead of what the parent zone says")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sub->add_option("--objects", command->objects, "check all delegations of this file");
  sub->add_option("--state", command->state, "with --objects: the file that keeps who is lame since when");
  sub->add_option("--now", command->now, "with --objects: a date (2026-11-21) instead of today's");
  sub->add_option("--port", command->check.port, "port of the name servers")->capture_default_str();
  CLI::Option* v4 = sub->add_flag("-4", command->v4_only, "ask IPv4 addresses only");
  sub->add_flag("-6", command->v6_only, "ask IPv6 addresses only")->excludes(v4);
  sub->add_flag("!--no-ptr", command->check.ptr, "leave out the reverse mapping of the servers' addresses");
  sub->add_flag("--checksums", command->check.checksums,
                "also send a packet with a wrong checksum, which nobody may answer; wants CAP_NET_RAW");
  sub->add_flag("--json", command->json, "for programs");
  sub->add_flag("-v,--verbose", command->verbose, "with --objects: the report of each zone that fails");
  command->network.add_to(*sub);
  return {sub, [command] { return run_check(*command); }};
}

}  // namespace ptrd::cli
