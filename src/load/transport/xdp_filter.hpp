// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"
#include "port/interface.hpp"

struct load_bpf;

namespace ptrd::load {

/// The program (bpf/load.bpf.c) that redirects replies to our AF_XDP sockets. It is attached for the lifetime
/// of this object and of its process: the kernel detaches it when the process is killed.
class XdpFilter {
 public:
  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<XdpFilter, std::string> attach(const port::Interface& interface,
                                                                   uint16_t server_port);
  XdpFilter(XdpFilter&&) noexcept;
  XdpFilter& operator=(XdpFilter&&) = delete;
  ~XdpFilter();

  /// From now on replies on that queue go to that socket; false if the kernel rejects it.
  [[nodiscard]] bool give_queue(unsigned queue, int socket);

 private:
  using Skeleton = std::unique_ptr<load_bpf, void (*)(load_bpf*)>;
  XdpFilter(Skeleton skeleton, port::Descriptor link);
  Skeleton skeleton_;
  port::Descriptor link_;
};

}  // namespace ptrd::load
