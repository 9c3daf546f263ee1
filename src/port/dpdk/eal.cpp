// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/eal.hpp"

#include <fmt/format.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "port/dpdk/device.hpp"

namespace ptrd::port {

namespace {

/// Memory for the pools of a few ports, in MiB, in addition to that for the configured mbufs.
constexpr uint64_t kMin = 128;

uint64_t needed_mib(unsigned mbufs) {
  constexpr uint64_t kMbuf = 2560;  // bytes: data room, headers, and unused space at the ends of pages
  return kMin + (mbufs * kMbuf >> 20);
}

/// The CPUs that this thread may use now.
std::vector<unsigned> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<unsigned> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

/// Those of the start: later the main thread keeps off the workers'.
const std::vector<unsigned>& cpus_at_start() {
  static const std::vector<unsigned> cpus = allowed_cpus();
  return cpus;
}

uint64_t free_huge_mib() {
  uint64_t pages = 0;
  std::ifstream("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages") >> pages;
  uint64_t gigantic = 0;
  std::ifstream("/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages") >> gigantic;
  return pages * 2 + gigantic * 1024;
}

/// "0@(0,1),1@1": the main lcore floats, each worker has a CPU of its own.
std::string lcore_map(const std::vector<unsigned>& workers) {
  std::string map = "0@(";
  for (const unsigned cpu : allowed_cpus()) map += std::to_string(cpu) + ",";
  map.back() = ')';
  for (size_t i = 0; i < workers.size(); ++i)
    map += std::string(",").append(std::to_string(i + 1)).append("@").append(std::to_string(workers[i]));
  return map;
}

/// In MiB, free and easily freed; 0: unknown.
uint64_t available_mib() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    uint64_t kib = 0;
    if (std::sscanf(line.c_str(), "MemAvailable: %" SCNu64, &kib) == 1) return kib >> 10;
  }
  return 0;
}

std::string start_error(int error, const EalOptions& options) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "DPDK may not use this machine's devices and memory";
    case ENOMEM:
      return "DPDK found too little memory; free some, or set up huge pages (run tools/setup as root)";
    case ENODEV:
    case EINVAL:
      if (!options.extra.empty())
        return fmt::format("DPDK does not accept '{}' with the arguments '{}' (dpdk.eal, or those after --)",
                           options.device, fmt::join(options.extra, " "));
      return fmt::format(
          "DPDK has no driver for '{}'; give the PCI address of a card (lspci -D), or a driver with its "
          "arguments, such as net_af_xdp0,iface=IFACE",
          options.device);
    default:
      return "DPDK did not start: " + std::string(rte_strerror(error));
  }
}

}  // namespace

std::string rights_hint() {
  return geteuid() == 0
             ? ""
             : "; it needs root or CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF and CAP_IPC_LOCK; --socket does not";
}

tl::expected<std::vector<unsigned>, std::string> parse_cpus(const std::string& text) {
  const auto bad = [&] {
    return tl::unexpected<std::string>("'" + text + "' is not a list of CPUs; write it as 1 or 1,3-5");
  };
  std::vector<unsigned> cpus;
  const char* p = text.data();
  const char* end = p + text.size();
  while (p < end) {
    unsigned first = 0;
    std::from_chars_result read = std::from_chars(p, end, first);
    unsigned last = first;
    if (read.ec == std::errc() && read.ptr < end && *read.ptr == '-')
      read = std::from_chars(read.ptr + 1, end, last);
    const bool more = read.ptr < end;
    if (read.ec != std::errc() || last < first || last >= CPU_SETSIZE || (more && *read.ptr != ',')) {
      return bad();
    }
    for (unsigned cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    p = more ? read.ptr + 1 : end;
    if (more && p == end) return bad();
  }
  if (cpus.empty()) return bad();
  std::vector<unsigned> sorted = cpus;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    return tl::unexpected("CPU " + std::to_string(*twice) + " is there twice; each worker needs its own");
  const auto& allowed = cpus_at_start();
  for (const unsigned cpu : cpus) {
    if (std::find(allowed.begin(), allowed.end(), cpu) == allowed.end()) {
      return tl::unexpected<std::string>("CPU " + std::to_string(cpu) +
                                         " does not exist, or is not available to this process");
    }
  }
  return cpus;
}

tl::expected<Eal, std::string> Eal::start(const EalOptions& options, DpdkLog& log) {
  (void)cpus_at_start();
  const auto allowed = allowed_cpus();
  const std::vector<unsigned> workers = options.cpus.empty() ? std::vector{allowed.back()} : options.cpus;
  const uint64_t needed = needed_mib(options.mbufs);
  const bool huge = free_huge_mib() >= needed;
  if (const uint64_t available = available_mib(); !huge && available != 0 && needed > available)
    return tl::unexpected(
        fmt::format("DPDK needs {} MiB of memory, for {} packet buffers; {} MiB are available", needed,
                    options.mbufs, available));
  std::vector<std::string> args = {"ptrd", "--lcores=" + lcore_map(workers), "--log-level=lib.eal:warning"};
  if (huge) {
    args.emplace_back("--in-memory");
  } else {
    args.insert(args.end(), {"--no-huge", "--no-shconf", "-m", std::to_string(needed)});
  }
  if (is_vdev(options.device)) {
    args.insert(args.end(), {"--no-pci", "--vdev=" + options.device});
  } else {
    args.insert(args.end(), {"-a", options.device});
  }
  args.insert(args.end(), options.extra.begin(), options.extra.end());
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  int started = -1;
  log.capture_outputs([&] { started = rte_eal_init(static_cast<int>(args.size()), argv.data()); });
  if (started < 0) return tl::unexpected(start_error(rte_errno, options) + log.quote());
  return Eal(workers, huge ? "huge pages"
                           : "ordinary pages, which are slower; for huge pages run tools/setup as root");
}

Eal::~Eal() {
  if (running_) rte_eal_cleanup();
}

}  // namespace ptrd::port
