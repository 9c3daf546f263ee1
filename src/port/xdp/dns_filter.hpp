// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>

#include "port/descriptor.hpp"
#include "port/xdp/address_maps.hpp"

namespace ptrd::port {

/// bpf/dns_filter.bpf.c on an interface, loaded by DPDK's net_af_xdp (xdp_prog=) in this process. The driver
/// hands out nothing of it, but its descriptors are among ours, and the kernel says which they are.
class DnsFilter {
 public:
  /// Nothing where the interface's program is another one, or another process's.
  [[nodiscard]] static std::optional<DnsFilter> find(const Interface& interface);

  /// What is ours from now on. Error: why not.
  [[nodiscard]] tl::expected<void, std::string> set(const LinkAddresses& own) { return maps_.set(own); }

 private:
  DnsFilter(Descriptor addresses, Descriptor station)
      : addresses_(std::move(addresses)),
        station_(std::move(station)),
        maps_(addresses_.get(), station_.get()) {}

  Descriptor addresses_;
  Descriptor station_;
  AddressMaps maps_;
};

}  // namespace ptrd::port
