// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <array>

#include "frame/classify.hpp"
#include "frame/headers.hpp"
#include "ptrd/frame/checksum.hpp"
#include "ptrd/frame/frame.hpp"

// The fast path: checks that all rules hold, in the cheapest order, several fields per load. Any doubt goes
// to `classify`, which finds the broken rule.

namespace ptrd::frame {
namespace {

using wire::load16;
using wire::load_raw;

/// Four bytes as seen by `load_raw<uint32_t>`.
constexpr uint32_t bytes(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return a | uint32_t{b} << 8 | uint32_t{c} << 16 | uint32_t{d} << 24;
}

/// First octets of IPv4 addresses that are not a single other host's (RFC 1122 3.2.1.3): one load instead of
/// four comparisons.
constexpr auto kNoHost4 = [] {
  std::array<uint8_t, 256> no_host = {};
  for (size_t octet = 0; octet < no_host.size(); ++octet)
    no_host[octet] = octet == 0 || octet == 127 || octet >= 224;
  return no_host;
}();

/// 0::/8 and ff00::/8: contain everything that `classify` rejects.
constexpr bool is_doubtful6(uint8_t octet) {
  return static_cast<uint8_t>(octet + 1) < 2;
}

/// Neither Ethernet address is a group address.
bool ethernet_is_unicast(const uint8_t* frame) {
  return ((frame[0] | frame[6]) & 1) == 0;
}

/// Destination port 53 and source port not 0, in one comparison.
bool ports_fit(const uint8_t* udp) {
  return load_raw<uint32_t>(udp) - bytes(1, 0, 0, kDnsPort) <= bytes(0xFE, 0xFF, 0, 0);
}

/// Whether the UDP length fills an IP payload of `ip_payload` bytes and fits the frame, of which `room` bytes
/// are left after the UDP header. A UDP length below 8 wraps and so exceeds any frame.
bool lengths_fit(const uint8_t* udp, size_t ip_payload, size_t room) {
  const size_t udp_size = load16(udp + udp::kLengthAt);
  return udp_size == ip_payload && udp_size - kUdpSize <= room;
}

/// Which of a port's own addresses a destination is compared with.
enum class Compare : uint8_t { first, all };

template <size_t kL3>
Verdict check_further4(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout);
template <size_t kL3>
Verdict check_further6(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout);

// Below, checksums come last, when every other rule is known to hold: a failing one needs no second look by
// `classify`. A call in the middle would save registers for every frame, so a frame that is not for the first
// address starts over in a variant that compares all of them.

template <size_t kL3, Compare kCompare = Compare::first>
[[gnu::always_inline]] inline Verdict check_ipv4(wire::Bytes frame, Offload verified, const OwnAddresses& own,
                                                 Layout& layout) {
  constexpr size_t kUdp = kL3 + kIpv4Size;
  const uint8_t* ip = frame.data() + kL3;
  const uint8_t* udp = frame.data() + kUdp;
  // Flags, fragment offset, TTL, protocol: not a fragment, and UDP.
  constexpr uint32_t kFlagsMask = bytes(0x3F, 0xFF, 0, 0xFF);
  constexpr uint32_t kFlags = bytes(0, 0, 0, kProtocolUdp);
  const auto addresses = load_raw<uint64_t>(ip + ipv4::kAddressesAt);
  const auto destination = static_cast<uint32_t>(addresses >> 32);
  if (kCompare == Compare::first && !own.is_first4(destination)) [[unlikely]]
    return check_further4<kL3>(frame, verified, own, layout);
  if ((load_raw<uint32_t>(ip + ipv4::kFragmentAt) & kFlagsMask) != kFlags ||
      (kNoHost4[addresses & 0xFF] | kNoHost4[addresses >> 32 & 0xFF]) != 0 ||
      !ethernet_is_unicast(frame.data()) || !own.has_mac(frame.data()) ||
      (kCompare == Compare::all && !own.has4(destination)) || !ports_fit(udp) ||
      !lengths_fit(udp, load16(ip + ipv4::kTotalLengthAt) - kIpv4Size, frame.size() - kUdp - kUdpSize))
      [[unlikely]]
    return classify(frame, verified, own, layout);

  const auto udp_length = load_raw<uint16_t>(udp + udp::kLengthAt);
  const size_t udp_size = in_memory(udp_length);
  layout = {kL3, kUdp, kUdp + kUdpSize, false, static_cast<uint16_t>(udp_size - kUdpSize)};
  if (!verified.ip_checksum) {
    const uint64_t first = add_wrapped(load_raw<uint64_t>(ip), load_raw<uint32_t>(ip + 8));
    if (!sums_to_zero(add_wrapped(first, addresses))) return Verdict::drop_ip_checksum;
  }
  if (!verified.udp_checksum && load_raw<uint16_t>(udp + udp::kChecksumAt) != 0) {
    const size_t from = kL3 + ipv4::kAddressesAt;
    if (!sums_to_zero(sum_within(frame, from, kUdp + udp_size, pseudo_header(udp_length)))) [[unlikely]]
      return wrong_udp_checksum(frame, from, kUdp);
  }
  return Verdict::query;
}

template <size_t kL3, Compare kCompare = Compare::first>
[[gnu::always_inline]] inline Verdict check_ipv6(wire::Bytes frame, Offload verified, const OwnAddresses& own,
                                                 Layout& layout) {
  constexpr size_t kUdp = kL3 + kIpv6Size;
  const uint8_t* ip = frame.data() + kL3;
  const uint8_t* udp = frame.data() + kUdp;
  const uint8_t* destination = ip + ipv6::kAddressesAt + 16;
  if (frame.size() < kUdp + kUdpSize) [[unlikely]]
    return classify(frame, verified, own, layout);
  if (kCompare == Compare::first && !own.is_first6(destination)) [[unlikely]]
    return check_further6<kL3>(frame, verified, own, layout);
  if (ip[ipv6::kNextHeaderAt] != kProtocolUdp || is_doubtful6(ip[ipv6::kAddressesAt]) ||
      is_doubtful6(*destination) || !ethernet_is_unicast(frame.data()) || !own.has_mac(frame.data()) ||
      (kCompare == Compare::all && !own.has6(destination)) || !ports_fit(udp) ||
      !lengths_fit(udp, load16(ip + ipv6::kPayloadLengthAt), frame.size() - kUdp - kUdpSize)) [[unlikely]]
    return classify(frame, verified, own, layout);

  const auto udp_length = load_raw<uint16_t>(udp + udp::kLengthAt);
  const size_t udp_size = in_memory(udp_length);
  layout = {kL3, kUdp, kUdp + kUdpSize, true, static_cast<uint16_t>(udp_size - kUdpSize)};
  if (load_raw<uint16_t>(udp + udp::kChecksumAt) == 0) return Verdict::drop_udp_checksum;
  if (!verified.udp_checksum) {
    const size_t from = kL3 + ipv6::kAddressesAt;
    if (!sums_to_zero(sum_within(frame, from, kUdp + udp_size, pseudo_header(udp_length)))) [[unlikely]]
      return wrong_udp_checksum(frame, from, kUdp);
  }
  return Verdict::query;
}

template <size_t kL3>
[[gnu::noinline]] Verdict check_further4(wire::Bytes frame, Offload verified, const OwnAddresses& own,
                                         Layout& layout) {
  return check_ipv4<kL3, Compare::all>(frame, verified, own, layout);
}
template <size_t kL3>
[[gnu::noinline]] Verdict check_further6(wire::Bytes frame, Offload verified, const OwnAddresses& own,
                                         Layout& layout) {
  return check_ipv6<kL3, Compare::all>(frame, verified, own, layout);
}

/// The four bytes starting at the EtherType, which must match the version, and for IPv4 the header length,
/// after it.
bool is_ipv4(const uint8_t* type) {
  return (load_raw<uint32_t>(type) & bytes(0xFF, 0xFF, 0xFF, 0)) == bytes(0x08, 0x00, 0x45, 0);
}
bool is_ipv6(const uint8_t* type) {
  return (load_raw<uint32_t>(type) & bytes(0xFF, 0xFF, 0xF0, 0)) == bytes(0x86, 0xDD, 0x60, 0);
}

/// Separate, so that plain IPv4 does not save registers for it.
[[gnu::noinline]] Verdict check_others(wire::Bytes frame, Offload verified, const OwnAddresses& own,
                                       Layout& layout) {
  constexpr size_t kTagged = kEthernetSize + kVlanSize;
  if (frame.size() >= kTagged + kIpv4Size + kUdpSize) {
    const uint8_t* type = frame.data() + kEtherTypeAt;
    if (is_ipv6(type)) return check_ipv6<kEthernetSize>(frame, verified, own, layout);
    if (load16(type) == kEtherVlan) {
      if (is_ipv4(type + kVlanSize)) return check_ipv4<kTagged>(frame, verified, own, layout);
      if (is_ipv6(type + kVlanSize)) return check_ipv6<kTagged>(frame, verified, own, layout);
    }
  }
  return classify(frame, verified, own, layout);
}

}  // namespace

Verdict inbound(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout) {
  if (frame.size() < kEthernetSize + kIpv4Size + kUdpSize || !is_ipv4(frame.data() + kEtherTypeAt))
      [[unlikely]]
    return check_others(frame, verified, own, layout);
  return check_ipv4<kEthernetSize>(frame, verified, own, layout);
}

}  // namespace ptrd::frame
