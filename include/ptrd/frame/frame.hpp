// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::frame {

/// Header sizes in bytes: Ethernet II, one 802.1Q tag, IPv4 without options, IPv6, UDP.
inline constexpr size_t kEthernetSize = 14;
inline constexpr size_t kVlanSize = 4;
inline constexpr size_t kIpv4Size = 20;
inline constexpr size_t kIpv6Size = 40;
inline constexpr size_t kUdpSize = 8;
inline constexpr uint16_t kDnsPort = 53;

/// What becomes of a received frame. `query` goes on to the parser; `drop_*` ends here; `punt_*` is the kernel's (invariant 8).
enum class Verdict : uint8_t {
  query,
  drop_short,         // the frame ends before the headers or lengths that it claims
  drop_ip_checksum,   // RFC 1122 3.2.1.2
  drop_udp_checksum,  // RFC 768; over IPv6 a zero checksum too (RFC 8200 8.1)
  drop_udp_length,    // UDP length below 8 or past the IP payload
  drop_source,        // a source that must not be answered: port 0, multicast, broadcast, unspecified, loopback
  punt_ethertype,     // ARP, a second VLAN tag, LLDP, 802.3 lengths ...
  punt_ip_header,     // version field wrong, IPv4 options, IPv6 extension header
  punt_fragment,
  punt_protocol,  // not UDP: ICMP, TCP ...
  punt_port,      // UDP to another port than 53
  punt_destination,  // Ethernet or IP multicast or broadcast destination (mDNS, ND ...)
};
inline constexpr size_t kVerdicts = 12;

/// Counter name of a verdict, as in --stats-json: "short", "ip_checksum", ..., "ethertype", ...
[[nodiscard]] const char* verdict_name(Verdict verdict);
[[nodiscard]] constexpr bool is_drop(Verdict v) { return v >= Verdict::drop_short && v <= Verdict::drop_source; }
[[nodiscard]] constexpr bool is_punt(Verdict v) { return v >= Verdict::punt_ethertype; }

/// What the port's hardware has already done for a received frame, or will do for a sent one.
struct Offload {
  bool ip_checksum = false;   // received: known good; sent: the card fills it in
  bool udp_checksum = false;  // received: known good; sent: the card fills it in
};

/// Where things are in a frame that `inbound` passed as a query; offsets in bytes from its start.
struct Layout {
  uint8_t l3 = 0;          // IP header: 14, or 18 behind a VLAN tag
  uint8_t udp = 0;         // UDP header
  bool ipv6 = false;
  uint16_t payload = 0;    // DNS message
  uint16_t payload_size = 0;  // from the UDP length, never from the frame's (Ethernet pads to 60 bytes)
};

/// Checks a received Ethernet frame (as it is without its FCS) and finds the DNS message in it. Reads nothing past `frame`.
/// `layout` is written only with `Verdict::query`.
[[nodiscard]] Verdict inbound(wire::Bytes frame, Offload verified, Layout& layout);

/// Makes the frame that held the query of `layout` carry a reply of `reply_size` bytes, which stands where the query stood:
/// addresses and ports swapped, VLAN tag kept, IP length, TTL/hop limit (64), UDP length and checksums written, each
/// checksum left to the card where `by_card` says so (then the pseudo-header sum stands in the UDP field and 0 in the IPv4
/// one, as DPDK wants it). `frame` must reach at least to the end of the reply. Returns the frame's new size in bytes.
[[nodiscard]] size_t outbound(wire::MutableBytes frame, const Layout& layout, size_t reply_size, Offload by_card);

/// Folded one's-complement sum of 16-bit words as they lie in memory (RFC 1071); an odd last byte is padded with zero.
/// Feed it to `finish_checksum`.
[[nodiscard]] uint32_t sum_words(wire::Bytes bytes, uint64_t start = 0);
/// The checksum field for a folded sum, as it lies in memory.
[[nodiscard]] constexpr uint16_t finish_checksum(uint32_t sum) { return static_cast<uint16_t>(~sum & 0xFFFF); }

}  // namespace ptrd::frame
