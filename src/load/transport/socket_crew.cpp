// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include "load/crew.hpp"
#include "load/sender.hpp"
#include "load/transport/socket_transport.hpp"
#include "ptrd/wire/plural.hpp"

namespace ptrd::load {

namespace {

class SocketCrew final : public Crew {
 public:
  SocketCrew(CrewOptions options, std::vector<std::unique_ptr<SocketTransport>> transports)
      : options_(std::move(options)), transports_(std::move(transports)) {}

  [[nodiscard]] size_t senders() const override { return transports_.size(); }
  [[nodiscard]] uint32_t flows() const override { return options_.flows; }
  [[nodiscard]] uint32_t run() const override { return SocketTransport::kRun; }
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    std::vector<Tally> tallies(senders());
    on_threads(senders(), options_.cpus,
               [&](size_t i) { tallies[i] = Sender<SocketTransport>(*transports_[i], load, i).run(); });
    return tallies;
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("kernel sockets, {} in {}", senders() * options_.flows,
                       wire::plural(senders(), "thread"));
  }

 private:
  CrewOptions options_;
  std::vector<std::unique_ptr<SocketTransport>> transports_;
};

}  // namespace

tl::expected<std::unique_ptr<Crew>, std::string> socket_crew(const CrewOptions& options) {
  const auto server = port::parse_address(options.server);
  if (!server) return tl::unexpected(server.error());
  std::vector<std::unique_ptr<SocketTransport>> transports;
  for (unsigned i = 0; i < std::max(options.threads, 1U); ++i) {
    auto transport = SocketTransport::open(*server, i, options.flows);
    if (!transport) return tl::unexpected(transport.error());
    transports.push_back(std::move(*transport));
  }
  return std::make_unique<SocketCrew>(options, std::move(transports));
}

}  // namespace ptrd::load
