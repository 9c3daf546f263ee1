// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include <map>

#include "lib/command_line.hpp"
#include "rdns/check/ask_limits.hpp"
#include "rdns/objects/parent_zone.hpp"
#include "rdns/verify/verify.hpp"

namespace ptrd::cli {

namespace {

const std::map<std::string, Format> kFormats = {{"text", Format::text}, {"json", Format::json}};

void bind_name(Parser command, NameOptions& options) {
  command
      .add_option("ADDRESS|NAME", options.what,
                  "address or reverse name; -: read one per line from standard input")
      .required();
}

void bind_zones(Parser command, ZonesOptions& options) {
  const std::map<std::string, rdns::Classless> styles = {{"dash", rdns::Classless::dash},
                                                         {"slash", rdns::Classless::slash},
                                                         {"rfc4183", rdns::Classless::rfc4183}};
  command
      .add_option("PREFIX|RANGE|ZONE", options.what,
                  "prefixes, or ranges such as 192.0.2.0 - 192.0.3.255; with --prefixes, names of zones")
      .required();
  command.add_flag("--prefixes", options.prefixes, "print the fewest prefixes that the zones cover");
  command
      .add_choice("--style", options.style, styles,
                  "longer than /24: dash (64-127), slash (64/26) or rfc4183 (64-26)", Case::ignored)
      .option_text("STYLE");
}

void bind_new_object(Parser command, NewObjectOptions& options) {
  constexpr auto kGroup = "New objects";
  Option fresh = command.add_option("--new", options.range, "write the domain objects of a prefix or range")
                     .option_text("PREFIX");
  fresh.group(kGroup);
  // One value per option: "--nserver HOST ADDRESS" would be read as two hosts.
  const auto add_list = [&](const char* name, std::vector<std::string>& values, const char* help,
                            const char* text) {
    command.add_option(name, values, help)
        .option_text(text)
        .group(kGroup)
        .needs(fresh)
        .allow_extra_args(false);
  };
  add_list("--nserver", options.servers, "name server, or \"HOST ADDRESS\"", "HOST");
  add_list("--ds", options.ds, "\"TAG ALGORITHM DIGESTTYPE DIGEST\"", "DATA");
  add_list("--descr", options.descr, "description", "TEXT");
  add_list("--org", options.org, "organisation", "ID");
  add_list("--admin-c", options.admin, "administrative contact", "ID");
  add_list("--tech-c", options.tech, "technical contact; --admin-c by default", "ID");
  add_list("--zone-c", options.zone, "contact for the zone; --admin-c by default", "ID");
  add_list("--remarks", options.remarks, "remark", "TEXT");
  add_list("--notify", options.notify, "mail address", "ADDRESS");
  add_list("--mnt-by", options.maintainers, "maintainer", "ID");
  command.add_option("--source", options.source, "registry, AFRINIC by default")
      .option_text("NAME")
      .group(kGroup)
      .needs(fresh);
}

void bind_objects(Parser command, ObjectsOptions& options) {
  const std::map<std::string, rdns::Operation> operations = {{"create", rdns::Operation::create},
                                                             {"modify", rdns::Operation::modify},
                                                             {"delete", rdns::Operation::erase}};
  command.add_option("FILE", options.files, "RPSL objects, also .gz; -: standard input");
  command.add_choice("--format", options.format, kFormats, "text or json").option_text("FORMAT");
  command
      .add_choice("--operation", options.operation, operations,
                  "intended operation: create, modify or delete")
      .option_text("OPERATION");
  bind_new_object(command, options.fresh);
}

void bind_zonefile(Parser command, ZonefileOptions& options) {
  options.ttl = rdns::ParentZoneOptions().ttl;
  command.add_option("--apex", options.apex, "name of the zone, such as 196.in-addr.arpa")
      .required()
      .option_text("ZONE");
  command.add_option("--soa", options.soa, "\"mname rname serial refresh retry expire minimum\"")
      .required()
      .option_text("SOA");
  command
      .add_option("--ns", options.servers,
                  "name server of the zone itself, or \"HOST ADDRESS\" if it is in the zone")
      .required()
      .option_text("HOST")
      .allow_extra_args(false);
  command.add_option("-o,--output", options.out, "file to write (default: standard output)")
      .option_text("OUT");
  command.add_option("--ttl", options.ttl, "TTL in seconds of all records except CNAMEs (default: 86400)")
      .range(0, INT32_MAX)
      .option_text("SECONDS");
  command.add_flag("--skip-bad", options.skip_bad,
                   "skip objects that cannot be delegated, and write the rest");
  command.add_option("FILE", options.files, "RPSL objects, also .gz; -: standard input").required();
}

void bind_policy(Parser command, PolicyOptions& options) {
  command.add_option("--inetnums", options.inetnums, "dump with inetnum and inet6num objects, also .gz")
      .required()
      .option_text("FILE")
      .allow_extra_args(false);
  command.add_choice("--format", options.format, kFormats, "text or json").option_text("FORMAT");
  command.add_flag("--only-invalid", options.only_invalid, "print only delegations that are not allowed");
  command.add_option("FILE", options.files, "domain objects, also .gz; -: standard input").required();
}

void bind_network(Parser command, NetworkOptions& options) {
  command.add_option("--resolver", options.resolver,
                     "ADDRESS[:PORT] of a recursive resolver (default: the system's)");
  command.add_option("--timeout", options.timeout, "timeout of each try in seconds")
      .range(0.01, 600.0)
      .capture_default_str();
  command.add_option("--retries", options.retries, "tries after the first")
      .range(0, 100)
      .capture_default_str();
  command.add_option("--rate", options.rate, "total queries per second")
      .range(0.1, 1e6)
      .capture_default_str();
  command.add_option("--server-rate", options.server_rate, "queries per second to one server address")
      .range(0.1, 1e6)
      .capture_default_str();
  command.add_option("--parallel", options.parallel, "queries outstanding at once")
      .range(1, 10000)
      .capture_default_str();
}

void bind_bounds(Parser command, CheckOptions& options) {
  const rdns::check::AskLimits limits;
  options.max_servers = limits.servers;
  options.max_addresses = limits.addresses;
  options.max_all_addresses = limits.all_addresses;
  options.zone_time = static_cast<double>(limits.time.count()) / 1000;
  command
      .add_option(
          "--allow-address", options.allowed,
          "PREFIX or range of special-purpose addresses (private, loopback ...) to query too; repeatable")
      .expected(1)
      .allow_extra_args(false)
      .take_all();
  command.add_option("--max-servers", options.max_servers, "most name servers to query per zone")
      .range(1, 10000)
      .capture_default_str();
  command.add_option("--max-addresses", options.max_addresses, "most addresses to query per name server")
      .range(1, 10000)
      .capture_default_str();
  command.add_option("--max-all-addresses", options.max_all_addresses, "most addresses to query per zone")
      .range(1, 100000)
      .capture_default_str();
  command.add_option("--zone-time", options.zone_time, "time limit per zone in seconds")
      .range(0.01, 86400.0)
      .capture_default_str();
}

void bind_check(Parser command, CheckOptions& options) {
  command.add_option("ZONE", options.zone, "the delegated zone");
  command
      .add_option("--ns", options.servers,
                  "NAME or NAME=ADDRESS of a server, instead of those in the parent zone; repeatable")
      .expected(1)
      .allow_extra_args(false)
      .take_all();
  command.add_option("--objects", options.objects, "check all delegations in this file");
  command.add_option("--state", options.state,
                     "with --objects: file that records since when each server is lame");
  command.add_option("--now", options.now, "with --objects: date to use instead of today's (2026-11-21)");
  command.add_option("--port", options.port, "port of the name servers").capture_default_str();
  Option v4 = command.add_flag("-4", options.v4_only, "query IPv4 addresses only");
  command.add_flag("-6", options.v6_only, "query IPv6 addresses only").excludes(v4);
  command.add_flag("!--no-ptr", options.ptr, "do not check the reverse mapping of the servers' addresses");
  command.add_flag("--checksums", options.checksums,
                   "also send a packet with a wrong checksum, which must not be answered; needs CAP_NET_RAW");
  command.add_flag("--json", options.json, "print JSON");
  command.add_flag("-v,--verbose", options.verbose,
                   "with --objects: print the report of each zone that fails");
  bind_bounds(command, options);
  bind_network(command, options.network);
}

void bind_verify(Parser command, VerifyOptions& options) {
  options.max_names = rdns::kMaxNames;
  command.add_option("ADDRESS", options.addresses, "IPv4 and IPv6 addresses");
  command.add_option("--file", options.file, "file of addresses, one per line; -: standard input");
  command.add_option("--image", options.image,
                     "take PTR records from this image, without DNS queries; checks all of its addresses");
  command
      .add_option("--forward", options.forward,
                  "with --image: address records of the names, one per line (ptrzone dump)")
      .expected(1)
      .allow_extra_args(false)
      .take_all();
  command.add_option("--max-names", options.max_names, "most names to look up per address")
      .range(1, 1000)
      .capture_default_str();
  command.add_flag("--failures", options.failures, "print only addresses that do not pass");
  command.add_flag("--json", options.json, "print a JSON object per line");
  bind_network(command, options.network);
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  CommandLine app{
      "rdns",
      "rdns: work with reverse names and zones, and with the domain objects by which registries delegate "
      "them"};
  Subcommands<Options> commands(app);
  commands.add("name", "convert an address to its reverse name, and back", bind_name);
  commands.add("zones", "list the zones that prefixes need, and back", bind_zones);
  commands.add("objects", "check domain objects for errors, or write new ones", bind_objects);
  commands.add("zonefile", "write the parent zone from domain objects", bind_zonefile);
  commands.add("policy", "check delegations against AFRINIC's policy 10.5", bind_policy);
  commands.add("check", "query every name server of a delegation: lameness, SOA, NS sets and more",
               bind_check);
  commands.add("verify", "verify that the name in a PTR record has the address (forward-confirmed)",
               bind_verify);
  if (const auto parsed = app.parse(argc, argv); !parsed) return tl::unexpected(parsed.error());
  return commands.chosen();
}

}  // namespace ptrd::cli
