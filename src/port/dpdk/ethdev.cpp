// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/ethdev.hpp"

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_interrupts.h>
#include <rte_mempool.h>

#include <algorithm>
#include <string_view>

#include "port/dpdk/device.hpp"
#include "port/dpdk/exception.hpp"

namespace ptrd::port {

namespace {

constexpr uint16_t kRxDescriptors = 1024;
constexpr uint16_t kTxDescriptors = 1024;
constexpr unsigned kPoolCache = 256;
/// Buffers for full rings and full worker caches, per queue; the drivers of vdevs hold some in addition.
constexpr unsigned kBuffersPerQueue = 4 * (kRxDescriptors + kTxDescriptors);

std::string why(int error) {
  return rte_strerror(error < 0 ? -error : error);
}

/// Whether the number of send queues may differ from that of receive queues. Most drivers of vdevs use pairs:
/// an extra send queue would also get a share of the received frames, or not work without a receive queue.
bool queues_are_single(const rte_eth_dev_info& info) {
  return std::string_view(rte_bus_name(rte_dev_bus(info.device))) != "vdev" ||
         info.max_tx_queues > info.max_rx_queues;
}

/// Whether the device may filter by VLAN tag from the start: QEMU's virtio card does, and passes only the
/// tags that it is told (virtio 1.2, 5.1.6.5.3), and DPDK's driver tells it none.
bool hides_tags(const rte_eth_dev_info& info) {
  return std::string_view(info.driver_name) == "net_virtio" &&
         (info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_VLAN_FILTER) != 0;
}

/// Whether the driver's interrupt handler unmaps memory that a running poll uses.
bool unmaps_while_polled(std::string_view driver) {
  return driver == "net_memif";
}

}  // namespace

void sleep_briefly() {
  constexpr timespec kRest{.tv_sec = 0, .tv_nsec = 200'000};
  (void)nanosleep(&kRest, nullptr);
}

unsigned least_mbufs(unsigned queues, bool exceptions) {
  return kBuffersPerQueue * queues +
         (exceptions ? ExceptionPath::kBuffers + ExceptionPath::kRing * queues : 0) - 1;
}

tl::expected<Ethdev, std::string> Ethdev::open(const EthdevOptions& options) {
  if (rte_eth_dev_count_avail() == 0) return tl::unexpected(why_no_port(options.device));
  Ethdev device(static_cast<uint16_t>(rte_eth_find_next_owned_by(0, RTE_ETH_DEV_NO_OWNER)));
  if (auto ok = device.configure(options); !ok) return tl::unexpected<std::string>(ok.error());
  if (unmaps_while_polled(device.driver_))
    device.turns_ = std::make_unique<InterruptTurns>(device.port_, device.queues_);
  return device;
}

tl::expected<void, std::string> Ethdev::configure(const EthdevOptions& options) {
  const auto fail = [](const char* what, int error) {
    return tl::unexpected<std::string>(std::string("cannot ") + what + ": " + why(error));
  };
  rte_eth_dev_info info{};
  if (const int error = rte_eth_dev_info_get(port_, &info); error != 0) return fail("query the port", error);
  driver_ = info.driver_name;
  queues_ = std::min({options.workers, unsigned{info.max_rx_queues}, unsigned{info.max_tx_queues}});

  rte_eth_conf conf{};
  constexpr uint64_t kRxChecksums = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
  // Both or none: if only one is enabled, some drivers (net_vhost) pass on frames with unfinished checksums.
  checks_ = (info.rx_offload_capa & kRxChecksums) == kRxChecksums;
  conf.rxmode.offloads = checks_ ? kRxChecksums : 0;
  conf.txmode.offloads =
      info.tx_offload_capa & (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM);
  if (hides_tags(info)) conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
  if ((info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0)
    conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
  if (queues_ > 1) {
    // Without the UDP ports in the hash, all queries of one resolver would go to one queue.
    conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    conf.rx_adv_conf.rss_conf.rss_hf =
        (RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX) &
        info.flow_type_rss_offloads;
  }
  conf.intr_conf.rxq = options.interrupts ? 1 : 0;
  by_card_.ip_checksum = (conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM) != 0;
  by_card_.udp_checksum = (conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0;

  if (const int error = claim_queues(info, conf, options.exceptions); error != 0)
    return fail("configure the port", error);
  uint16_t rx = kRxDescriptors;
  uint16_t tx = kTxDescriptors;
  if (const int error = rte_eth_dev_adjust_nb_rx_tx_desc(port_, &rx, &tx); error != 0)
    return fail("set the port's ring sizes", error);
  if (auto ok = make_pool(options); !ok) return ok;
  const auto memory = static_cast<unsigned>(rte_eth_dev_socket_id(port_));
  for (uint16_t q = 0; q < queues_; ++q) {
    if (const int error = rte_eth_rx_queue_setup(port_, q, rx, memory, nullptr, pool_); error != 0)
      return fail("set up a receive queue", error);
    if (const int error = rte_eth_tx_queue_setup(port_, q, tx, memory, nullptr); error != 0)
      return fail("set up a send queue", error);
  }
  if (send_queue_) {
    if (const int error = rte_eth_tx_queue_setup(port_, *send_queue_, tx, memory, nullptr); error != 0)
      return fail("set up a send queue for the kernel's frames", error);
  }
  if (const int error = rte_eth_dev_start(port_); error != 0) return fail("start", error);
  if (hides_tags(info)) let_tags_pass();
  for (uint16_t q = 0; options.interrupts && q < queues_; ++q) {
    if (rte_eth_dev_rx_intr_disable(port_, q) == -ENOTSUP || rte_eth_dev_rx_intr_ctl_q_get_fd(port_, q) < 0)
      return tl::unexpected(driver_ + " has no receive interrupts; use idle: pause");
  }
  // Neighbour discovery asks by multicast (RFC 4861 7.2.2). Most drivers without this call receive all frames
  // anyway.
  if (options.exceptions) (void)rte_eth_allmulticast_enable(port_);
  return {};
}

void Ethdev::let_tags_pass() {
  // Tag 0 has a priority only (IEEE 802.1Q, 6.9).
  for (uint16_t tag = 0; tag < RTE_ETHER_MAX_VLAN_ID && !filters_tags_; ++tag)
    filters_tags_ = rte_eth_dev_vlan_filter(port_, tag, 1) != 0;
}

tl::expected<void, std::string> Ethdev::make_pool(const EthdevOptions& options) {
  // A pool of 2^n - 1 wastes the least of its ring.
  const unsigned mbufs = options.mbufs != 0 ? options.mbufs : least_mbufs(queues_, options.exceptions);
  pool_ = rte_pktmbuf_pool_create("ptrd", mbufs, kPoolCache, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
                                  rte_eth_dev_socket_id(port_));
  if (pool_ == nullptr) {
    return tl::unexpected("not enough memory for " + std::to_string(mbufs) + " packet buffers (" +
                          why(rte_errno) + "); set up more huge pages, or use fewer --lcores or --mbufs");
  }
  return {};
}

/// Configures the queues, with one more send queue for exceptions if the port has one; returns DPDK's error
/// or 0.
int Ethdev::claim_queues(const rte_eth_dev_info& info, const rte_eth_conf& conf, bool exceptions) {
  const auto queues = static_cast<uint16_t>(queues_);
  if (exceptions && info.max_tx_queues > queues && queues_are_single(info)) {
    send_queue_ = queues;
    if (rte_eth_dev_configure(port_, queues, static_cast<uint16_t>(queues + 1), &conf) == 0) return 0;
    send_queue_.reset();
  }
  return rte_eth_dev_configure(port_, queues, queues, &conf);
}

Ethdev::~Ethdev() {
  if (port_ == RTE_MAX_ETHPORTS) return;
  turns_.reset();
  (void)rte_eth_dev_stop(port_);
  (void)rte_eth_dev_close(port_);
}

EthdevQueue Ethdev::queue(unsigned i, KernelEnd kernel, const OwnAddressesSlot& own) const {
  return {port_,    static_cast<uint16_t>(i),
          by_card_, checks_,
          kernel,   turns_ ? Turns::Poller(turns_->turns(), i) : Turns::Poller(),
          own};
}

bool Ethdev::link_is_up() const {
  rte_eth_link link{};
  return rte_eth_link_get_nowait(port_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

InterfaceSettings Ethdev::interface_settings() const {
  // A frame from the kernel has to fit in one buffer, with two VLAN tags.
  constexpr uint16_t kMax = RTE_MBUF_DEFAULT_DATAROOM - RTE_ETHER_HDR_LEN - 2 * RTE_VLAN_HLEN;
  InterfaceSettings settings;
  uint16_t mtu = 0;
  if (rte_eth_dev_get_mtu(port_, &mtu) == 0 && mtu > 0) settings.mtu = std::min(mtu, kMax);
  // Some vdevs (net_ring) have a MAC that is not valid for an interface.
  rte_ether_addr mac{};
  if (rte_eth_macaddr_get(port_, &mac) == 0 && rte_is_valid_assigned_ether_addr(&mac) != 0)
    settings.mac = std::to_array(mac.addr_bytes);
  return settings;
}

bool EthdevWait::watch() {
  if (!watched_)
    watched_ =
        rte_eth_dev_rx_intr_ctl_q(port_, queue_, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD, nullptr) == 0;
  return *watched_;
}

void EthdevWait::operator()() {
  if (!watch() || rte_eth_dev_rx_intr_enable(port_, queue_) != 0) {
    sleep_briefly();
    return;
  }
  // With some drivers, frames that arrived before the interrupt was enabled do not raise it.
  if (rte_eth_rx_queue_count(port_, queue_) <= 0) {
    constexpr int kLongest = 10;  // ms
    rte_epoll_event event{};
    (void)rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, kLongest);
  }
  (void)rte_eth_dev_rx_intr_disable(port_, queue_);
}

void EthdevQueue::send_for_kernel() {
  std::array<rte_mbuf*, datapath::kBurst> mbufs;
  const size_t count = kernel_.to_send->frames.pop(mbufs);
  const size_t sent = send(std::span(mbufs).first(count));
  kernel_.to_send->sent.add(sent);
  kernel_.to_send->full.add(count - sent);
  for (size_t i = sent; i < count; ++i) rte_pktmbuf_free(mbufs[i]);
}

std::string Ethdev::describe() const {
  std::string text = driver_ + ", " + std::to_string(queues_) + (queues_ == 1 ? " queue" : " queues");
  text += checks_ ? ", checksums verified by the card" : ", checksums verified in software";
  text += by_card_.udp_checksum ? " and written by the card" : " and written in software";
  if (filters_tags_) text += ", VLAN tagged frames filtered by the device";
  return text;
}

EthdevLosses Ethdev::losses() const {
  rte_eth_stats stats{};
  if (rte_eth_stats_get(port_, &stats) != 0) stats = {};
  return {.ring_full = stats.imissed, .error = stats.ierrors, .no_buffer = stats.rx_nombuf};
}

void EthdevLosses::add_to(datapath::Totals& totals) const {
  static constexpr datapath::NoteFamily kLost{
      "port",
      "lost_",
      {"ptrd_port_lost_total", "Frames that the card lost before a worker saw them."},
      "reason"};
  totals.add_note(kLost, "ring_full", ring_full);
  totals.add_note(kLost, "error", error);
  totals.add_note(kLost, "no_buffer", no_buffer);
}

}  // namespace ptrd::port
