// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>

#include "port/descriptor.hpp"
#include "port/xdp/address_maps.hpp"

namespace ptrd::port {

/// bpf/dns_filter.bpf.c on an interface, loaded by DPDK's net_af_xdp (xdp_prog=) in this process. The driver
/// gives no access to it, but its descriptors are among those of this process, and the kernel tells which
/// they are.
class DnsFilter {
 public:
  /// No value if the interface has a different program, or one of another process.
  [[nodiscard]] static std::optional<DnsFilter> find(const Interface& interface);

  /// Sets the addresses that are ours. Error: why not.
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
