// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "frame/classify.hpp"

#include <algorithm>
#include <array>

#include "frame/headers.hpp"
#include "ptrd/frame/checksum.hpp"

namespace ptrd::frame {
namespace {

/// Whether the group bit in the first octet is set: multicast or broadcast (IEEE 802-2014 8.2.2).
bool is_group(wire::Bytes ethernet_address) {
  return (ethernet_address[0] & 1) != 0;
}

/// Whether an IPv4 address can be that of one other host: not 0/8 or 127/8, nor 224/3 (RFC 1122 3.2.1.3).
bool is_host4(wire::Bytes address) {
  return address[0] != 0 && address[0] != 127 && address[0] < 224;
}

/// The same for IPv6: not multicast, ::, ::1, nor an IPv4-mapped address, which must not appear on a wire
/// (RFC 4291 2.4, 2.5).
bool is_host6(wire::Bytes address) {
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address[0] == 0xFF || std::equal(kMapped.begin(), kMapped.end(), address.begin())) return false;
  const bool all_zero =
      std::all_of(address.begin(), address.end() - 1, [](uint8_t octet) { return octet == 0; });
  return !all_zero || address.back() > 1;
}

/// Extension headers of RFC 7045 4, except the fragment header.
bool is_extension(uint8_t next_header) {
  constexpr std::array<uint8_t, 10> kExtensions = {0, 43, 50, 51, 60, 135, 139, 140, 253, 254};
  return std::find(kExtensions.begin(), kExtensions.end(), next_header) != kExtensions.end();
}

/// The part of an IP header that matters for the UDP datagram after it.
struct IpHeader {
  size_t l3;
  size_t udp;
  size_t payload_size;  // the IP payload's, as the IP header says
  size_t addresses;     // source, then destination
  bool ipv6;
  bool source_is_host;
  bool is_ours;  // the destination, including that of the frame
};

Verdict classify_udp(wire::Bytes frame, const IpHeader& ip, Offload verified, const OwnAddresses& own,
                     Layout& layout) {
  const wire::Bytes datagram = frame.subspan(ip.udp, ip.payload_size);
  if (wire::load16(&datagram[udp::kDestinationPortAt]) != kDnsPort) return Verdict::punt_port;
  if (!ip.is_ours) return own.others();
  if (!ip.ipv6 && !verified.ip_checksum && !sums_to_zero(sum_words(frame.subspan(ip.l3, kIpv4Size))))
    return Verdict::drop_ip_checksum;
  if (!ip.source_is_host || is_group(frame.subspan(6)) || wire::load16(datagram.data()) == 0)
    return Verdict::drop_source;

  const uint16_t size = wire::load16(&datagram[udp::kLengthAt]);
  if (size < kUdpSize || size > datagram.size()) return Verdict::drop_udp_length;
  const bool has_checksum = wire::load16(&datagram[udp::kChecksumAt]) != 0;
  if (!has_checksum && ip.ipv6) return Verdict::drop_udp_checksum;
  if (has_checksum && !verified.udp_checksum) {
    // Both IP headers end with the addresses, so one sum covers them and the datagram.
    const uint64_t sum =
        sum_words(frame.subspan(ip.addresses, ip.udp - ip.addresses + size), pseudo_header(in_memory(size)));
    if (!sums_to_zero(sum)) return wrong_udp_checksum(frame, ip.addresses, ip.udp);
  }
  layout = {.l3 = static_cast<uint8_t>(ip.l3),
            .udp = static_cast<uint8_t>(ip.udp),
            .payload = static_cast<uint8_t>(ip.udp + kUdpSize),
            .ipv6 = ip.ipv6,
            .payload_size = static_cast<uint16_t>(size - kUdpSize)};
  return Verdict::query;
}

Verdict classify_ipv4(wire::Bytes frame, size_t l3, Offload verified, const OwnAddresses& own,
                      Layout& layout) {
  const wire::Bytes packet = frame.subspan(l3);
  if (packet.size() < kIpv4Size) return Verdict::drop_short;
  if (packet[0] != 0x45) return Verdict::punt_ip_header;
  const wire::Bytes source = packet.subspan(ipv4::kAddressesAt, 4);
  const wire::Bytes destination = packet.subspan(ipv4::kAddressesAt + 4, 4);
  if (is_group(frame) || !is_host4(destination)) return Verdict::punt_destination;
  if ((wire::load16(&packet[ipv4::kFragmentAt]) & ipv4::kMoreFragmentsAndOffset) != 0)
    return Verdict::punt_fragment;
  if (packet[ipv4::kProtocolAt] != kProtocolUdp) return Verdict::punt_protocol;
  const size_t total = wire::load16(&packet[ipv4::kTotalLengthAt]);
  if (total < kIpv4Size + kUdpSize || total > packet.size()) return Verdict::drop_short;
  const IpHeader ip = {
      .l3 = l3,
      .udp = l3 + kIpv4Size,
      .payload_size = total - kIpv4Size,
      .addresses = l3 + ipv4::kAddressesAt,
      .ipv6 = false,
      .source_is_host = is_host4(source),
      .is_ours = own.has_mac(frame.data()) && own.has4(wire::load_raw<uint32_t>(destination.data()))};
  return classify_udp(frame, ip, verified, own, layout);
}

Verdict classify_ipv6(wire::Bytes frame, size_t l3, Offload verified, const OwnAddresses& own,
                      Layout& layout) {
  const wire::Bytes packet = frame.subspan(l3);
  if (packet.size() < kIpv6Size) return Verdict::drop_short;
  if (packet[0] >> 4 != 6) return Verdict::punt_ip_header;
  const wire::Bytes source = packet.subspan(ipv6::kAddressesAt, 16);
  const wire::Bytes destination = packet.subspan(ipv6::kAddressesAt + 16, 16);
  if (is_group(frame) || !is_host6(destination)) return Verdict::punt_destination;
  constexpr uint8_t kFragmentHeader = 44;
  const uint8_t next = packet[ipv6::kNextHeaderAt];
  if (next == kFragmentHeader) return Verdict::punt_fragment;
  if (is_extension(next)) return Verdict::punt_ip_header;
  if (next != kProtocolUdp) return Verdict::punt_protocol;
  const size_t size = wire::load16(&packet[ipv6::kPayloadLengthAt]);
  if (size < kUdpSize || size > packet.size() - kIpv6Size) return Verdict::drop_short;
  const IpHeader ip = {.l3 = l3,
                       .udp = l3 + kIpv6Size,
                       .payload_size = size,
                       .addresses = l3 + ipv6::kAddressesAt,
                       .ipv6 = true,
                       .source_is_host = is_host6(source),
                       .is_ours = own.has_mac(frame.data()) && own.has6(destination.data())};
  return classify_udp(frame, ip, verified, own, layout);
}

}  // namespace

