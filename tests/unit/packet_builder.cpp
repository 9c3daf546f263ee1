// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "unit/packet_builder.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <stdexcept>

namespace ptrd::test {
namespace {

void put16(Octets& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8 & 0xFF));
  out.push_back(static_cast<uint8_t>(value & 0xFF));
}
void put32(Octets& out, size_t value) {
  put16(out, value >> 16 & 0xFFFF);
  put16(out, value & 0xFFFF);
}
void put(Octets& out, wire::Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void set16(Octets& out, size_t at, uint16_t value) {
  out.at(at) = static_cast<uint8_t>(value >> 8);
  out.at(at + 1) = static_cast<uint8_t>(value & 0xFF);
}

Octets address(std::string_view text, int family) {
  Octets octets(family == AF_INET ? 4 : 16);
  if (inet_pton(family, std::string(text).c_str(), octets.data()) != 1)
    throw std::invalid_argument("no address: " + std::string(text));
  return octets;
}

void put_name(Octets& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > 63) throw std::invalid_argument("no name");
    out.push_back(static_cast<uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    text.remove_prefix(std::min(text.size(), label.size() + 1));
  }
  out.push_back(0);
}

void put_opt(Octets& out, const Edns& edns) {
  out.push_back(0);  // the root
  put16(out, 41);
  put16(out, edns.udp_size);
  out.push_back(0);  // extended RCODE
  out.push_back(edns.version);
  put16(out, edns.dnssec_ok ? 0x8000 : 0);
  Octets options;
  for (const auto& [code, data] : edns.options) {
    put16(options, code);
    put16(options, data.size());
    put(options, data);
  }
  put16(out, options.size());
  put(out, options);
}

/// Sum of the pseudo-header of RFC 768 and RFC 8200 8.1; both add up to the same.
uint16_t pseudo_sum(wire::Bytes source, wire::Bytes destination, uint8_t protocol, size_t length) {
  Octets tail;
  put32(tail, length);
  put32(tail, protocol);
  return naive_sum(tail, naive_sum(destination, naive_sum(source)));
}

}  // namespace

uint16_t naive_sum(wire::Bytes bytes, uint16_t start) {
  uint32_t sum = start;
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? static_cast<uint32_t>(bytes[i]) << 8 : bytes[i];
    if (sum > 0xFFFF) sum -= 0xFFFF;
  }
  return static_cast<uint16_t>(sum);
}

Octets Query::bytes() const {
  Octets out;
  put16(out, id);
  put16(out, flags);
  put16(out, 1);  // QDCOUNT
  put16(out, 0);
  put16(out, 0);
  put16(out, edns ? 1 : 0);  // ARCOUNT
  put_name(out, name);
  put16(out, type);
  put16(out, qclass);
  if (edns) put_opt(out, *edns);
  return out;
}

Packet::Packet() : source_({198, 51, 100, 9}), destination_({192, 0, 2, 53}) {}

