// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "port/interface.hpp"

namespace ptrd::port {

/// The maps of bpf/own_addresses.h in one program: the addresses that it treats as ours. The descriptors
/// belong to others and must outlive this.
class AddressMaps {
 public:
  AddressMaps() = default;
  AddressMaps(int addresses, int station) : addresses_map_(addresses), station_map_(station) {}

  /// Replaces the addresses in the maps; without a MAC the previous one stays. Error: why not all could be
  /// set.
  [[nodiscard]] tl::expected<void, std::string> set(const LinkAddresses& own);

 private:
  int addresses_map_ = -1;
  int station_map_ = -1;
  Addresses addresses_;  // contents of the map
};

}  // namespace ptrd::port
