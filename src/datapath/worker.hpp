// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <atomic>
#include <span>

#include "datapath/counters.hpp"
#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::datapath {

/// The engine in service. The control thread stores another with release order; a worker loads it once a
/// burst, so that no answer mixes two images (invariant 6).
using EngineSlot = std::atomic<const answer::Engine*>;
static_assert(EngineSlot::is_always_lock_free);

/// Polls one port queue: frames in, checked, answered in place, out. Neither allocates, locks, logs nor
/// throws.
template <Port PortT, policy::Policy PolicyT = policy::AdmitAll>
class alignas(64) Worker {
 public:
  Worker(PortT port, const EngineSlot& engine, PolicyT policy = {})
      : port_(std::move(port)), engine_(engine), stations_(std::move(policy)) {}

  void run(const std::atomic<bool>& stop) {
    while (!stop.load(std::memory_order_relaxed)) poll();
  }

  /// One burst; returns how many frames it took in.
  size_t poll() {
    const size_t received = port_.receive(frames_);
    if (received == 0) return 0;
    counters_.rx.add(received);
    out_count_ = lost_count_ = 0;
    const size_t queries = take_in(received);
    stations_.run(*engine_.load(std::memory_order_acquire), std::span(messages_).first(queries), replies_);
    turn_around(queries);
    send();
    return received;
  }

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  /// Frames whose headers are fetched ahead of the one in hand.
  static constexpr size_t kAhead = 4;

  /// Checks all frames; the DNS messages among them go to `messages_`, their frames to `asked_`.
  size_t take_in(size_t received) {
    size_t queries = 0;
    for (size_t i = 0; i < std::min(kAhead, received); ++i) __builtin_prefetch(frames_[i].data);
    for (size_t i = 0; i < received; ++i) {
      if (i + kAhead < received) __builtin_prefetch(frames_[i + kAhead].data);
      Frame& frame = frames_[i];
      const frame::Verdict verdict = frame::inbound({frame.data, frame.size}, frame.verified, frame.layout);
      if (verdict != frame::Verdict::query) {
        counters_.verdicts[static_cast<size_t>(verdict)].add(1);
        lost_[lost_count_++] = frame;
        continue;
      }
      const uint32_t room = frame.room - frame.layout.payload;
      if (frame.room < frame.layout.payload + answer::kMinBuffer) {
        counters_.no_room.add(1);
        lost_[lost_count_++] = frame;
        continue;
      }
      messages_[queries] = {frame.data + frame.layout.payload, room, frame.layout.payload_size};
      asked_[queries++] = static_cast<uint8_t>(i);
    }
    return queries;
  }

  void turn_around(size_t queries) {
    const frame::Offload by_card = port_.by_card();
    for (size_t i = 0; i < queries; ++i) {
      Frame& frame = frames_[asked_[i]];
      if (replies_[i].size == 0) {
        counters_.kinds[static_cast<size_t>(replies_[i].kind)].add(1);
        lost_[lost_count_++] = frame;
        continue;
      }
      frame.size = static_cast<uint32_t>(
          frame::outbound({frame.data, frame.room}, frame.layout, replies_[i].size, by_card));
      kinds_[out_count_] = replies_[i].kind;
      out_[out_count_++] = frame;
    }
  }

  /// A reply counts by its kind once the port has taken it, so that each frame ends in one counter.
  void send() {
    const size_t sent = out_count_ == 0 ? 0 : port_.send(std::span(out_).first(out_count_));
    for (size_t i = 0; i < sent; ++i) counters_.kinds[static_cast<size_t>(kinds_[i])].add(1);
    counters_.tx.add(sent);
    if (sent < out_count_) {
      counters_.tx_full.add(out_count_ - sent);
      port_.release(std::span(out_).subspan(sent, out_count_ - sent));
    }
    if (lost_count_ > 0) port_.release(std::span(lost_).first(lost_count_));
  }

  PortT port_;
  const EngineSlot& engine_;
  MessageStations<PolicyT> stations_;
  size_t out_count_ = 0;
  size_t lost_count_ = 0;
  std::array<Frame, kBurst> frames_;
  std::array<Frame, kBurst> out_;   // in order of their replies
  std::array<Frame, kBurst> lost_;  // dropped or punted
  std::array<Message, kBurst> messages_;
  std::array<answer::Reply, kBurst> replies_;
  std::array<answer::Kind, kBurst> kinds_;
  std::array<uint8_t, kBurst> asked_;
  Counters counters_;
};

}  // namespace ptrd::datapath
