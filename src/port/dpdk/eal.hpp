// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "port/dpdk/log.hpp"

namespace ptrd::port {

struct EalOptions {
  std::string device;              // PCI address or vdev string
  std::vector<unsigned> cpus;      // one worker each; empty: the last CPU that this process may use
  std::vector<std::string> extra;  // passed on to EAL as they are
  unsigned mbufs = 0;              // for a port's pool, if more than the minimum
};

/// "; run it as root, or use --socket" for a process without the privileges, otherwise empty.
[[nodiscard]] std::string rights_hint();

/// The CPUs of a list like "1,3-5". Error: what is wrong with it.
[[nodiscard]] tl::expected<std::vector<unsigned>, std::string> parse_cpus(const std::string& text);

/// DPDK's environment, from start to cleanup; one per process. The calling thread stays free to run on any
/// CPU: it is lcore 0, and the workers are lcores 1, 2, ..., each pinned to one of `cpus`.
class Eal {
 public:
  /// Uses huge pages when enough are free, ordinary pages otherwise. `log`
  /// captures what DPDK prints. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Eal, std::string> start(const EalOptions& options, DpdkLog& log);
  Eal(Eal&& other) noexcept
      : cpus_(std::move(other.cpus_)),
        memory_(std::move(other.memory_)),
        running_(std::exchange(other.running_, false)) {}
  Eal& operator=(Eal&&) = delete;
  ~Eal();

  /// Those of the workers.
  [[nodiscard]] const std::vector<unsigned>& cpus() const { return cpus_; }
  /// "huge pages" or "ordinary pages", for the log.
  [[nodiscard]] const std::string& memory() const { return memory_; }

 private:
  Eal(std::vector<unsigned> cpus, std::string memory)
      : cpus_(std::move(cpus)), memory_(std::move(memory)), running_(true) {}
  std::vector<unsigned> cpus_;
  std::string memory_;
  bool running_;
};

}  // namespace ptrd::port
