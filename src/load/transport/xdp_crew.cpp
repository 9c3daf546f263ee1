// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>
#include <poll.h>

#include "load/sender.hpp"
#include "load/transport/ends.hpp"
#include "load/transport/frame_transport.hpp"
#include "load/transport/neighbour.hpp"
#include "load/transport/xdp_filter.hpp"
#include "port/xdp/xsk.hpp"
#include "ptrd/wire/plural.hpp"

namespace ptrd::load {

namespace {

/// ptrd's port, which can also create frames, and sleep.
class Queue : public port::XskQueue {
 public:
  explicit Queue(port::Xsk& xsk) : XskQueue(xsk), xsk_(&xsk) {}
  size_t allocate(std::span<datapath::Frame> frames) { return xsk_->allocate(frames); }
  [[nodiscard]] uint64_t overrun() const {
    const port::XskLosses losses = xsk_->losses();
    return losses.no_buffer + losses.ring_full;
  }
  void wait(std::chrono::nanoseconds time) {
    pollfd wait{xsk_->fd(), POLLIN, 0};
    const timespec limit{.tv_sec = 0, .tv_nsec = static_cast<long>(time.count())};
    (void)::ppoll(&wait, 1, &limit, nullptr);
  }

 private:
  port::Xsk* xsk_;
};
using XdpTransport = FrameTransport<Queue>;

class XdpCrew final : public Crew {
 public:
  XdpCrew(CrewOptions options, XdpFilter filter, std::vector<std::unique_ptr<port::Xsk>> sockets,
          const Ends& ends)
      : options_(std::move(options)), sockets_(std::move(sockets)), filter_(std::move(filter)) {
    for (uint32_t i = 0; i < sockets_.size(); ++i)
      transports_.emplace_back(Queue(*sockets_[i]), ends, i, options_.flows);
  }

  [[nodiscard]] size_t senders() const override { return transports_.size(); }
  [[nodiscard]] uint32_t flows() const override { return options_.flows; }
  [[nodiscard]] uint32_t run() const override { return 1; }
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    std::vector<Tally> tallies(senders());
    on_threads(senders(), options_.cpus,
               [&](size_t i) { tallies[i] = Sender<XdpTransport>(transports_[i], load, i).run(); });
    return tallies;
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("AF_XDP ({}), {}", sockets_.front()->zero_copy() ? "zero-copy" : "copy mode",
                       wire::plural(senders(), "thread"));
  }

 private:
  CrewOptions options_;
  std::vector<std::unique_ptr<port::Xsk>> sockets_;
  XdpFilter filter_;
  std::vector<XdpTransport> transports_;
};

/// The ends of the path: as given, otherwise as the kernel has them.
tl::expected<Ends, std::string> ends_of(const CrewOptions& options, const port::Interface& interface) {
  auto ends = given_ends(options);
  if (!ends) return ends;
  const auto own = mac_of(interface);
  if (!own) return tl::unexpected(own.error());
  ends->mac = *own;
  if (options.source.empty()) {
    const auto source = source_for(interface, ends->server);
    if (!source) return tl::unexpected(source.error());
    ends->source = *source;
  }
  if (options.mac.empty()) {
    const auto next_hop = next_hop_of(interface, ends->server);
    if (!next_hop) return tl::unexpected(next_hop.error());
    ends->next_hop = *next_hop;
  }
  return ends;
}

}  // namespace

tl::expected<std::unique_ptr<Crew>, std::string> xdp_crew(const CrewOptions& options,
                                                          const std::string& name) {
  const auto interface = port::Interface::find(name);
  if (!interface) return tl::unexpected(interface.error());
  if (options.threads != 0 && options.threads != interface->queues) {
    return tl::unexpected(
        fmt::format("{0} has {1} receive queues, and replies can arrive on any of them; use --threads {1}, "
                    "or set the interface to {2} (ethtool -L {0} combined {2})",
                    name, interface->queues, options.threads));
  }
  if (interface->queues * options.flows > kPorts)
    return tl::unexpected(
        fmt::format("--flows: only {} ports are available for all threads together", kPorts));
  const auto ends = ends_of(options, *interface);
  if (!ends) return tl::unexpected(ends.error());
  auto filter = XdpFilter::attach(*interface, ends->server_port);
  if (!filter) return tl::unexpected(filter.error());
  std::vector<std::unique_ptr<port::Xsk>> sockets;
  for (unsigned queue = 0; queue < interface->queues; ++queue) {
    auto xsk = port::Xsk::open(*interface, queue);
    if (!xsk) return tl::unexpected(xsk.error());
    if (!filter->give_queue(queue, (*xsk)->fd()))
      return tl::unexpected(name + ": queue " + std::to_string(queue) + " passes no replies to AF_XDP");
    sockets.push_back(std::move(*xsk));
  }
  return std::make_unique<XdpCrew>(options, *std::move(filter), std::move(sockets), *ends);
}

}  // namespace ptrd::load
