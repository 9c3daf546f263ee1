// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <bit>
#include <cassert>

#include "frame/headers.hpp"
#include "ptrd/frame/checksum.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::frame {
namespace {

using wire::load_raw;
using wire::store_raw;

void swap_ethernet(uint8_t* frame) {
  const auto destination4 = load_raw<uint32_t>(frame);
  const auto destination2 = load_raw<uint16_t>(frame + 4);
  const auto source4 = load_raw<uint32_t>(frame + 6);
  const auto source2 = load_raw<uint16_t>(frame + 10);
  store_raw(frame, source4);
  store_raw(frame + 4, source2);
  store_raw(frame + 6, destination4);
  store_raw(frame + 10, destination2);
}

/// Writes the IPv4 header; returns the sum of its addresses.
uint64_t write_ipv4(uint8_t* ip, uint16_t udp_size, bool checksum_by_card) {
  const uint64_t addresses = std::rotl(load_raw<uint64_t>(ip + ipv4::kAddressesAt), 32);
  const uint16_t total = in_memory(static_cast<uint16_t>(kIpv4Size + udp_size));
  // Version and header length, TOS 0, total length, identification 0, DF; then TTL, protocol, checksum.
  const uint64_t first = 0x45 | uint64_t{total} << 16 | uint64_t{in_memory(ipv4::kDontFragment)} << 48;
  const uint32_t second = kHopLimit | uint32_t{kProtocolUdp} << 8;
  const uint32_t checksum = checksum_by_card ? 0U : finish_checksum(add_wrapped(first + second, addresses));
  store_raw(ip, first);
  store_raw(ip + 8, second | checksum << 16);
  store_raw(ip + ipv4::kAddressesAt, addresses);
  return addresses;
}

/// Writes the IPv6 header; returns the sum of its addresses.
uint64_t write_ipv6(uint8_t* ip, uint16_t udp_length) {
  uint8_t* addresses = ip + ipv6::kAddressesAt;
  const auto source0 = load_raw<uint64_t>(addresses);
  const auto source1 = load_raw<uint64_t>(addresses + 8);
  const auto destination0 = load_raw<uint64_t>(addresses + 16);
  const auto destination1 = load_raw<uint64_t>(addresses + 24);
  store_raw(addresses, destination0);
  store_raw(addresses + 8, destination1);
  store_raw(addresses + 16, source0);
  store_raw(addresses + 24, source1);
  // Version, traffic class and flow label 0, payload length, next header, hop limit.
  store_raw(ip, 0x60 | uint64_t{udp_length} << 32 | uint64_t{kProtocolUdp} << 48 | uint64_t{kHopLimit} << 56);
  return add_wrapped(add_wrapped(source0, source1), add_wrapped(destination0, destination1));
}

/// `outbound` for one layout, so that every offset in the frame is a constant.
template <size_t kL3, bool kIpv6>
[[gnu::always_inline]] inline size_t turn_around(wire::MutableBytes frame, size_t reply_size,
                                                 Offload tx_offload) {
  constexpr size_t kUdp = kL3 + (kIpv6 ? kIpv6Size : kIpv4Size);
  const size_t end = kUdp + kUdpSize + reply_size;
  assert(reply_size >= kMinReply && reply_size <= kMaxReply && end <= frame.size());
  const auto udp_size = static_cast<uint16_t>(kUdpSize + reply_size);
  const uint16_t udp_length = in_memory(udp_size);
  uint8_t* ip = frame.data() + kL3;
  uint8_t* udp = frame.data() + kUdp;

  swap_ethernet(frame.data());
  const uint64_t addresses =
      kIpv6 ? write_ipv6(ip, udp_length) : write_ipv4(ip, udp_size, tx_offload.ip_checksum);
  const uint64_t pseudo = add_wrapped(addresses, pseudo_header(udp_length));
  const uint64_t header = std::rotl(load_raw<uint32_t>(udp), 16) | uint64_t{udp_length} << 32;
  uint64_t checksum = 0;
  if (tx_offload.udp_checksum) {
    checksum = fold(pseudo);
  } else {
    checksum = finish_udp_checksum(sum_within(frame, kUdp + kUdpSize, end, add_wrapped(pseudo, header)));
  }
  store_raw(udp, header | checksum << 48);
  return end;
}

/// Separate, so that plain IPv4 does not save registers for it.
[[gnu::noinline]] size_t turn_others(wire::MutableBytes frame, const Layout& layout, size_t reply_size,
                                     Offload tx_offload) {
  constexpr size_t kTagged = kEthernetSize + kVlanSize;
  if (layout.l3 == kEthernetSize) return turn_around<kEthernetSize, true>(frame, reply_size, tx_offload);
  if (layout.ipv6) return turn_around<kTagged, true>(frame, reply_size, tx_offload);
  return turn_around<kTagged, false>(frame, reply_size, tx_offload);
}

}  // namespace

size_t outbound(wire::MutableBytes frame, const Layout& layout, size_t reply_size, Offload tx_offload) {
  if (layout.udp != kEthernetSize + kIpv4Size) [[unlikely]]
    return turn_others(frame, layout, reply_size, tx_offload);
  return turn_around<kEthernetSize, false>(frame, reply_size, tx_offload);
}

}  // namespace ptrd::frame
