// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::policy {

/// The sender of a query: a view of its address where the port received it (in the IP header, or beside the
/// datagram). Valid until the reply is made into a frame.
struct Client {
  const uint8_t* address = nullptr;  // network order: 4 bytes, IPv6: 16
  bool ipv6 = false;

  /// The first 64 bits of the address, host order; an IPv4 address is the upper half.
  [[nodiscard]] uint64_t high() const {
    return ipv6 ? __builtin_bswap64(wire::load_raw<uint64_t>(address))
                : uint64_t{__builtin_bswap32(wire::load_raw<uint32_t>(address))} << 32;
  }
  /// Its prefix of `length` bits, at most 64 (IPv4: 32), left-aligned.
  [[nodiscard]] uint64_t prefix(unsigned length) const {
    return length == 0 ? 0 : high() & (~uint64_t{0} << (64 - length));
  }
};

}  // namespace ptrd::policy
