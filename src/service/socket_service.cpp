// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/socket_service.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <atomic>
#include <thread>
#include <utility>

#include "port/socket.hpp"
#include "ptrd/wire/plural.hpp"
#include "service/tcp/service.hpp"

namespace ptrd::service {

namespace {

class SocketService : public Service {
 public:
  SocketService(const SocketOptions& options, std::vector<port::SocketServer> servers,
                std::unique_ptr<Service> tcp, datapath::EngineSlot& engine)
      : options_(options), servers_(std::move(servers)), tcp_(std::move(tcp)), engine_(engine) {}
  ~SocketService() override { stop(); }

  void start() override {
    stop_ = false;
    for (port::SocketServer& server : servers_)
      threads_.emplace_back([this, &server] { server.run(engine_, stop_); });
    tcp_->start();
  }
  void stop() override {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    tcp_->stop();
  }
  void report_to(std::vector<Report>& reports) const override {
    Report& report = reports.emplace_back(Report{.transport = "udp", .totals = {}, .workers = {}});
    for (const port::SocketServer& server : servers_) {
      report.totals.add(server.counters());
      report.totals.add_lost("socket_overflow", server.overflows());
      report.workers.push_back(&server.counters());
    }
    tcp_->report_to(reports);
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("{} (kernel sockets: UDP with {} each, {})", fmt::join(options_.addresses, " and "),
                       wire::plural(options_.threads, "thread"), tcp_->describe());
  }

 private:
  SocketOptions options_;
  std::vector<port::SocketServer> servers_;
  std::unique_ptr<Service> tcp_;
  datapath::EngineSlot& engine_;
  std::atomic<bool> stop_ = true;
  std::vector<std::thread> threads_;
};

}  // namespace

unsigned default_socket_threads(bool beside_a_card) {
  cpu_set_t cpus;
  if (beside_a_card || sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
  return static_cast<unsigned>(CPU_COUNT(&cpus));
}

tl::expected<std::unique_ptr<Service>, std::string> open_sockets(const SocketOptions& options,
                                                                 datapath::EngineSlot& engine) {
  std::vector<port::SocketServer> servers;
  for (const std::string& where : options.addresses) {
    auto opened = port::SocketServer::open(where, options.threads);
    if (!opened) return tl::unexpected(opened.error());
    for (port::SocketServer& server : *opened) servers.push_back(std::move(server));
  }
  auto tcp = open_tcp(options.addresses, options.tcp, engine);
  if (!tcp) return tl::unexpected(tcp.error());
  return std::make_unique<SocketService>(options, std::move(servers), *std::move(tcp), engine);
}

}  // namespace ptrd::service
