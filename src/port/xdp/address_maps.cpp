// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/address_maps.hpp"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>

#include "bpf/consts.h"

namespace ptrd::port {

tl::expected<void, std::string> AddressMaps::set(const LinkAddresses& own) {
  const auto fail = [](const std::string& what) {
    return tl::unexpected<std::string>(what + ": " + std::strerror(errno));
  };
  if (own.mac) {
    constexpr uint32_t kOnly = 0;
    ptrd_station station{};
    std::memcpy(station.mac, own.mac->data(), own.mac->size());
    if (bpf_map_update_elem(station_map_, &kOnly, &station, BPF_ANY) != 0)
      return fail("cannot set the MAC of the kernel program");
  }
  for (auto it = addresses_.begin(); it != addresses_.end();) {
    if (!own.addresses.contains(*it)) {
      (void)bpf_map_delete_elem(addresses_map_, it->data());
      it = addresses_.erase(it);
    } else {
      ++it;
    }
  }
  const uint8_t present = 1;
  for (const Address& address : own.addresses) {
    if (addresses_.contains(address)) continue;
    if (bpf_map_update_elem(addresses_map_, address.data(), &present, BPF_ANY) != 0)
      return fail("not all addresses fit in the kernel program's map of " +
                  std::to_string(PTRD_ADDRESSES_MAX));
    addresses_.insert(address);
  }
  return {};
}

}  // namespace ptrd::port
