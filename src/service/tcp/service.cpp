// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/service.hpp"

#include <fmt/core.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "process/descriptors.hpp"
#include "process/log.hpp"
#include "ptrd/wire/plural.hpp"
#include "service/tcp/thread.hpp"

namespace ptrd::service {

namespace {

class TcpService : public Service {
 public:
  TcpService(const TcpLimits& limits, datapath::EngineSlot& engine) : limits_(limits), common_(limits) {
    for (unsigned i = 0; i < limits.threads; ++i)
      threads_.push_back(std::make_unique<TcpThread>(limits_, common_, engine));
  }
  ~TcpService() override { TcpService::stop(); }

  [[nodiscard]] tl::expected<void, std::string> listen(const std::string& where) {
    for (const auto& thread : threads_) {
      if (auto ok = thread->listen(where, thread != threads_.front()); !ok) return ok;
    }
    return {};
  }

  void start() override {
    for (const auto& thread : threads_) thread->start(threads_);
  }
  void stop() override {
    for (const auto& thread : threads_) thread->stop();
  }
  void report_to(std::vector<Report>& reports) const override {
    Report& report = reports.emplace_back(Report{.transport = "tcp", .totals = {}, .workers = {}});
    for (const auto& thread : threads_) {
      thread->counters().add_to(report.totals);
      report.workers.push_back(&thread->counters().messages);
    }
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("TCP with {} and {}", wire::plural(limits_.threads, "thread"),
                       wire::plural(limits_.connections, "connection"));
  }

 private:
  TcpLimits limits_;
  TcpCommon common_;
  std::vector<std::unique_ptr<TcpThread>> threads_;
};

}  // namespace

unsigned default_tcp_threads(bool beside_a_card) {
  constexpr int kMax = 4;
  cpu_set_t cpus;
  if (beside_a_card || sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
  return static_cast<unsigned>(std::min(CPU_COUNT(&cpus), kMax));
}

tl::expected<std::unique_ptr<Service>, std::string> open_tcp(const std::vector<std::string>& addresses,
                                                             const TcpLimits& limits,
                                                             datapath::EngineSlot& engine) {
  TcpLimits possible = limits;
  possible.threads = std::max(limits.threads, 1U);
  possible.connections = process::make_room_for_connections(limits.connections);
  if (possible.connections < limits.connections) {
    process::log_warning(
        "the limit on open files leaves room for {} of {} TCP connections; raise it (LimitNOFILE in "
        "systemd, ulimit -n) or ask for fewer (--tcp-connections)",
        possible.connections, limits.connections);
  }
  try {
    auto service = std::make_unique<TcpService>(possible, engine);
    for (const std::string& where : addresses) {
      if (const auto ok = service->listen(where); !ok) return tl::unexpected(ok.error());
    }
    return service;
  } catch (const std::system_error& error) {  // from asio, if the kernel gives it no epoll or timer
    const bool full = error.code().value() == EMFILE;
    return tl::unexpected(
        fmt::format("TCP: {}{}", error.what(),
                    full ? "; raise the limit on open files (LimitNOFILE= in systemd, ulimit -n)" : ""));
  }
}

}  // namespace ptrd::service
