// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "control/socket_service.hpp"

#include <atomic>
#include <thread>
#include <utility>

#include "port/socket.hpp"

namespace ptrd::control {

namespace {

class SocketService : public Service {
 public:
  SocketService(std::string where, port::SocketServer server, datapath::EngineSlot& engine)
      : where_(std::move(where)), server_(std::move(server)), engine_(engine) {}
  ~SocketService() override { stop(); }

  void start() override {
    stop_ = false;
    thread_ = std::thread([this] { server_.run(engine_, stop_); });
  }
  void stop() override {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void add_to(datapath::Totals& totals) const override { totals.add(server_.counters()); }
  [[nodiscard]] std::string describe() const override { return where_ + " (kernel sockets)"; }

 private:
  std::string where_;
  port::SocketServer server_;
  datapath::EngineSlot& engine_;
  std::atomic<bool> stop_ = true;
  std::thread thread_;
};

}  // namespace

tl::expected<std::unique_ptr<Service>, std::string> open_socket(const std::string& where,
                                                                datapath::EngineSlot& engine) {
  auto server = port::SocketServer::open(where);
  if (!server) return tl::unexpected(server.error());
  return std::make_unique<SocketService>(where, *std::move(server), engine);
}

}  // namespace ptrd::control
