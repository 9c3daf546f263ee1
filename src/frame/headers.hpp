// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/frame/frame.hpp"

namespace ptrd::frame {

/// EtherTypes (IEEE 802 numbers); 0x88A8, the outer tag of QinQ, goes to the kernel like every other.
inline constexpr uint16_t kEtherIpv4 = 0x0800;
inline constexpr uint16_t kEtherIpv6 = 0x86DD;
inline constexpr uint16_t kEtherVlan = 0x8100;
inline constexpr uint8_t kProtocolUdp = 17;
/// Hop limit and TTL of what is sent.
inline constexpr uint8_t kHopLimit = 64;

/// Offsets of fields, in bytes from the start of their header.
inline constexpr size_t kEtherTypeAt = 12;
namespace ipv4 {  // RFC 791 3.1
inline constexpr size_t kTotalLengthAt = 2;
inline constexpr size_t kFragmentAt = 6;
inline constexpr size_t kProtocolAt = 9;
inline constexpr size_t kAddressesAt = 12;
inline constexpr uint16_t kMoreFragmentsAndOffset = 0x3FFF;
inline constexpr uint16_t kDontFragment = 0x4000;
}  // namespace ipv4
namespace ipv6 {  // RFC 8200 3
inline constexpr size_t kPayloadLengthAt = 4;
inline constexpr size_t kNextHeaderAt = 6;
inline constexpr size_t kAddressesAt = 8;
}  // namespace ipv6
namespace udp {  // RFC 768
inline constexpr size_t kDestinationPortAt = 2;
inline constexpr size_t kLengthAt = 4;
inline constexpr size_t kChecksumAt = 6;
}  // namespace udp

/// A 16-bit value in memory order, as sums of words need it.
[[nodiscard]] constexpr uint16_t in_memory(uint16_t value) {
  return __builtin_bswap16(value);
}

/// The pseudo-header without its addresses (RFC 768, RFC 8200 8.1), as the start of a sum.
[[nodiscard]] constexpr uint64_t pseudo_header(uint16_t udp_length_in_memory) {
  return uint64_t{udp_length_in_memory} + in_memory(kProtocolUdp);
}

}  // namespace ptrd::frame
