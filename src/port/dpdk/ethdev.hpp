// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "datapath/counters.hpp"
#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "port/dpdk/kernel_end.hpp"
#include "port/dpdk/turns.hpp"
#include "port/tap_interface.hpp"

namespace ptrd::port {

/// The addresses in service, for a port's queues; never null.
using OwnAddressesSlot = std::atomic<const frame::OwnAddresses*>;
inline constinit const OwnAddressesSlot kEveryAddressSlot{&frame::kEveryAddress};

/// One receive and one send queue of a DPDK port: the `datapath::Port` of the worker that owns them.
class EthdevQueue {
 public:
  EthdevQueue(uint16_t port, uint16_t queue, frame::Offload tx_offload, bool checks, KernelEnd kernel,
              Turns::Poller turn, const OwnAddressesSlot& own)
      : port_(port),
        queue_(queue),
        by_card_(tx_offload),
        checks_(checks),
        kernel_(kernel),
        turn_(turn),
        own_(&own) {}

  size_t receive(std::span<datapath::Frame> frames);
  size_t send(std::span<datapath::Frame> frames);
  std::optional<size_t> punt(std::span<datapath::Frame> frames);
  void release(std::span<datapath::Frame> frames);
  [[nodiscard]] frame::Offload tx_offload() const { return by_card_; }
  [[nodiscard]] const frame::OwnAddresses& own() const { return *own_->load(std::memory_order_acquire); }

 private:
  /// Retries of a send while the ring is full: about the time in which a busy card frees a slot.
  static constexpr unsigned kRetries = 256;

  void fill(datapath::Frame& frame, rte_mbuf* mbuf) const;
  void prepare(datapath::Frame& frame) const;
  size_t send(std::span<rte_mbuf*> mbufs);
  void send_for_kernel();

  uint16_t port_;
  uint16_t queue_;
  frame::Offload by_card_;
  bool checks_;  // the card verifies checksums on receive
  KernelEnd kernel_;
  Turns::Poller turn_;
  const OwnAddressesSlot* own_;
};
static_assert(datapath::Port<EthdevQueue>);

/// A worker's rest with `Idle::pause`: 200 microseconds, short enough that a card's ring of 1,024 frames
/// holds what arrives meanwhile at 4 million a second.
void sleep_briefly();

/// Waits for frames on one receive queue without polling, in the thread that normally polls it.
class EthdevWait {
 public:
  EthdevWait(uint16_t port, uint16_t queue) : port_(port), queue_(queue) {}
  /// Sleeps until the queue's interrupt, at most 10 ms: nothing else wakes a worker that must stop or has
  /// frames of the kernel to send. If the queue turns out to have no interrupt, sleeps 200 microseconds.
  void operator()();

 private:
  [[nodiscard]] bool watch();

  uint16_t port_;
  uint16_t queue_;
  std::optional<bool> watched_;  // by this thread's epoll; none: not tried yet
};

/// The minimum number of packet buffers with which a port with `queues` queues, with or without an
/// ExceptionPath, cannot run out.
[[nodiscard]] unsigned least_mbufs(unsigned queues, bool exceptions);

struct EthdevOptions {
  std::string device;  // as given to EAL, for errors
  unsigned workers = 1;
  bool exceptions = false;  // with what an ExceptionPath needs: buffers, multicast frames, and a send queue
                            // of its own if the card has one
  bool interrupts = false;  // with an interrupt for each receive queue
  unsigned mbufs = 0;       // in the pool; 0: least_mbufs()
};

/// Frames that the port lost before any worker saw them.
struct EthdevLosses {
  uint64_t ring_full = 0;
  uint64_t error = 0;
  uint64_t no_buffer = 0;

  [[nodiscard]] uint64_t sum() const { return ring_full + error + no_buffer; }
  void add_to(datapath::Totals& totals) const;
};

/// DPDK's first port, configured with one queue per worker: RSS over UDP ports for IPv4 and IPv6, the
/// checksum offloads that the card has, one mbuf pool on the port's memory node. Its destructor stops and
/// closes the port.
class Ethdev {
 public:
  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Ethdev, std::string> open(const EthdevOptions& options);
  Ethdev(Ethdev&& other) noexcept
      : port_(std::exchange(other.port_, RTE_MAX_ETHPORTS)),
        queues_(other.queues_),
        by_card_(other.by_card_),
        checks_(other.checks_),
        pool_(other.pool_),
        send_queue_(other.send_queue_),
        driver_(std::move(other.driver_)),
        filters_tags_(other.filters_tags_),
        turns_(std::move(other.turns_)) {}
  Ethdev& operator=(Ethdev&&) = delete;
  ~Ethdev();

  /// Queues in use: the number of workers, or fewer if the port has fewer.
  [[nodiscard]] unsigned queues() const { return queues_; }
  /// A queue for one polling thread at a time. `own` must outlive the queue.
  [[nodiscard]] EthdevQueue queue(unsigned i, KernelEnd kernel,
                                  const OwnAddressesSlot& own = kEveryAddressSlot) const;
  [[nodiscard]] EthdevWait wait(unsigned i) const { return {port_, static_cast<uint16_t>(i)}; }
  /// Whether the link is up: a cable is connected, or the peer exists.
  [[nodiscard]] bool link_is_up() const;
  [[nodiscard]] CardEnd for_exceptions() const { return {port_, queues_, pool_, send_queue_}; }
  /// MAC and MTU for a kernel interface that represents the card.
  [[nodiscard]] InterfaceSettings interface_settings() const;
  /// Driver and offloads, for the log.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] EthdevLosses losses() const;

