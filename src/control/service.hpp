// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "datapath/counters.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::control {

/// One way in which ptrd answers: a card driven by DPDK, kernel sockets ... Made by its own `open`, which
/// does all that can fail; up between `start` and `stop`.
class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  /// Starts the threads that answer.
  virtual void start() = 0;
  /// Ends them, and returns when all have ended.
  virtual void stop() = 0;
  /// Called with an image before the workers get it, for what follows them: tables in the kernel. Error: why
  /// the image cannot be served; the one before stays.
  [[nodiscard]] virtual tl::expected<void, std::string> prepare(const image::View& image) {
    (void)image;
    return {};
  }
  /// Adds the counters of all its threads; at any time.
  virtual void add_to(datapath::Totals& totals) const = 0;
  /// "dpdk", "xdp", "sockets" or (within these) "tcp", for counters by service.
  [[nodiscard]] virtual const char* kind() const = 0;
  /// What it answers on and how, for the log: "192.0.2.1:53 (kernel sockets)".
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace ptrd::control
