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

/// A TAP interface: the kernel receives the frames written to it, and the frames that the kernel sends can be
/// read. It is removed with this object, or with the process however that ends; one created by `ip tuntap
/// add` stays.
///
/// Opened directly and not through DPDK's net_tap, which is notified of frames by a signal: that would
/// interrupt the workers.
class Tap {
 public:
  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Tap, std::string> open(const std::string& name);

  /// Passes one frame to the kernel; returns false if it is rejected.
  bool write(std::span<const iovec> parts);
  /// Reads one frame without waiting; returns its size in bytes, truncated to the size of the buffer, 0 if
  /// there is none.
  size_t read(std::span<uint8_t> room);
  /// For poll(2); -1 once the interface has been removed.
  [[nodiscard]] int descriptor() const { return gone_ ? -1 : fd_.get(); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Tap(std::string name, Descriptor fd) : name_(std::move(name)), fd_(std::move(fd)) {}

  std::string name_;
  Descriptor fd_;
  bool gone_ = false;
};

}  // namespace ptrd::port
