// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "port/interface.hpp"

namespace ptrd::port {

/// The maps of bpf/own_addresses.h in one program: what that takes for ours. The descriptors belong to others
/// and must outlive this.
class AddressMaps {
 public:
  AddressMaps() = default;
  AddressMaps(int addresses, int station) : addresses_map_(addresses), station_map_(station) {}

  /// From now on these instead of those before; without a MAC the one before stays. Error: why not all of
  /// them are.
  [[nodiscard]] tl::expected<void, std::string> set(const LinkAddresses& own);

 private:
  int addresses_map_ = -1;
  int station_map_ = -1;
  Addresses addresses_;  // that the map has
};

}  // namespace ptrd::port