Packet& Packet::ethernet(Mac destination, Mac source) {
  destination_mac_ = destination;
  source_mac_ = source;
  return *this;
}
Packet& Packet::vlan(uint16_t id, uint16_t ethertype) {
  tags_.emplace_back(ethertype, id);
  return *this;
}
Packet& Packet::ethertype(uint16_t value) {
  ethertype_ = value;
  return *this;
}
Packet& Packet::padding(size_t octets, uint8_t value) {
  padding_ = octets;
  padding_value_ = value;
  return *this;
}
Packet& Packet::pad_to(size_t frame_size, uint8_t value) {
  pad_to_ = frame_size;
  padding_value_ = value;
  return *this;
}
Packet& Packet::ipv4(std::string_view source, std::string_view destination) {
  is_ipv6_ = false;
  source_ = address(source, AF_INET);
  destination_ = address(destination, AF_INET);
  return *this;
}
Packet& Packet::ipv6(std::string_view source, std::string_view destination) {
  is_ipv6_ = true;
  source_ = address(source, AF_INET6);
  destination_ = address(destination, AF_INET6);
  return *this;
}
Packet& Packet::first_octet(uint8_t value) {
  first_octet_ = value;
  return *this;
}
Packet& Packet::tos(uint8_t value) {
  tos_ = value;
  return *this;
}
Packet& Packet::flow_label(uint32_t value) {
  flow_label_ = value;
  return *this;
}
Packet& Packet::hop_limit(uint8_t value) {
  hop_limit_ = value;
  return *this;
}
Packet& Packet::protocol(uint8_t value) {
  protocol_ = value;
  return *this;
}
Packet& Packet::ip_length(uint16_t value) {
  ip_length_ = value;
  return *this;
}
Packet& Packet::ip_options(Octets options) {
  ip_options_ = std::move(options);
  return *this;
}
Packet& Packet::fragment(uint16_t offset_in_8s, bool more) {
  if (is_ipv6_) {
    Octets body;
    put16(body, static_cast<size_t>(offset_in_8s << 3 | (more ? 1 : 0)));
    put32(body, 0xABCD1234);
    return extension(44, body);
  }
  return fragment_flags(static_cast<uint16_t>(offset_in_8s | (more ? 0x2000 : 0)));
}
Packet& Packet::fragment_flags(uint16_t value) {
  fragment_ = value;
  return *this;
}
Packet& Packet::extension(uint8_t type, Octets body) {
  if (body.size() % 8 != 6) throw std::invalid_argument("an extension header is a multiple of 8 octets");
  extensions_.push_back({type, std::move(body)});
  return *this;
}
Packet& Packet::break_ip_checksum() {
  break_ip_checksum_ = true;
  return *this;
}
Packet& Packet::udp(uint16_t source_port, uint16_t destination_port) {
  source_port_ = source_port;
  destination_port_ = destination_port;
  return *this;
}
Packet& Packet::udp_length(uint16_t value) {
  udp_length_ = value;
  return *this;
}
Packet& Packet::no_udp_checksum() {
  no_udp_checksum_ = true;
  return *this;
}
Packet& Packet::break_udp_checksum() {
  break_udp_checksum_ = true;
  return *this;
}
Packet& Packet::partial_udp_checksum() {
  partial_udp_checksum_ = true;
  return *this;
}
Packet& Packet::payload(Octets octets) {
  payload_ = std::move(octets);
  return *this;
}
Packet& Packet::query(const Query& query) {
  return payload(query.bytes());
}
Packet& Packet::behind_udp(Octets octets) {
  behind_udp_ = std::move(octets);
  return *this;
}

Octets Packet::udp_datagram() const {
  const size_t length = udp_length_.value_or(static_cast<uint16_t>(8 + payload_.size()));
  Octets out;
  put16(out, source_port_);
  put16(out, destination_port_);
  put16(out, length);
  put16(out, 0);
  put(out, payload_);
  if (no_udp_checksum_) return out;
  const uint16_t pseudo = pseudo_sum(source_, destination_, 17, length);
  auto checksum = partial_udp_checksum_ ? pseudo : static_cast<uint16_t>(~naive_sum(out, pseudo));
  if (checksum == 0) checksum = 0xFFFF;
  if (break_udp_checksum_) checksum ^= 0x0400;
  set16(out, 6, checksum);
  return out;
}

Octets Packet::ipv4_header(size_t payload_size) const {
  const size_t size = 20 + ip_options_.size();
  Octets out;
  out.push_back(first_octet_.value_or(static_cast<uint8_t>(0x40 | size / 4)));
  out.push_back(tos_);
  put16(out, ip_length_.value_or(static_cast<uint16_t>(size + payload_size)));
  put16(out, 0xBEEF);  // identification
  put16(out, fragment_);
  out.push_back(hop_limit_);
  out.push_back(protocol_);
  put16(out, 0);
  put(out, source_);
  put(out, destination_);
  put(out, ip_options_);
  set16(out, 10, static_cast<uint16_t>(~naive_sum(out) ^ (break_ip_checksum_ ? 0x0100 : 0)));
  return out;
}

