// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "datapath/counters.hpp"
#include "port/interface.hpp"

namespace ptrd::service {

/// What an operator should know of a port in service: each is a line for the log, once, and again only after
/// a change or a long time. For one thread.
class PortAdvice {
 public:
  using Clock = std::chrono::steady_clock;
  /// A link that is being negotiated has no carrier for so long.
  static constexpr std::chrono::seconds kNegotiation{5};
  /// Between two lines about the same kind of query.
  static constexpr std::chrono::hours kAgain{1};

  /// `name`: in the lines. `interface`: that ip(8) knows it by; empty: none.
  PortAdvice(std::string name, std::string interface)
      : name_(std::move(name)), interface_(std::move(interface)) {}

  /// Logs what is to be said now.
  void log(port::Link link, uint64_t dropped);

  /// `now` with `link`: that the link is down, why, and what to do; or that it is up again.
  [[nodiscard]] std::optional<std::string> link(port::Link link, Clock::time_point now);
  /// `dropped`: how many queries were dropped so far because their sender left the UDP checksum to hardware.
  [[nodiscard]] std::optional<std::string> partial_checksums(uint64_t dropped, Clock::time_point now);

 private:
  std::string name_;
  std::string interface_;
  port::Link told_ = port::Link::up;
  std::optional<Clock::time_point> without_carrier_;  // since then
  uint64_t dropped_ = 0;
  std::optional<Clock::time_point> told_of_dropped_;
};

/// The count for `PortAdvice::partial_checksums` of a worker.
[[nodiscard]] inline uint64_t partial_checksums(const datapath::Counters& worker) {
  return worker.verdicts[static_cast<size_t>(frame::Verdict::drop_udp_partial)].get();
}

}  // namespace ptrd::service
