// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Bits of the query's header that are copied to the reply (RFC 1035 4.1.1). CD is not one of them: an
/// authoritative server has no use for it (RFC 4035 3.1.6), and Knot and NSD clear it.
inline constexpr uint16_t kEchoed = wire::flag::opcode | wire::flag::rd;

/// The TTL field of an OPT record (RFC 6891 6.1.3): the upper eight bits of `rcode`, version 0, DO.
[[nodiscard]] constexpr uint32_t opt_ttl(wire::Rcode rcode, bool dnssec_ok) {
  return static_cast<uint32_t>(rcode) >> 4 << 24 | (dnssec_ok ? 0x8000U : 0U);
}

/// Writes an OPT record without options at `p` (RFC 6891 6.1.2); `rcode` gives its upper eight bits. Returns
/// its size.
inline size_t write_plain_opt(uint8_t* p, uint16_t udp_payload, wire::Rcode rcode, bool dnssec_ok) {
  p[0] = 0;
  wire::store16(p + 1, static_cast<uint16_t>(wire::Type::opt));
  wire::store16(p + 3, udp_payload);
  wire::store32(p + 5, opt_ttl(rcode, dnssec_ok));
  wire::store16(p + 9, 0);
  return wire::kOptSize;
}

/// Bytes of the reply's COOKIE option (RFC 7873 4) with its code and length.
inline constexpr size_t kCookieOption = 4 + kClientCookie + kServerCookie;

/// Bytes of the OPT record that `write_fast_opt` writes for this query.
[[nodiscard]] inline size_t fast_opt_size(const Query& query) {
  if (!query.edns) return 0;
  return wire::kOptSize + (query.wants == 0 ? 0 : kCookieOption);
}
/// Writes the OPT record of a plain answer, which at most has a COOKIE option. Returns its size.
inline size_t write_fast_opt(uint8_t* p, const Query& query, uint16_t udp_payload) {
  const size_t size = write_plain_opt(p, udp_payload, wire::Rcode::noerror, query.dnssec_ok);
  if (query.wants == 0) [[likely]]
    return size;
  wire::store16(p + 9, kCookieOption);
  p += wire::kOptSize;
  wire::store16(p, static_cast<uint16_t>(wire::Option::cookie));
  wire::store16(p + 2, kClientCookie + kServerCookie);
  for (size_t i = 0; i < query.cookie.size(); ++i) wire::store_raw(p + 4 + 8 * i, query.cookie[i]);
  return size + kCookieOption;
}

/// A ZONEVERSION option with an SOA's serial number: its head, the labels of the zone's name, the type, the
/// number (RFC 9660 2, 2.1).
inline constexpr size_t kZoneVersionOption = 4 + 1 + 1 + 4;

/// Bytes that `write_opt` needs for this query; 0 if it had no OPT. `from_zone`: a zone will be given.
[[nodiscard]] size_t opt_size(const Query& query, const Settings& settings, wire::Rcode rcode,
                              bool from_zone = false);
/// A writer for the reply to this query: `buffer` up to the query's limit, after the first `size` bytes.
[[nodiscard]] inline wire::Writer reply_writer(wire::MutableBytes buffer, const Query& query, size_t size) {
  return {buffer.first(std::min<size_t>(buffer.size(), query.limit)), size};
}
/// Appends the OPT record for this query: NSID and the idle timeout of the connection if the client asked for
/// them (RFC 5001, RFC 7828), likewise the version of the `zone` that the question's name is in (RFC 9660),
/// "Not Authoritative" with REFUSED (RFC 8914). Returns the number of records: 0 if the query had no OPT.
uint16_t write_opt(wire::Writer& out, const Query& query, const Settings& settings, wire::Rcode rcode,
                   const image::Zone* zone = nullptr);

/// Writes a reply without records: header, the question if there is one, OPT if the query had one, TSIG if
/// the query had one and there is room (otherwise TC is set, and the client asks over TCP).
[[nodiscard]] Reply write_bare(wire::MutableBytes buffer, const Query& query, Kind kind,
                               const Settings& settings);
/// Turns a reply that was written over its query into an empty one of that kind, truncated or refused.
/// Size 0: not possible, as the query had a TSIG record.
[[nodiscard]] Reply shorten(wire::MutableBytes buffer, const Query& query, Kind kind,
                            const Settings& settings);
/// The same with the kind that was decided for the query.
[[nodiscard]] inline Reply write_bare(wire::MutableBytes buffer, const Query& query,
                                      const Settings& settings) {
  return write_bare(buffer, query, query.kind, settings);
}

}  // namespace ptrd::answer