Octets Packet::ipv6_header(size_t payload_size) const {
  Octets extensions;
  for (size_t i = 0; i < extensions_.size(); ++i) {
    const auto& [type, body] = extensions_[i];
    extensions.push_back(i + 1 < extensions_.size() ? extensions_[i + 1].type : protocol_);
    extensions.push_back(type == 44 ? uint8_t{0} : static_cast<uint8_t>((body.size() + 2) / 8 - 1));
    put(extensions, body);
  }
  Octets out;
  put32(out, 0x60000000U | static_cast<uint32_t>(tos_) << 20 | flow_label_);
  if (first_octet_) out[0] = *first_octet_;
  put16(out, ip_length_.value_or(static_cast<uint16_t>(extensions.size() + payload_size)));
  out.push_back(extensions_.empty() ? protocol_ : extensions_.front().type);
  out.push_back(hop_limit_);
  put(out, source_);
  put(out, destination_);
  put(out, extensions);
  return out;
}

Octets Packet::build() const {
  Octets out;
  put(out, destination_mac_);
  put(out, source_mac_);
  for (const auto& [tpid, id] : tags_) {
    put16(out, tpid);
    put16(out, id);
  }
  put16(out, ethertype_.value_or(is_ipv6_ ? 0x86DD : 0x0800));
  Octets ip_payload = udp_datagram();
  put(ip_payload, behind_udp_);
  put(out, is_ipv6_ ? ipv6_header(ip_payload.size()) : ipv4_header(ip_payload.size()));
  put(out, ip_payload);
  out.resize(std::max(out.size() + padding_, pad_to_), padding_value_);
  return out;
}

std::optional<Datagram> read_datagram(wire::Bytes frame) {
  wire::Cursor in(frame);
  Datagram d;
  std::ranges::copy(in.take(6), d.destination_mac.begin());
  std::ranges::copy(in.take(6), d.source_mac.begin());
  uint16_t ethertype = in.u16();
  if (ethertype == 0x8100) {
    d.vlan = in.u16();
    ethertype = in.u16();
  }
  d.is_ipv6 = ethertype == 0x86DD;
  if (!in.ok() || (!d.is_ipv6 && ethertype != 0x0800)) return std::nullopt;

  const auto take = [&](size_t n) {
    const wire::Bytes bytes = in.take(n);
    return Octets(bytes.begin(), bytes.end());
  };
  const size_t l3 = in.position();
  size_t ip_payload = 0;
  uint8_t protocol = 0;
  if (d.is_ipv6) {
    const uint32_t first = in.u32();
    if (first >> 28 != 6) return std::nullopt;
    d.tos = static_cast<uint8_t>(first >> 20 & 0xFF);
    d.flow_label = first & 0xFFFFF;
    ip_payload = in.u16();
    protocol = in.u8();
    d.hop_limit = in.u8();
    d.source = take(16);
    d.destination = take(16);
    d.ip_checksum_right = true;
  } else {
    if (in.u8() != 0x45) return std::nullopt;
    d.tos = in.u8();
    const uint16_t total = in.u16();
    if (total < 20) return std::nullopt;
    ip_payload = total - 20U;
    d.identification = in.u16();
    d.fragment = in.u16();
    d.hop_limit = in.u8();
    protocol = in.u8();
    d.ip_checksum = in.u16();
    d.source = take(4);
    d.destination = take(4);
    if (!in.ok()) return std::nullopt;
    d.ip_checksum_right = naive_sum(frame.subspan(l3, 20)) == 0xFFFF;
  }
  if (!in.ok() || protocol != 17 || in.left() < ip_payload) return std::nullopt;

  const size_t udp = in.position();
  d.source_port = in.u16();
  d.destination_port = in.u16();
  const uint16_t length = in.u16();
  d.udp_checksum = in.u16();
  if (!in.ok() || length < 8 || length > ip_payload) return std::nullopt;
  d.payload = take(length - 8U);
  d.pseudo_header_sum = pseudo_sum(d.source, d.destination, 17, length);
  d.udp_checksum_right =
      d.udp_checksum != 0 && naive_sum(frame.subspan(udp, length), d.pseudo_header_sum) == 0xFFFF;
  return d;
}

}  // namespace ptrd::test