 private:
  explicit Ethdev(uint16_t port) : port_(port) {}
  tl::expected<void, std::string> configure(const EthdevOptions& options);
  void let_tags_pass();
  tl::expected<void, std::string> make_pool(const EthdevOptions& options);
  int claim_queues(const rte_eth_dev_info& info, const rte_eth_conf& conf, bool exceptions);

  uint16_t port_;
  unsigned queues_ = 0;
  frame::Offload by_card_;
  bool checks_ = false;
  rte_mempool* pool_ = nullptr;
  std::optional<uint16_t> send_queue_;  // the queue for exceptions
  std::string driver_;
  bool filters_tags_ = false;              // for VLANs, and this cannot be disabled
  std::unique_ptr<InterruptTurns> turns_;  // if the driver needs them
};

inline void EthdevQueue::fill(datapath::Frame& frame, rte_mbuf* mbuf) const {
  frame.data = rte_pktmbuf_mtod(mbuf, uint8_t*);
  // The first part of a frame in several buffers: enough to classify it.
  frame.size = mbuf->data_len;
  frame.room = mbuf->nb_segs == 1 ? static_cast<uint32_t>(mbuf->buf_len - mbuf->data_off) : 0;
  frame.handle = mbuf;
  const uint64_t ip = mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
  const uint64_t l4 = mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
  frame.verified.ip_checksum = checks_ && ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
  // NONE: intact, but its sender on this machine left the checksum to a card.
  frame.verified.udp_checksum =
      checks_ && (l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD || l4 == RTE_MBUF_F_RX_L4_CKSUM_NONE);
}

inline size_t EthdevQueue::receive(std::span<datapath::Frame> frames) {
  std::array<rte_mbuf*, datapath::kBurst> mbufs;
  const auto most = static_cast<uint16_t>(std::min(frames.size(), mbufs.size()));
  if (!turn_.take()) [[unlikely]]
    return 0;
  if (kernel_.to_send != nullptr && !kernel_.to_send->frames.empty()) [[unlikely]]
    send_for_kernel();
  const uint16_t received = rte_eth_rx_burst(port_, queue_, mbufs.data(), most);
  for (unsigned i = 0; i < std::min<unsigned>(received, 8); ++i) __builtin_prefetch(mbufs[i]);
  for (unsigned i = 0; i < received; ++i) {
    if (i + 8U < received) __builtin_prefetch(mbufs[i + 8]);
    fill(frames[i], mbufs[i]);
  }
  return received;
}

inline void EthdevQueue::prepare(datapath::Frame& frame) const {
  auto* mbuf = static_cast<rte_mbuf*>(frame.handle);
  mbuf->data_len = static_cast<uint16_t>(frame.size);
  mbuf->pkt_len = frame.size;
  mbuf->ol_flags = 0;
  if (!by_card_.udp_checksum && !by_card_.ip_checksum) return;
  mbuf->l2_len = frame.layout.l3 & 0x7F;
  mbuf->l3_len = (frame.layout.udp - frame.layout.l3) & 0x1FF;
  mbuf->ol_flags = frame.layout.ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4;
  if (by_card_.udp_checksum) mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
  if (by_card_.ip_checksum && !frame.layout.ipv6) mbuf->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
}

inline size_t EthdevQueue::send(std::span<datapath::Frame> frames) {
  std::array<rte_mbuf*, datapath::kBurst> mbufs;
  for (size_t i = 0; i < frames.size(); ++i) {
    prepare(frames[i]);
    mbufs[i] = static_cast<rte_mbuf*>(frames[i].handle);
  }
  return send(std::span(mbufs).first(frames.size()));
}

inline size_t EthdevQueue::send(std::span<rte_mbuf*> mbufs) {
  size_t sent = 0;
  if (!turn_.taken()) [[unlikely]]
    return 0;
  for (unsigned tries = 0; sent < mbufs.size() && tries <= kRetries; ++tries) {
    sent += rte_eth_tx_burst(port_, queue_, &mbufs[sent], static_cast<uint16_t>(mbufs.size() - sent));
  }
  return sent;
}

inline std::optional<size_t> EthdevQueue::punt(std::span<datapath::Frame> frames) {
  if (kernel_.punted == nullptr) return std::nullopt;
  std::array<rte_mbuf*, datapath::kBurst> mbufs;
  for (size_t i = 0; i < frames.size(); ++i) mbufs[i] = static_cast<rte_mbuf*>(frames[i].handle);
  return kernel_.punted->push(std::span(mbufs).first(frames.size()));
}

inline void EthdevQueue::release(std::span<datapath::Frame> frames) {
  std::array<rte_mbuf*, datapath::kBurst> mbufs;
  for (size_t i = 0; i < frames.size(); ++i) mbufs[i] = static_cast<rte_mbuf*>(frames[i].handle);
  rte_pktmbuf_free_bulk(mbufs.data(), static_cast<unsigned>(frames.size()));
}

}  // namespace ptrd::port
