// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/exception.hpp"

#include <poll.h>
#include <pthread.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ptrd::port {

namespace {

/// Maximum number of buffers of one frame: more than the largest jumbo frame needs.
constexpr size_t kMaxParts = 16;
/// Retries of a send while the card's ring is full.
constexpr unsigned kRetries = 256;
constexpr size_t kSmallestFrame = RTE_ETHER_MIN_LEN - RTE_ETHER_CRC_LEN;

}  // namespace

ExceptionPath::ExceptionPath(Tap tap, const CardEnd& card)
    : tap_(std::move(tap)), card_(card), by_worker_{FrameRing(kRing), {}, {}} {
  for (unsigned i = 0; i < card_.workers; ++i) punted_.emplace_back(kRing);
}

KernelEnd ExceptionPath::end(unsigned worker) {
  const bool sends = worker == 0 && !card_.send_queue;
  return {&punted_[worker], sends ? &by_worker_ : nullptr};
}

void ExceptionPath::start() {
  stop_ = false;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "ptrd-exception");
}

void ExceptionPath::stop() {
  stop_ = true;
  if (!thread_.joinable()) return;
  thread_.join();
  for (rte_mbuf* frame = nullptr; by_worker_.frames.pop({&frame, 1}) == 1; rte_pktmbuf_free(frame))
    counters_.full.add(1);
}

void ExceptionPath::run() {
  // A registered thread has a cache of its own in the buffer pool; without one everything works, but slower.
  (void)rte_thread_register();
  while (true) {
    // Read first: then everything that the workers punted before they stopped is in the rings.
    const bool last = stop_.load(std::memory_order_acquire);
    size_t punted = 0;
    for (FrameRing& ring : punted_) punted += to_kernel(ring);
    if (last && punted == 0) break;
    if (punted + from_kernel() > 0) {
      backoff_.reset();
    } else {
      sleep();
    }
  }
  rte_pktmbuf_free(std::exchange(spare_, nullptr));
  rte_thread_unregister();
}

size_t ExceptionPath::to_kernel(FrameRing& ring) {
  std::array<rte_mbuf*, kBatch> frames;
  const size_t count = ring.pop(frames);
  for (size_t i = 0; i < count; ++i) {
    (give(*frames[i]) ? counters_.to_kernel : counters_.to_kernel_failed).add(1);
    rte_pktmbuf_free(frames[i]);
  }
  return count;
}

bool ExceptionPath::give(const rte_mbuf& frame) {
  std::array<iovec, kMaxParts> parts;
  size_t count = 0;
  for (const rte_mbuf* part = &frame; part != nullptr; part = part->next) {
    if (count == parts.size()) return false;
    parts[count++] = {rte_pktmbuf_mtod(part, void*), part->data_len};
  }
  return tap_.write(std::span(parts).first(count));
}

size_t ExceptionPath::from_kernel() {
  std::array<rte_mbuf*, kBatch> frames;
  // Frames that the first worker has no room for are better left in the interface's own queue.
  const size_t most = card_.send_queue ? kBatch : std::min(kBatch, by_worker_.frames.room());
  size_t count = 0;
  while (count < most && (frames[count] = read()) != nullptr) ++count;
  if (count == 0) return 0;
  const size_t sent = send(std::span(frames).first(count));
  counters_.full.add(count - sent);
  for (size_t i = sent; i < count; ++i) rte_pktmbuf_free(frames[i]);
  return count;
}

rte_mbuf* ExceptionPath::read() {
  if (spare_ == nullptr) spare_ = rte_pktmbuf_alloc(card_.pool);
  // No buffer: the frame stays in the interface's own queue, which limits how many wait.
  if (spare_ == nullptr) return nullptr;
  auto* data = rte_pktmbuf_mtod(spare_, uint8_t*);
  // The interface's MTU ensures that a frame always fits.
  size_t size = tap_.read({data, rte_pktmbuf_tailroom(spare_)});
  if (size == 0) return nullptr;
  if (size < kSmallestFrame) {
    // An ARP reply is shorter than Ethernet allows, and not every driver pads.
    std::memset(data + size, 0, kSmallestFrame - size);
    size = kSmallestFrame;
  }
  spare_->data_len = static_cast<uint16_t>(size);
  spare_->pkt_len = static_cast<uint32_t>(size);
  return std::exchange(spare_, nullptr);
}

size_t ExceptionPath::send(std::span<rte_mbuf*> frames) {
  if (!card_.send_queue) return by_worker_.frames.push(frames);
  size_t sent = 0;
  for (unsigned tries = 0; sent < frames.size() && tries <= kRetries; ++tries) {
    sent += rte_eth_tx_burst(card_.port, *card_.send_queue, &frames[sent],
                             static_cast<uint16_t>(frames.size() - sent));
  }
  counters_.sent.add(sent);
  return sent;
}

void ExceptionPath::sleep() {
  // A frame from the kernel ends the sleep at once. A worker's frame cannot, as waking a thread takes a
  // system call.
  const bool full = !card_.send_queue && by_worker_.frames.room() == 0;
  pollfd wait{full ? -1 : tap_.descriptor(), POLLIN, 0};
  const timespec time{0, backoff_.next().count()};
  (void)::ppoll(&wait, 1, &time, nullptr);
}

void ExceptionPath::add_to(datapath::Totals& totals) const {
  static constexpr datapath::NoteFamily kFrames{
      "exception",
      "",
      {"ptrd_exception_frames_total",
       "Frames between the card and the kernel's interface in DPDK mode, by what became of them."},
      "outcome"};
  totals.add_note(kFrames, "to_kernel", counters_.to_kernel.get());
  totals.add_note(kFrames, "to_kernel_failed", counters_.to_kernel_failed.get());
  totals.add_note(kFrames, "from_kernel", counters_.sent.get() + by_worker_.sent.get());
  totals.add_note(kFrames, "from_kernel_full", counters_.full.get() + by_worker_.full.get());
}

std::string ExceptionPath::describe() const {
  return "everything except DNS queries through " + tap_.name() + " to the kernel, whose frames " +
         (card_.send_queue ? "have a send queue of their own" : "the first worker sends");
}

}  // namespace ptrd::port
