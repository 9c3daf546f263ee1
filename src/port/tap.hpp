// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"

namespace ptrd::port {

/// A TAP interface: what is written to it the kernel receives, what the kernel sends out of it can be read.
/// It goes with this object, or with the process however that ends; one that `ip tuntap add` made stays.
///
/// Opened by itself and not as DPDK's net_tap, which learns of frames by a signal: that would interrupt the
/// workers.
class Tap {
 public:
  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Tap, std::string> open(const std::string& name);

  /// Gives the kernel one frame; false if it does not take it.
  bool write(std::span<const iovec> parts);
  /// One frame, without waiting; returns its size in bytes, cut to the room's if it is larger, 0 if there is
  /// none.
  size_t read(std::span<uint8_t> room);
  /// For poll(2); -1 once the interface has been taken away from us.
  [[nodiscard]] int descriptor() const { return gone_ ? -1 : fd_.get(); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Tap(std::string name, Descriptor fd) : name_(std::move(name)), fd_(std::move(fd)) {}

  std::string name_;
  Descriptor fd_;
  bool gone_ = false;
};

}  // namespace ptrd::port
