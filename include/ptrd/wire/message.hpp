// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::wire {

/// Size of the DNS header in bytes (RFC 1035 4.1.1).
inline constexpr size_t kHeaderSize = 12;
/// Smallest payload that every client accepts over UDP (RFC 1035 2.3.4).
inline constexpr uint16_t kMinUdpPayload = 512;
/// The UDP payload size that ptrd advertises, and its limit; avoids fragments (RFC 9715, DNS flag day 2020).
inline constexpr uint16_t kUdpPayload = 1232;
/// Size of an OPT record without options (RFC 6891 6.1.2).
inline constexpr size_t kOptSize = 11;
/// A compression pointer to the question's name, which follows the header (RFC 1035 4.1.4).
inline constexpr uint16_t kQuestionPointer = 0xC000 | kHeaderSize;

/// RR types with special treatment (IANA DNS parameters); all others are opaque (RFC 3597).
enum class Type : uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  dname = 39,
  opt = 41,
  ds = 43,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  cds = 59,
  cdnskey = 60,
  tkey = 249,
  tsig = 250,
  ixfr = 251,
  axfr = 252,
  mailb = 253,
  maila = 254,
  any = 255,
};
/// Its number on the wire.
[[nodiscard]] constexpr uint16_t code(Type type) {
  return static_cast<uint16_t>(type);
}

enum class Class : uint16_t { in = 1, ch = 3, none = 254, any = 255 };

/// RFC 1035 4.1.1, RFC 2136 2.2, RFC 6895 2.3. Values above 15 need an OPT record.
enum class Rcode : uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  notauth = 9,
  badvers = 16,
  badcookie = 23,
};

/// EDNS options (IANA "DNS EDNS0 Option Codes").
enum class Option : uint16_t {
  nsid = 3,
  cookie = 10,
  tcp_keepalive = 11,
  extended_error = 15,
  zone_version = 19,
};

/// RFC 8914 4.21.
inline constexpr uint16_t kNotAuthoritative = 20;

enum class Opcode : uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

/// The second 16-bit word of the header (RFC 1035 4.1.1, RFC 4035 3).
namespace flag {
inline constexpr uint16_t qr = 0x8000;
inline constexpr uint16_t opcode = 0x7800;
inline constexpr uint16_t aa = 0x0400;
inline constexpr uint16_t tc = 0x0200;
inline constexpr uint16_t rd = 0x0100;
inline constexpr uint16_t ra = 0x0080;
inline constexpr uint16_t ad = 0x0020;
inline constexpr uint16_t cd = 0x0010;
inline constexpr uint16_t rcode = 0x000F;
}  // namespace flag

/// The DNS header in a packet. `T` is `const uint8_t` or `uint8_t`; 12 bytes must exist.
template <typename T>
class HeaderView {
 public:
  explicit HeaderView(T* message) : p_(message) {}
  [[nodiscard]] uint16_t id() const { return load16(p_); }
  [[nodiscard]] uint16_t flags() const { return load16(p_ + 2); }
  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>((flags() & flag::opcode) >> 11); }
  [[nodiscard]] uint16_t qdcount() const { return load16(p_ + 4); }
  [[nodiscard]] uint16_t ancount() const { return load16(p_ + 6); }
  [[nodiscard]] uint16_t nscount() const { return load16(p_ + 8); }
  [[nodiscard]] uint16_t arcount() const { return load16(p_ + 10); }

  void set_flags(uint16_t v) { store16(p_ + 2, v); }
  void set_counts(uint16_t qd, uint16_t an, uint16_t ns, uint16_t ar) {
    store16(p_ + 4, qd);
    store16(p_ + 6, an);
    store16(p_ + 8, ns);
    store16(p_ + 10, ar);
  }

 private:
  T* p_;
};

}  // namespace ptrd::wire
