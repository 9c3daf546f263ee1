// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <span>

#include "datapath/counters.hpp"
#include "datapath/engine_slot.hpp"
#include "datapath/idle.hpp"
#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::datapath {

/// Polls one port queue: frames in, checked, answered in place, out. Does not allocate, lock, log or throw.
template <Port PortT>
class alignas(64) Worker {
 public:
  Worker(PortT port, EngineSlot& engine) : port_(std::move(port)), engine_(&engine.here()), slot_(engine) {}

  /// Polls until `stop`. Calls `rest()` after as many empty polls as `watch` allows, while offline, so that
  /// it may block.
  template <typename Rest>
  void run(const std::atomic<bool>& stop, IdleWatch watch, Rest rest) {
    EngineReader reader(slot_);
    engine_ = &reader.source();
    reader.online();
    while (!stop.load(std::memory_order_relaxed)) {
      const bool busy = poll() > 0;
      reader.quiescent();
      if (busy) [[likely]] {
        watch.busy();
      } else if (watch.rests()) {
        reader.offline();
        rest();
        reader.online();
      }
    }
  }

  /// Handles one burst, answered from one image; returns the number of frames received. The caller must be an
  /// online reader, or there must be no swaps.
  size_t poll() {
    const size_t received = port_.receive(frames_);
    if (received == 0) {
      counters_.empty_polls.add(1);
      counters_.busy.rest();
      return 0;
    }
    counters_.busy.work();
    counters_.bursts.add(1);
    counters_.rx.add(received);
    lost_count_ = 0;
    punted_count_ = 0;
    const size_t queries = take_in(received, port_.own());
    stations_.run(
        *engine_->load(), std::span(messages_).first(queries), answer::Transport::udp,
        [this](size_t i) { return sender(frames_[i]); }, replies_, counters_);
    send(turn_around(queries));
    if (punted_count_ > 0) [[unlikely]]
      punt();
    return received;
  }

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  /// Number of frames whose headers are prefetched ahead of the current one.
  static constexpr size_t kAhead = 4;

  void drop(const Frame& frame, Counter& reason) {
    reason.add(1);
    lost_[lost_count_++] = frame;
  }
  [[gnu::noinline]] void divert(const Frame& frame, frame::Verdict verdict) {
    if (!frame::is_punt(verdict)) return drop(frame, counters_.verdicts[static_cast<size_t>(verdict)]);
    punted_verdicts_[punted_count_] = verdict;
    punted_[punted_count_++] = frame;
  }
  /// Moves a kept frame to the front, in order; usually all are kept, and none has to move.
  void keep(size_t from, size_t to) {
    if (from != to) frames_[to] = frames_[from];
  }

  /// The sender of a frame with a query.
  static policy::Client sender(const Frame& frame) {
    // RFC 791 3.1, RFC 8200 3: the source's offset in the IP header.
    const bool ipv6 = frame.layout.ipv6;
    return {frame.data + frame.layout.l3 + (ipv6 ? 8 : 12), ipv6};
  }
  /// Checks all frames and keeps those with a DNS message; the first of them belongs to `messages_[0]`.
  /// Returns their number.
  size_t take_in(size_t received, const frame::OwnAddresses& own) {
    size_t queries = 0;
    size_t over_ipv6 = 0;
    for (size_t i = 0; i < std::min(kAhead, received); ++i) __builtin_prefetch(frames_[i].data);
    for (size_t i = 0; i < received; ++i) {
      if (i + kAhead < received) __builtin_prefetch(frames_[i + kAhead].data);
      Frame& frame = frames_[i];
      const frame::Verdict verdict =
          frame::inbound({frame.data, frame.size}, frame.verified, own, frame.layout);
      if (verdict != frame::Verdict::query) {
        divert(frame, verdict);
      } else if (frame.room < frame.layout.payload + answer::kMinBuffer) {
        drop(frame, frame.room == 0 ? counters_.chained : counters_.no_room);
      } else {
        messages_[queries] = {frame.data + frame.layout.payload, frame.room - frame.layout.payload,
                              frame.layout.payload_size};
        over_ipv6 += frame.layout.ipv6 ? 1 : 0;
        keep(i, queries++);
      }
    }
    counters_.queries[0].add(queries - over_ipv6);
    counters_.queries[1].add(over_ipv6);
    return queries;
  }

  /// Makes frames from the replies and keeps those to be sent. Returns their number.
  size_t turn_around(size_t queries) {
    const frame::Offload tx_offload = port_.tx_offload();
    size_t out = 0;
    for (size_t i = 0; i < queries; ++i) {
      Frame& frame = frames_[i];
      const answer::Reply reply = replies_[i];
      if (reply.size == 0) {
        drop(frame, counters_.kinds[static_cast<size_t>(reply.kind)]);
        continue;
      }
      frame.size = static_cast<uint32_t>(
          frame::outbound({frame.data, frame.room}, frame.layout, reply.size, tx_offload));
      replies_[out].kind = reply.kind;
      keep(i, out++);
    }
    return out;
  }

  /// Counts a reply by its kind once the port has accepted it, so that each frame is counted once.
  void send(size_t count) {
    const size_t sent = count == 0 ? 0 : port_.send(std::span(frames_).first(count));
    for (size_t i = 0; i < sent; ++i) counters_.kinds[static_cast<size_t>(replies_[i].kind)].add(1);
    counters_.tx.add(sent);
    if (sent < count) {
      counters_.tx_full.add(count - sent);
      port_.release(std::span(frames_).subspan(sent, count - sent));
    }
    if (lost_count_ > 0) port_.release(std::span(lost_).first(lost_count_));
  }

  /// Counts a frame as punted once the port has accepted it. Runs after the answers, as ARP replies are less
  /// urgent.
  [[gnu::noinline]] void punt() {
    const std::optional<size_t> path = port_.punt(std::span(punted_).first(punted_count_));
    const size_t taken = path.value_or(0);
    for (size_t i = 0; i < taken; ++i) counters_.verdicts[static_cast<size_t>(punted_verdicts_[i])].add(1);
    if (taken == punted_count_) return;
    (path ? counters_.exception_full : counters_.no_kernel_path).add(punted_count_ - taken);
    port_.release(std::span(punted_).subspan(taken, punted_count_ - taken));
  }

  PortT port_;
  const EngineSource* engine_;  // of the node that `run` started on
  MessageStations stations_;
  size_t lost_count_ = 0;
  std::array<Frame, kBurst> frames_;
  std::array<Frame, kBurst> lost_;  // dropped
  size_t punted_count_ = 0;
  std::array<Frame, kBurst> punted_;
  std::array<frame::Verdict, kBurst> punted_verdicts_;
  std::array<Message, kBurst> messages_;
  std::array<answer::Reply, kBurst> replies_;
  Counters counters_;
  EngineSlot& slot_;
};

}  // namespace ptrd::datapath
