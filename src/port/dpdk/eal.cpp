// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/eal.hpp"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

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

std::string start_error(int error, const std::string& device) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "DPDK may not use this machine's devices and memory";
    case ENOMEM:
      return "DPDK found too little memory; free some, or set up huge pages (run tools/setup as root)";
    case ENODEV:
    case EINVAL:
      return "DPDK cannot open '" + device +
             "'; give the PCI address of a card bound to vfio-pci (dpdk-devbind.py -s lists them) or a vdev "
             "with "
             "its driver's arguments";
    default:
      return "DPDK did not start: " + std::string(rte_strerror(error));
  }
}

}  // namespace

bool is_vdev(const std::string& device) {
  return device.starts_with("net_") || device.starts_with("eth_");
}

std::string kernel_interface_of(const std::string& device) {
  std::istringstream parts(device);
  std::string driver;
  std::getline(parts, driver, ',');
  const auto is = [&](std::string_view name) {
    return driver.starts_with("net_" + std::string(name)) || driver.starts_with("eth_" + std::string(name));
  };
  const bool pcap = is("pcap");
  if (!pcap && !is("af_xdp") && !is("af_packet")) return {};
  for (std::string part; std::getline(parts, part, ',');) {
    const std::string key = part.substr(0, part.find('='));
    if (key.size() == part.size()) continue;
    if (key == "iface" || (pcap && (key == "rx_iface" || key == "rx_iface_in")))
      return part.substr(key.size() + 1);
  }
  return {};
}

DpdkLog::DpdkLog() : stream_(open_memstream(&text_, &size_)) {
  rte_openlog_stream(stream_);
}
DpdkLog::~DpdkLog() {
  let_through();
  std::free(text_);
}

void DpdkLog::let_through() {
  if (stream_ == nullptr) return;
  rte_openlog_stream(stderr);
  std::fclose(std::exchange(stream_, nullptr));
}

std::string DpdkLog::quote() const {
  if (stream_ == nullptr || std::fflush(stream_) != 0) return {};
  std::istringstream lines(std::string(text_, size_));
  for (std::string line; std::getline(lines, line);) {
    // It is not an error that there are no huge pages of some size.
    if (!line.empty() && line.find("hugepages reported") == std::string::npos)
      return " (DPDK says: " + line + ")";
  }
  return {};
}

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
  const auto& allowed = cpus_at_start();
  for (const unsigned cpu : cpus) {
    if (std::find(allowed.begin(), allowed.end(), cpu) == allowed.end()) {
      return tl::unexpected<std::string>("CPU " + std::to_string(cpu) +
                                         " does not exist, or is not available to this process");
    }
  }
  return cpus;
}

tl::expected<Eal, std::string> Eal::start(const EalOptions& options) {
  (void)cpus_at_start();
  const auto allowed = allowed_cpus();
  const std::vector<unsigned> workers = options.cpus.empty() ? std::vector{allowed.back()} : options.cpus;
  const uint64_t needed = needed_mib(options.mbufs);
  const bool huge = free_huge_mib() >= needed;
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
  if (rte_eal_init(static_cast<int>(args.size()), argv.data()) < 0) {
    return tl::unexpected<std::string>(start_error(rte_errno, options.device));
  }
  return Eal(workers, huge ? "huge pages"
                           : "ordinary pages, which are slower; for huge pages run tools/setup as root");
}

Eal::~Eal() {
  if (running_) rte_eal_cleanup();
}

}  // namespace ptrd::port
