// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include <bit>

#include "lib/command_line.hpp"
#include "port/dpdk/eal.hpp"
#include "port/interface.hpp"

namespace ptrd {

namespace {

constexpr uint32_t kSockets = 16;    // flows of a thread
constexpr uint32_t kPorts = 64;      // the same with frames, where more cost nothing
constexpr double kTrialSeconds = 3;  // of a search

void add_target(Parser app, LoadOptions& options) {
  app.add_option("-s,--server", options.crew.server,
                 "address of the server, or ADDR:PORT; port 53 by default")
      .required();
  Option queries = app.add_option("-d,--queries", options.queries,
                                  "file of queries in dnsperf's format, NAME TYPE on each line");
  app.add_option("--image", options.images,
                 "compare each answer byte for byte with ptrd's from this image; repeat to accept any of "
                 "several images")
      .expected(1)
      .take_all();
  app.add_option("--sample", options.sample,
                 "without --queries: number of names of the first image to query for PTR")
      .range(1.0, 1e8)
      .excludes(queries)
      .capture_default_str();
  app.add_option("--seed", options.seed, "random seed of the sample").capture_default_str();
  app.add_flag("--edns", options.form.edns, "send queries with an OPT record");
  app.add_flag("--dnssec", options.form.dnssec, "send queries with an OPT record and the DO bit");
  app.add_option("--udp-payload", options.form.udp_payload, "UDP payload size in the OPT record, in bytes")
      .range(512, 65535)
      .capture_default_str();
}

void add_transport(Parser app, LoadOptions& options, std::string& cpus) {
  Option xdp = app.add_option("--xdp", options.xdp,
                              "send over AF_XDP on all queues of this interface (default: kernel sockets)");
  app.add_option("--dpdk", options.dpdk, "send over this DPDK device: PCI address or vdev string")
      .excludes(xdp);
  app.add_option("EAL", options.eal, "after --: arguments for DPDK's EAL");
  app.add_option("--source", options.crew.source,
                 "with --xdp or --dpdk: source address (default: the interface's)");
  app.add_option(
      "--mac", options.crew.mac,
      "with --xdp or --dpdk: destination MAC address (default: what the kernel resolves for the server)");
  app.add_option("--threads", options.crew.threads,
                 "threads that send and receive (default: one; with --xdp one per queue)")
      .range(1, 64);
  app.add_option("--cpus", cpus, "CPUs for the threads, such as 1 or 2-5,8 (default: any)");
  app.add_option("--flows", options.crew.flows,
                 "source ports per thread; a power of two (default: 16, with --xdp or --dpdk 64)")
      .range(1, 4096);
}

void add_load(Parser app, LoadOptions& options) {
  app.add_option("--rate", options.plan.rate, "queries per second, regardless of the answers")
      .range(1.0, 1e8)
      .default_str("10000");
  app.add_option("--seconds", options.plan.seconds,
                 "duration in seconds (default: 10, with --find 3 for each trial)")
      .range(0.01, 86400.0);
  app.add_option("--burst", options.plan.burst, "queries sent back to back")
      .range(1, 1024)
      .capture_default_str();
  app.add_option("--timeout", options.plan.timeout, "seconds after which a query counts as lost")
      .range(0.001, 60.0)
      .capture_default_str();
  app.add_flag(
      "--find", options.find,
      "find the highest rate without loss, and the highest with 99.9 % answered, from --rate upwards");
  app.add_option("--max-rate", options.search.max_rate,
                 "with --find: highest rate to try, in queries per second")
      .range(1.0, 1e8)
      .capture_default_str();
  app.add_option("--precision", options.search.precision,
                 "with --find: relative precision of the rates; 0.01 is one percent")
      .range(0.001, 0.5)
      .capture_default_str();
}

void add_output(Parser app, LoadOptions& options, double& bin_ms) {
  app.add_option("--json", options.json, "write the result as JSON to this file; - is standard output");
  Option bins = app.add_option("--bins", bin_ms, "with --tsv: interval of each line in milliseconds")
                    .range(0.1, 60'000.0);
  app.add_option(
         "--tsv", options.table,
         "write a time series to this file: CLOCK_MONOTONIC seconds, sent, answered, slowest answer in ms")
      .needs(bins);
}

/// Checks constraints between options; empty: all are met.
std::string complete(LoadOptions& options, const std::string& cpus, double bin_ms) {
  if (options.queries.empty() && options.images.empty())
    return "no queries: give --queries FILE, or --image FILE to query for its names";
  if (options.crew.flows == 0)
    options.crew.flows = options.xdp.empty() && options.dpdk.empty() ? kSockets : kPorts;
  if (!std::has_single_bit(options.crew.flows)) return "--flows: not a power of two, such as 16";
  if (!cpus.empty()) {
    const auto list = port::parse_cpus(cpus);
    if (!list) return "--cpus: " + list.error();
    if (list->size() < std::max(options.crew.threads, 1U))
      return "--cpus: give one for each of the --threads";
    options.crew.cpus = *list;
  }
  if (port::parse_host_address(options.crew.server))
    options.crew.server = options.crew.server.find(':') == std::string::npos
                              ? options.crew.server + ":53"
                              : "[" + options.crew.server + "]:53";
  options.plan.bin = bin_ms / 1e3;
  options.search.from = options.plan.rate;
  if (options.search.max_rate < options.search.from)
    return "--max-rate is below --rate, where the search starts";
  if (options.plan.seconds == 0) options.plan.seconds = options.find ? kTrialSeconds : 10;
  return {};
}

}  // namespace

tl::expected<LoadOptions, Refusal> read_load_options(int argc, char** argv) {
  LoadOptions options;
  options.plan.rate = 10'000;
  std::string cpus;
  double bin_ms = 0;
  CommandLine app{"ptrload", "ptrload: query a DNS server at a steady rate and check every answer"};
  add_target(app, options);
  add_transport(app, options, cpus);
  add_load(app, options);
  add_output(app, options, bin_ms);
  if (const auto parsed = app.parse(argc, argv); !parsed) return tl::unexpected(parsed.error());
  if (const std::string wrong = complete(options, cpus, bin_ms); !wrong.empty())
    return tl::unexpected(Refusal{kUsage, wrong});
  return options;
}

}  // namespace ptrd
