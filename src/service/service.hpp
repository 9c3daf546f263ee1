// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/counters.hpp"
#include "policy/kernel_lines.hpp"
#include "process/privileges.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::service {

/// The counters of one transport.
struct Report {
  const char* transport = "";  // "dpdk", "xdp", "udp" or "tcp"
  datapath::Totals totals;
  /// Those of each of its workers, already included in totals. They live as long as the service.
  std::vector<const datapath::Counters*> workers;
};

/// One way in which ptrd answers: a card driven by DPDK, kernel sockets ... Created by an `open` function of
/// its own, which does everything that can fail; it runs between `start` and `stop`.
class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  /// Starts the threads that answer.
  virtual void start() = 0;
  /// Stops them, and returns when all have ended.
  virtual void stop() = 0;
  /// Called with an image and a policy before the workers get them, to update copies, such as tables in the
  /// kernel. `image`: null if it stays; `policy`: null if there is none. Error: why they cannot be served;
  /// the previous ones stay.
  [[nodiscard]] virtual tl::expected<void, std::string> prepare(const image::View* image,
                                                                const policy::KernelLines* policy) {
    (void)image;
    (void)policy;
    return {};
  }
  /// Called before the workers get an image in which these lines have changed since the last call, or since
  /// `prepare`, for the same copies. Cannot fail.
  virtual void change(std::span<const uint32_t> lines, const image::View& image) {
    (void)lines;
    (void)image;
  }
  /// Logs what the operator should know, such as a link that is down. Called regularly by one thread between
  /// `start` and `stop`.
  virtual void observe() {}
  /// Adds a report for each of its transports; may be called at any time, by any thread.
  virtual void report_to(std::vector<Report>& reports) const = 0;
  /// Adds the counters of all its transports.
  void add_to(datapath::Totals& totals) const {
    std::vector<Report> reports;
    report_to(reports);
    for (const Report& report : reports) totals.add(report.totals);
  }
  /// The privileges that it needs once it is open.
  [[nodiscard]] virtual process::Needs needs() const { return {}; }
  /// The CPUs that its workers have to themselves: all other threads keep off them.
  [[nodiscard]] virtual std::vector<unsigned> cpus() const { return {}; }
  /// Where and how it answers, for the log: "192.0.2.1:53 (kernel sockets)".
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace ptrd::service
