// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "load/numbering.hpp"
#include "load/plan.hpp"
#include "load/tally.hpp"

namespace ptrd::load {

/// The senders of a load with their transports, of any kind.
class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  virtual ~Crew() = default;

  [[nodiscard]] virtual size_t senders() const = 0;
  /// Flows of each sender, and consecutive queries with the same flow.
  [[nodiscard]] virtual uint32_t flows() const = 0;
  [[nodiscard]] virtual uint32_t run() const = 0;
  /// Runs every sender in its own thread, to the end of the load; returns all tallies.
  [[nodiscard]] virtual std::vector<Tally> work(Load& load) = 0;
  /// A description for the user.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Options common to all transports.
struct CrewOptions {
  std::string server;          // ADDR:PORT
  std::string source;          // source address, with frames; empty: the interface's
  std::string mac;             // destination of frames; empty: what the kernel resolves for the server
  unsigned threads = 0;        // 0: one, or as many as the interface has queues
  std::vector<unsigned> cpus;  // one per thread; empty: not pinned
  uint32_t flows = 0;          // a power of two
};

/// Runs `body(i)` for each i below `count` in threads of their own, pinned to `cpus` if there are any.
void on_threads(size_t count, const std::vector<unsigned>& cpus, const std::function<void(size_t)>& body);

/// Kernel sockets. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Crew>, std::string> socket_crew(const CrewOptions& options);
/// AF_XDP on all queues of an interface. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Crew>, std::string> xdp_crew(const CrewOptions& options,
                                                                        const std::string& interface);
/// A DPDK port, the first one of `device`. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Crew>, std::string> dpdk_crew(
    const CrewOptions& options, const std::string& device, const std::vector<std::string>& eal_options);

}  // namespace ptrd::load
