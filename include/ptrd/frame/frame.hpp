// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/frame/own_addresses.hpp"
#include "ptrd/frame/verdict.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::frame {

/// Header sizes in bytes: Ethernet II, one 802.1Q tag, IPv4 without options, IPv6, UDP.
inline constexpr size_t kEthernetSize = 14;
inline constexpr size_t kVlanSize = 4;
inline constexpr size_t kIpv4Size = 20;
inline constexpr size_t kIpv6Size = 40;
inline constexpr size_t kUdpSize = 8;
inline constexpr uint16_t kDnsPort = 53;

/// What the port's hardware has already done for a received frame, or will do for a sent one.
struct Offload {
  bool ip_checksum = false;   // received: known good; sent: the card fills it in
  bool udp_checksum = false;  // received: known good; sent: the card fills it in
};

/// Offsets in a frame that `inbound` classified as a query, in bytes from its start.
struct Layout {
  uint8_t l3 = 0;       // IP header: 14, or 18 after a VLAN tag
  uint8_t udp = 0;      // UDP header
  uint8_t payload = 0;  // DNS message: 42, 46, 62 or 66
  bool ipv6 = false;
  uint16_t payload_size = 0;  // from the UDP length, never from the frame's (Ethernet pads to 60 bytes)
};
static_assert(sizeof(Layout) == 6);

/// Checks a received Ethernet frame (without its FCS) and finds the DNS message in it. Reads nothing past
/// `frame`. `layout` is valid only with `Verdict::query`. The payload may be empty. If several verdicts
/// apply, the first in this order is returned: ethertype, a complete IP header (short), ip_header,
/// destination, fragment, protocol, IP length (short), port, not_ours, ip_checksum, source, udp_length,
/// udp_checksum; so a frame for the kernel is punted before a checksum could drop it. If the UDP length is
/// less than the IP payload, the rest is ignored, as in Linux.
[[nodiscard]] Verdict inbound(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout);
/// The same for a port that answers for every address.
[[nodiscard]] inline Verdict inbound(wire::Bytes frame, Offload verified, Layout& layout) {
  return inbound(frame, verified, kEveryAddress, layout);
}

/// Smallest and largest reply in bytes that `outbound` accepts: a DNS header; what fits in an IPv4 datagram.
inline constexpr size_t kMinReply = 12;
inline constexpr size_t kMaxReply = 0xFFFF - kIpv4Size - kUdpSize;

/// Turns the frame with the query of `layout` into one with a reply of `reply_size` bytes (kMinReply to
/// kMaxReply), which is in the place of the query: swaps addresses and ports, keeps the VLAN tag, writes the
/// IP and UDP headers. IPv4: TTL 64, DF, identification 0 (RFC 6864 4.1), TOS 0; IPv6: hop limit 64, traffic
/// class and flow label 0. The UDP checksum is always set, 0xFFFF for 0 (RFC 768). A checksum in `tx_offload`
/// is left to the card: 0 in the IPv4 header, the pseudo-header's sum in the UDP header, as DPDK's
/// RTE_MBUF_F_TX_IP_CKSUM and _UDP_CKSUM require. `frame` must extend at least to the end of the reply.
/// Returns the frame's new size in bytes; the port pads a frame below 60 if its driver does not.
[[nodiscard]] size_t outbound(wire::MutableBytes frame, const Layout& layout, size_t reply_size,
                              Offload tx_offload);

}  // namespace ptrd::frame
