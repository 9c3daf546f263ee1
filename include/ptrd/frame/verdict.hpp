// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>

namespace ptrd::frame {

/// The verdict on a received frame. `query` goes on to the parser; `drop_*` ends here; `punt_*` goes to the
/// kernel (invariant 8).
enum class Verdict : uint8_t {
  query,
  drop_short,         // the frame is shorter than its headers or lengths say
  drop_ip_checksum,   // RFC 1122 3.2.1.2
  drop_udp_checksum,  // RFC 768; over IPv6 a zero checksum too (RFC 8200 8.1)
  drop_udp_partial,   // only the pseudo-header's sum is in its place: the sender's kernel left the rest to
                      // hardware that the frame did not pass (Linux: CHECKSUM_PARTIAL)
  drop_udp_length,    // UDP length below 8 or past the IP payload
  drop_source,     // port 0, or an address that is no single host's: multicast, broadcast, 0/8, 127/8, 240/4,
                   // ::, ::1, ::ffff:0:0/96 (RFC 1122 3.2.1.3, RFC 6890), or an Ethernet group address
  drop_not_ours,   // a query to an Ethernet or IP address that is not the port's, which has no way to the
                   // kernel
  punt_ethertype,  // ARP, a second VLAN tag, LLDP, 802.3 lengths ...
  punt_ip_header,  // version field wrong, header length other than 20 bytes (options), IPv6 extension header
  punt_fragment,
  punt_protocol,     // not UDP: ICMP, TCP ...
  punt_port,         // UDP to a port other than 53
  punt_destination,  // Ethernet or IP destination that is no single host's (mDNS, ND ...), as for drop_source
  punt_not_ours,     // a query to an Ethernet or IP address that is not the port's
};
inline constexpr size_t kVerdicts = 15;

/// Counter name of a verdict, as in --stats-json: "short", "ip_checksum", ..., "ethertype", ... "not_ours" is
/// the name of both a drop and a punt.
[[nodiscard]] const char* verdict_name(Verdict verdict);
[[nodiscard]] constexpr bool is_drop(Verdict v) {
  return v >= Verdict::drop_short && v <= Verdict::drop_not_ours;
}
[[nodiscard]] constexpr bool is_punt(Verdict v) {
  return v >= Verdict::punt_ethertype;
}

}  // namespace ptrd::frame
