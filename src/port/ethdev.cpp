// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/ethdev.hpp"

#include <rte_errno.h>
#include <rte_mempool.h>

#include <algorithm>

namespace ptrd::port {

namespace {

constexpr uint16_t kRxDescriptors = 1024;
constexpr uint16_t kTxDescriptors = 1024;
constexpr unsigned kPoolCache = 256;
/// Buffers for full rings and full worker caches, per queue; the drivers of vdevs hold some more.
constexpr unsigned kBuffersPerQueue = 4 * (kRxDescriptors + kTxDescriptors);

std::string why(int error) {
  return rte_strerror(error < 0 ? -error : error);
}

}  // namespace

tl::expected<Ethdev, std::string> Ethdev::open(unsigned workers) {
  if (rte_eth_dev_count_avail() == 0) {
    return tl::unexpected<std::string>(
        "DPDK has no port for that device; bind the card to vfio-pci (dpdk-devbind.py -s lists them), or "
        "name a vdev such as "
        "net_af_xdp0,iface=IFACE");
  }
  Ethdev device(static_cast<uint16_t>(rte_eth_find_next_owned_by(0, RTE_ETH_DEV_NO_OWNER)));
  if (auto ok = device.configure(workers); !ok) return tl::unexpected<std::string>(ok.error());
  return device;
}

tl::expected<void, std::string> Ethdev::configure(unsigned workers) {
  const auto fail = [](const char* what, int error) {
    return tl::unexpected<std::string>(std::string("the port cannot ") + what + ": " + why(error));
  };
  rte_eth_dev_info info{};
  if (const int error = rte_eth_dev_info_get(port_, &info); error != 0) return fail("tell what it is", error);
  driver_ = info.driver_name;
  queues_ = std::min({workers, unsigned{info.max_rx_queues}, unsigned{info.max_tx_queues}});

  rte_eth_conf conf{};
  constexpr uint64_t kRxChecksums = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
  conf.rxmode.offloads = info.rx_offload_capa & kRxChecksums;
  conf.txmode.offloads =
      info.tx_offload_capa & (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM);
  if ((info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0)
    conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
  if (queues_ > 1) {
    // Without the UDP ports in the hash all of one resolver's queries would land on one queue.
    conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    conf.rx_adv_conf.rss_conf.rss_hf =
        (RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX) &
        info.flow_type_rss_offloads;
  }
  checks_ = conf.rxmode.offloads == kRxChecksums;
  by_card_.ip_checksum = (conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM) != 0;
  by_card_.udp_checksum = (conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0;

  const auto queues = static_cast<uint16_t>(queues_);
  if (const int error = rte_eth_dev_configure(port_, queues, queues, &conf); error != 0)
    return fail("be configured", error);
  uint16_t rx = kRxDescriptors;
  uint16_t tx = kTxDescriptors;
  if (const int error = rte_eth_dev_adjust_nb_rx_tx_desc(port_, &rx, &tx); error != 0)
    return fail("set its rings", error);
  const int node = rte_eth_dev_socket_id(port_);
  rte_mempool* pool = rte_pktmbuf_pool_create("ptrd", kBuffersPerQueue * queues_ - 1, kPoolCache, 0,
                                              RTE_MBUF_DEFAULT_BUF_SIZE, node);
  if (pool == nullptr) {
    return tl::unexpected<std::string>("no memory for the packet buffers (" + why(rte_errno) +
                                       "); have more huge pages set up, or use fewer --lcores");
  }
  for (uint16_t q = 0; q < queues; ++q) {
    const auto memory = static_cast<unsigned>(node);
    if (const int error = rte_eth_rx_queue_setup(port_, q, rx, memory, nullptr, pool); error != 0)
      return fail("set up a receive queue", error);
    if (const int error = rte_eth_tx_queue_setup(port_, q, tx, memory, nullptr); error != 0)
      return fail("set up a send queue", error);
  }
  if (const int error = rte_eth_dev_start(port_); error != 0) return fail("start", error);
  return {};
}

Ethdev::~Ethdev() {
  if (port_ == RTE_MAX_ETHPORTS) return;
  (void)rte_eth_dev_stop(port_);
  (void)rte_eth_dev_close(port_);
}

std::string Ethdev::describe() const {
  std::string text = driver_ + ", " + std::to_string(queues_) + (queues_ == 1 ? " queue" : " queues");
  text += checks_ ? ", checksums verified by the card" : ", checksums verified in software";
  text += by_card_.udp_checksum ? " and written by the card" : " and written in software";
  return text;
}

uint64_t Ethdev::missed() const {
  rte_eth_stats stats{};
  return rte_eth_stats_get(port_, &stats) == 0 ? stats.imissed + stats.ierrors + stats.rx_nombuf : 0;
}

}  // namespace ptrd::port
