// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/udp_path.hpp"

#include <algorithm>
#include <cstring>

#include "frame/headers.hpp"
#include "ptrd/frame/checksum.hpp"

namespace ptrd::load {

namespace {

using frame::in_memory;
using wire::load16;
using wire::load_raw;
using wire::store16;

constexpr size_t kL3 = frame::kEthernetSize;
constexpr size_t kMinFrame = 60;  // Ethernet's, without the FCS
constexpr uint8_t kHops = 64;
constexpr uint8_t kIpv4Start = 0x45;  // version 4, five words
constexpr uint8_t kIpv6Start = 0x60;
constexpr size_t kIpv4ChecksumAt = 10;

bool is_v4(const port::Address& address) {
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

}  // namespace

UdpPath::UdpPath(const Ends& ends)
    : ipv6_(!is_v4(ends.server)), server_port_(ends.server_port), addresses_size_(ipv6_ ? 32 : 8) {
  uint8_t* p = headers_.data();
  std::copy(ends.next_hop.begin(), ends.next_hop.end(), p);
  std::copy(ends.mac.begin(), ends.mac.end(), p + ends.next_hop.size());
  store16(p + frame::kEtherTypeAt, ipv6_ ? frame::kEtherIpv6 : frame::kEtherIpv4);
  uint8_t* ip = p + kL3;
  if (ipv6_) {
    ip[0] = kIpv6Start;
    ip[frame::ipv6::kNextHeaderAt] = frame::kProtocolUdp;
    ip[frame::ipv6::kNextHeaderAt + 1] = kHops;
  } else {
    ip[0] = kIpv4Start;
    store16(ip + frame::ipv4::kFragmentAt, frame::ipv4::kDontFragment);
    ip[frame::ipv4::kProtocolAt - 1] = kHops;
    ip[frame::ipv4::kProtocolAt] = frame::kProtocolUdp;
  }
  const size_t one = addresses_size_ / 2;
  uint8_t* addresses = ip + (ipv6_ ? frame::ipv6::kAddressesAt : frame::ipv4::kAddressesAt);
  std::copy(ends.source.end() - static_cast<std::ptrdiff_t>(one), ends.source.end(), addresses);
  std::copy(ends.server.end() - static_cast<std::ptrdiff_t>(one), ends.server.end(), addresses + one);
  std::copy(addresses + one, addresses + 2 * one, addresses_back_.begin());
  std::copy(addresses, addresses + one, addresses_back_.begin() + static_cast<std::ptrdiff_t>(one));
  pseudo_sum_ = frame::fold(frame::sum_words({addresses, addresses_size_}));
  ip_sum_ = frame::fold(frame::sum_words({ip, frame::kIpv4Size}));
}

size_t UdpPath::write(wire::MutableBytes frame, uint16_t source_port, uint16_t id, wire::Bytes query,
                      uint16_t sum, frame::Offload tx_offload, frame::Layout& layout) const {
  uint8_t* ip = frame.data() + kL3;
  uint8_t* udp = ip + ip_size();
  uint8_t* payload = udp + frame::kUdpSize;
  const auto udp_size = static_cast<uint16_t>(frame::kUdpSize + query.size());
  if (ipv6_) {
    std::memcpy(frame.data(), headers_.data(), kL3 + frame::kIpv6Size);
    store16(ip + frame::ipv6::kPayloadLengthAt, udp_size);
  } else {
    std::memcpy(frame.data(), headers_.data(), kL3 + frame::kIpv4Size);
    const auto total = static_cast<uint16_t>(frame::kIpv4Size + udp_size);
    store16(ip + frame::ipv4::kTotalLengthAt, total);
    wire::store_raw<uint16_t>(
        ip + kIpv4ChecksumAt,
        tx_offload.ip_checksum ? uint16_t{0} : frame::finish_checksum(uint64_t{ip_sum_} + in_memory(total)));
  }
  store16(udp, source_port);
  store16(udp + frame::udp::kDestinationPortAt, server_port_);
  store16(udp + frame::udp::kLengthAt, udp_size);
  std::memcpy(payload, query.data(), query.size());
  store16(payload, id);

  const size_t end = kL3 + ip_size() + udp_size;
  const uint64_t pseudo = pseudo_sum_ + frame::pseudo_header(in_memory(udp_size));
  // The query's sum is known: only the UDP header and the id remain to be added.
  const uint64_t all =
      pseudo + in_memory(source_port) + in_memory(server_port_) + in_memory(udp_size) + in_memory(id) + sum;
  wire::store_raw<uint16_t>(udp + frame::udp::kChecksumAt,
                            tx_offload.udp_checksum ? frame::fold(pseudo) : frame::finish_udp_checksum(all));
  layout = {.l3 = kL3,
            .udp = static_cast<uint8_t>(kL3 + ip_size()),
            .payload = static_cast<uint8_t>(kL3 + ip_size() + frame::kUdpSize),
            .ipv6 = ipv6_,
            .payload_size = static_cast<uint16_t>(query.size())};
  if (end >= kMinFrame) return end;
  std::memset(frame.data() + end, 0, kMinFrame - end);
  return kMinFrame;
}

/// A complete header of plain UDP from the server to us, to one of our ports.
bool UdpPath::is_ours(wire::Bytes frame) const {
  if (frame.size() < kL3 + ip_size() + frame::kUdpSize) return false;
  const uint8_t* ip = frame.data() + kL3;
  const uint8_t* udp = ip + ip_size();
  if (load16(frame.data() + frame::kEtherTypeAt) != (ipv6_ ? frame::kEtherIpv6 : frame::kEtherIpv4))
    return false;
  if (ipv6_) {
    if (ip[0] >> 4 != 6 || ip[frame::ipv6::kNextHeaderAt] != frame::kProtocolUdp) return false;
  } else if (ip[0] != kIpv4Start || ip[frame::ipv4::kProtocolAt] != frame::kProtocolUdp ||
             (load16(ip + frame::ipv4::kFragmentAt) & frame::ipv4::kMoreFragmentsAndOffset) != 0) {
    return false;
  }
  const uint8_t* addresses = ip + (ipv6_ ? frame::ipv6::kAddressesAt : frame::ipv4::kAddressesAt);
  const uint16_t port = load16(udp + frame::udp::kDestinationPortAt);
  return std::memcmp(addresses, addresses_back_.data(), addresses_size_) == 0 &&
         load16(udp) == server_port_ && port >= kFirstPort && port < kFirstPort + kPorts;
}

UdpPath::Read UdpPath::read(wire::Bytes frame, frame::Offload verified) const {
  if (!is_ours(frame)) return {};
  const size_t udp_at = kL3 + ip_size();
  const uint8_t* ip = frame.data() + kL3;
  const uint8_t* udp = frame.data() + udp_at;
  Read read{.kind = Kind::damaged, .port = load16(udp + frame::udp::kDestinationPortAt), .payload = {}};
  const size_t udp_size = load16(udp + frame::udp::kLengthAt);
  const size_t ip_payload = ipv6_ ? size_t{load16(ip + frame::ipv6::kPayloadLengthAt)}
                                  : size_t{load16(ip + frame::ipv4::kTotalLengthAt)} - frame::kIpv4Size;
  if (udp_size < frame::kUdpSize || udp_size > ip_payload || ip_payload > frame.size() - udp_at) return read;
  if (!ipv6_ && !verified.ip_checksum &&
      !frame::sums_to_zero(frame::sum_words(frame.subspan(kL3, frame::kIpv4Size))))
    return read;
  const auto checksum = load_raw<uint16_t>(udp + frame::udp::kChecksumAt);
  // No checksum: allowed only over IPv4 (RFC 768, RFC 8200 8.1).
  const bool none = checksum == 0;
  if (none && ipv6_) return read;
  if (!none && !verified.udp_checksum) {
    const uint64_t pseudo = pseudo_sum_ + frame::pseudo_header(in_memory(static_cast<uint16_t>(udp_size)));
    if (!frame::sums_to_zero(frame::sum_within(frame, udp_at, udp_at + udp_size, pseudo))) return read;
  }
  read.kind = Kind::reply;
  read.payload = frame.subspan(udp_at + frame::kUdpSize, udp_size - frame::kUdpSize);
  return read;
}

}  // namespace ptrd::load
