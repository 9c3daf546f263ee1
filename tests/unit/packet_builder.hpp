// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ptrd/wire/bytes.hpp"

// Builds frames for tests, and reads them independently: nothing here uses ptrd's frame, name or checksum
// code, so it can verify that code.

namespace ptrd::test {

using Octets = std::vector<uint8_t>;
using Mac = std::array<uint8_t, 6>;

inline constexpr Mac kClientMac = {0x02, 0, 0, 0, 0, 0x0C};
inline constexpr Mac kServerMac = {0x02, 0, 0, 0, 0, 0x05};

/// The contents of an OPT record (RFC 6891 6.1.2).
struct Edns {
  uint16_t udp_size = 1232;
  bool dnssec_ok = false;
  std::vector<std::pair<uint16_t, Octets>> options = {};  // code, data
  uint8_t version = 0;
};

/// A DNS query message. `name` is text of plain labels divided by dots, without escapes.
struct Query {
  uint16_t id = 0x1234;
  std::string name = "1.2.0.192.in-addr.arpa";
  uint16_t type = 12;  // PTR
  uint16_t flags = 0;
  uint16_t qclass = 1;  // IN
  std::optional<Edns> edns = std::nullopt;

  [[nodiscard]] Octets bytes() const;
};

/// A frame, built in the order of its parts. Fields that are not set get correct values: lengths, checksums,
/// next headers.
///
///   Packet().vlan(7).ipv4("198.51.100.9", "192.0.2.53").udp(4000, 53).query({.name =
///   "1.2.0.192.in-addr.arpa"}).build()
class Packet {
 public:
  Packet();
  // Ethernet; by default a frame goes from kClientMac to kServerMac.
  Packet& ethernet(Mac destination, Mac source);
  Packet& vlan(uint16_t id, uint16_t ethertype = 0x8100);  // once more for a second tag
  Packet& ethertype(uint16_t value);                       // instead of the right one
  Packet& padding(size_t octets, uint8_t value = 0);       // after the IP packet
  Packet& pad_to(size_t frame_size, uint8_t value = 0);

  // IP; addresses are text, source first.
  Packet& ipv4(std::string_view source, std::string_view destination);
  Packet& ipv6(std::string_view source, std::string_view destination);
  Packet& first_octet(uint8_t value);                  // version and IHL; IPv6: version and traffic class
  Packet& tos(uint8_t value);                          // or the traffic class
  Packet& flow_label(uint32_t value);                  // IPv6
  Packet& hop_limit(uint8_t value);                    // or the TTL
  Packet& protocol(uint8_t value);                     // instead of UDP (after all extension headers)
  Packet& ip_length(uint16_t value);                   // IPv4 total length, IPv6 payload length
  Packet& ip_options(Octets options);                  // IPv4; a multiple of 4 octets
  Packet& fragment(uint16_t offset_in_8s, bool more);  // IPv4: in the header; IPv6: a fragment header
  Packet& fragment_flags(uint16_t value);              // IPv4: the whole field
  Packet& extension(uint8_t type, Octets body);        // IPv6; 8n - 2 octets after next header and length
  Packet& break_ip_checksum();

  // UDP and its payload.
  Packet& udp(uint16_t source_port, uint16_t destination_port);
  Packet& udp_length(uint16_t value);
  Packet& no_udp_checksum();  // 0
  Packet& break_udp_checksum();
  Packet& partial_udp_checksum();  // only the sum of the pseudo-header
  Packet& payload(Octets octets);
  Packet& query(const Query& query);
  Packet& behind_udp(Octets octets);  // within the IP payload, after the end given by the UDP length

  [[nodiscard]] Octets build() const;

 private:
  struct Extension {
    uint8_t type;
    Octets body;
  };
  [[nodiscard]] Octets udp_datagram() const;
  [[nodiscard]] Octets ipv4_header(size_t payload_size) const;
  [[nodiscard]] Octets ipv6_header(size_t payload_size) const;

  Mac destination_mac_ = kServerMac;
  Mac source_mac_ = kClientMac;
  std::vector<std::pair<uint16_t, uint16_t>> tags_;  // TPID, VLAN id
  std::optional<uint16_t> ethertype_;
  size_t padding_ = 0;
  size_t pad_to_ = 0;
  uint8_t padding_value_ = 0;

  bool is_ipv6_ = false;
  Octets source_;
  Octets destination_;
  std::optional<uint8_t> first_octet_;
  uint8_t tos_ = 0;
  uint32_t flow_label_ = 0;
  uint8_t hop_limit_ = 61;
  uint8_t protocol_ = 17;
  std::optional<uint16_t> ip_length_;
  Octets ip_options_;
  uint16_t fragment_ = 0;
  std::vector<Extension> extensions_;
  bool break_ip_checksum_ = false;

  uint16_t source_port_ = 40000;
  uint16_t destination_port_ = 53;
  std::optional<uint16_t> udp_length_;
  bool no_udp_checksum_ = false;
  bool break_udp_checksum_ = false;
  bool partial_udp_checksum_ = false;
  Octets payload_;
  Octets behind_udp_;
};

/// The one's-complement sum of big-endian words, octet by octet (RFC 1071), not complemented.
[[nodiscard]] uint16_t naive_sum(wire::Bytes bytes, uint16_t start = 0);

/// A UDP datagram over IP as a frame carries it, read field by field.
struct Datagram {
  Mac destination_mac = {};
  Mac source_mac = {};
  std::optional<uint16_t> vlan;
  bool is_ipv6 = false;
  Octets source, destination;  // 4 or 16 octets
  uint8_t tos = 0;             // or the traffic class
  uint32_t flow_label = 0;
  uint8_t hop_limit = 0;
  uint16_t identification = 0;
  uint16_t fragment = 0;     // IPv4 flags and offset
  uint16_t ip_checksum = 0;  // as received
  bool ip_checksum_right = false;
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint16_t udp_checksum = 0;  // as received
  bool udp_checksum_right = false;
  uint16_t pseudo_header_sum = 0;  // what a card expects in the UDP checksum field
  Octets payload;
};

/// No value if `frame` is not UDP over plain IP, or if its lengths are inconsistent.
[[nodiscard]] std::optional<Datagram> read_datagram(wire::Bytes frame);

}  // namespace ptrd::test