Verdict wrong_udp_checksum(wire::Bytes frame, size_t addresses, size_t udp) {
  const auto length = wire::load_raw<uint16_t>(&frame[udp + udp::kLengthAt]);
  const uint16_t pseudo = fold(sum_words(frame.subspan(addresses, udp - addresses), pseudo_header(length)));
  const bool partial = wire::load_raw<uint16_t>(&frame[udp + udp::kChecksumAt]) == pseudo;
  return partial ? Verdict::drop_udp_partial : Verdict::drop_udp_checksum;
}

Verdict classify(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout) {
  if (frame.size() < kEthernetSize) return Verdict::drop_short;
  size_t l3 = kEthernetSize;
  uint16_t type = wire::load16(&frame[kEtherTypeAt]);
  if (type == kEtherVlan) {
    if (frame.size() < kEthernetSize + kVlanSize) return Verdict::drop_short;
    l3 += kVlanSize;
    type = wire::load16(&frame[kEtherTypeAt + kVlanSize]);
  }
  if (type == kEtherIpv4) return classify_ipv4(frame, l3, verified, own, layout);
  if (type == kEtherIpv6) return classify_ipv6(frame, l3, verified, own, layout);
  return Verdict::punt_ethertype;
}

const char* verdict_name(Verdict verdict) {
  constexpr std::array<const char*, kVerdicts> kNames = {
      "query",      "short",    "ip_checksum", "udp_checksum", "udp_partial",
      "udp_length", "source",   "not_ours",    "ethertype",    "ip_header",
      "fragment",   "protocol", "port",        "destination",  "not_ours"};
  return kNames[static_cast<size_t>(verdict)];
}

}  // namespace ptrd::frame
