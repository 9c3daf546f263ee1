// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>
#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_pause.h>

#include <latch>
#include <thread>

#include "load/sender.hpp"
#include "load/transport/ends.hpp"
#include "load/transport/frame_transport.hpp"
#include "port/dpdk/device.hpp"
#include "port/dpdk/eal.hpp"
#include "port/dpdk/ethdev.hpp"
#include "port/dpdk/log.hpp"
#include "ptrd/wire/plural.hpp"

namespace ptrd::load {

namespace {

/// ptrd's port, which can also create frames. It does not sleep.
class Queue : public port::EthdevQueue {
 public:
  Queue(const port::Ethdev& device, unsigned number)
      : EthdevQueue(device.queue(number, {})), pool_(device.for_exceptions().pool) {}

  size_t allocate(std::span<datapath::Frame> frames) {
    std::array<rte_mbuf*, datapath::kBurst> mbufs;
    const size_t count = std::min(frames.size(), mbufs.size());
    if (rte_pktmbuf_alloc_bulk(pool_, mbufs.data(), static_cast<unsigned>(count)) != 0) return 0;
    for (size_t i = 0; i < count; ++i) {
      frames[i].data = rte_pktmbuf_mtod(mbufs[i], uint8_t*);
      frames[i].room = rte_pktmbuf_tailroom(mbufs[i]);
      frames[i].handle = mbufs[i];
    }
    return count;
  }
  void wait(std::chrono::nanoseconds) { rte_pause(); }
  /// The card's statistics are for all queues: the crew reads them.
  [[nodiscard]] uint64_t overrun() const { return 0; }

 private:
  rte_mempool* pool_;
};
using DpdkTransport = FrameTransport<Queue>;

class DpdkCrew final : public Crew {
 public:
  DpdkCrew(CrewOptions options, port::Eal eal, port::Ethdev device, const Ends& ends)
      : options_(std::move(options)), eal_(std::move(eal)), device_(std::move(device)) {
    for (unsigned i = 0; i < device_.queues(); ++i)
      transports_.emplace_back(Queue(device_, i), ends, i, options_.flows);
  }

  [[nodiscard]] size_t senders() const override { return transports_.size(); }
  [[nodiscard]] uint32_t flows() const override { return options_.flows; }
  [[nodiscard]] uint32_t run() const override { return 1; }
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    std::vector<Tally> tallies(senders());
    std::latch running(static_cast<std::ptrdiff_t>(senders()));
    std::vector<Job> jobs;
    for (size_t i = 0; i < senders(); ++i) jobs.push_back({transports_[i], load, i, tallies[i], running});
    const uint64_t before = device_.losses().sum();
    // Lcore 0 is this thread's.
    for (unsigned i = 0; i < jobs.size(); ++i) (void)rte_eal_remote_launch(work_one, &jobs[i], i + 1);
    // DPDK's own wait is a busy loop.
    running.wait();
    for (unsigned i = 0; i < jobs.size(); ++i) rte_eal_wait_lcore(i + 1);
    tallies.front().overrun += device_.losses().sum() - before;
    return tallies;
  }
  [[nodiscard]] std::string describe() const override { return fmt::format("DPDK, {}", device_.describe()); }

 private:
  struct Job {
    DpdkTransport& transport;
    Load& load;
    size_t number;
    Tally& tally;
    std::latch& running;
  };
  static int work_one(void* argument) {
    auto& job = *static_cast<Job*>(argument);
    job.tally = Sender<DpdkTransport>(job.transport, job.load, job.number).run();
    job.running.count_down();
    return 0;
  }

  // The card goes before DPDK does.
  CrewOptions options_;
  port::Eal eal_;
  port::Ethdev device_;
  std::vector<DpdkTransport> transports_;
};

/// Link negotiation takes seconds; before that a card sends nothing.
bool wait_for_link(const port::Ethdev& device) {
  constexpr auto kLongest = std::chrono::seconds(10);
  constexpr auto kLook = std::chrono::milliseconds(2);
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (!device.link_is_up()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

}  // namespace

tl::expected<std::unique_ptr<Crew>, std::string> dpdk_crew(const CrewOptions& options,
                                                           const std::string& device_name,
                                                           const std::vector<std::string>& eal_options) {
  if (options.source.empty() || options.mac.empty())
    return tl::unexpected<std::string>(
        "with --dpdk the kernel has no addresses for the card; give --source ADDR and --mac MAC");
  auto ends = given_ends(options);
  if (!ends) return tl::unexpected(ends.error());
  const unsigned threads = std::max(options.threads, 1U);
  if (threads > std::max<size_t>(options.cpus.size(), 1))
    return tl::unexpected<std::string>("with --dpdk each thread needs its own CPU; give --cpus");
  if (const auto ok = port::check_device(device_name); !ok) return tl::unexpected(ok.error());
  port::DpdkLog log;
  auto eal = port::Eal::start({.device = device_name, .cpus = options.cpus, .extra = eal_options}, log);
  if (!eal) return tl::unexpected(eal.error());
  auto device = port::Ethdev::open({.device = device_name, .workers = threads});
  if (!device) return tl::unexpected(device_name + ": " + device.error() + log.quote());
  if (device->queues() < threads)
    return tl::unexpected(fmt::format("{} has {}; give --threads {}", device_name,
                                      wire::plural(device->queues(), "queue"), device->queues()));
  if (device->queues() * options.flows > kPorts)
    return tl::unexpected(
        fmt::format("--flows: only {} ports are available for all threads together", kPorts));
  if (!wait_for_link(*device))
    return tl::unexpected(device_name + ": no link; connect the cable, or start the peer");
  log.let_through();
  ends->mac = device->interface_settings().mac.value_or(kLocalMac);
  return std::make_unique<DpdkCrew>(options, *std::move(eal), *std::move(device), *ends);
}

}  // namespace ptrd::load
