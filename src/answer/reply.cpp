// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/reply.hpp"

#include <algorithm>
#include <array>

#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

namespace {

wire::Rcode rcode_of(Kind kind) {
  switch (kind) {
    case Kind::nxdomain:
      return wire::Rcode::nxdomain;
    case Kind::refused:
      return wire::Rcode::refused;
    case Kind::formerr:
      return wire::Rcode::formerr;
    case Kind::notimp:
      return wire::Rcode::notimp;
    case Kind::badvers:
      return wire::Rcode::badvers;
    case Kind::yxdomain:
      return wire::Rcode::yxdomain;
    case Kind::notauth:
      return wire::Rcode::notauth;
    case Kind::badcookie:
      return wire::Rcode::badcookie;
    default:
      return wire::Rcode::noerror;
  }
}

/// The TSIG record of a reply to an unknown key: unsigned, with the error BADKEY (RFC 8945 5.2.1). Built from
/// the query's record before that is overwritten.
class TsigReply {
 public:
  TsigReply(wire::Bytes buffer, const Query& query) : record_(bytes_, 0) {
    if (query.tsig == 0) return;
    // It is the query's last record. A pointer in its name may lead to bytes that run on behind the query.
    const size_t fixed = wire::skip_name(buffer, query.tsig).value_or(query.tsig);
    const size_t end = fixed + 10 + wire::load16(&buffer[fixed + 8]);
    wire::Name key;
    const auto behind = wire::read_name(buffer.first(end), query.tsig, key);
    malformed_ = !behind;
    if (malformed_) return;
    const size_t at = *behind;
    const wire::Bytes rdata = buffer.subspan(at + 10);
    const size_t algorithm = *wire::plain_name_size(rdata, 0);
    constexpr size_t kTimeAndFudge = 8;
    record_.put(key.bytes());
    record_.put(buffer.subspan(at, 8));  // type, class, TTL
    record_.put16(static_cast<uint16_t>(algorithm + kTimeAndFudge + 8));
    record_.put(rdata.first(algorithm + kTimeAndFudge));
    record_.put16(0);              // no MAC
    record_.put(buffer.first(2));  // the id
    record_.put16(kBadKey);
    record_.put16(0);  // no other data
  }
  TsigReply(const TsigReply&) = delete;
  TsigReply& operator=(const TsigReply&) = delete;
  /// Whether its name is malformed: nothing has checked it before.
  [[nodiscard]] bool malformed() const { return malformed_; }
  /// Empty when the query has none.
  [[nodiscard]] wire::Bytes record() const { return wire::Bytes(bytes_).first(record_.position()); }

 private:
  static constexpr uint16_t kBadKey = 17;
  std::array<uint8_t, 2 * wire::kMaxName + 26> bytes_;
  wire::Writer record_;
  bool malformed_ = false;
};

}  // namespace

size_t opt_size(const Query& query, const Settings& settings, wire::Rcode rcode, bool from_zone) {
  if (!query.edns) return 0;
  const size_t nsid = (query.wants & want::nsid) != 0 ? 4 + settings.server_id.size() : 0;
  const size_t keepalive = (query.wants & want::keepalive) != 0 ? 4 + sizeof settings.tcp_keepalive : 0;
  const size_t cookie = (query.wants & want::cookie) != 0 ? kCookieOption : 0;
  const size_t version = from_zone && (query.wants & want::zone_version) != 0 ? kZoneVersionOption : 0;
  return wire::kOptSize + nsid + keepalive + cookie + version + (rcode == wire::Rcode::refused ? 6 : 0);
}

uint16_t write_opt(wire::Writer& out, const Query& query, const Settings& settings, wire::Rcode rcode,
                   const image::Zone* zone) {
  if (!query.edns) return 0;
  const size_t size = opt_size(query, settings, rcode, zone != nullptr);
  if (out.left() < size) return 0;
  out.put8(0);
  out.put16(static_cast<uint16_t>(wire::Type::opt));
  out.put16(settings.udp_payload);
  out.put32(opt_ttl(rcode, query.dnssec_ok));
  out.put16(static_cast<uint16_t>(size - wire::kOptSize));
  const auto put = [&](wire::Option option, wire::Bytes data) {
    out.put16(static_cast<uint16_t>(option));
    out.put16(static_cast<uint16_t>(data.size()));
    out.put(data);
  };
  if ((query.wants & want::nsid) != 0) {
    put(wire::Option::nsid,
        {reinterpret_cast<const uint8_t*>(settings.server_id.data()), settings.server_id.size()});
  }
  if ((query.wants & want::keepalive) != 0) {
    std::array<uint8_t, 2> timeout{};
    wire::store16(timeout.data(), settings.tcp_keepalive);
    put(wire::Option::tcp_keepalive, timeout);
  }
  if ((query.wants & want::cookie) != 0) {
    put(wire::Option::cookie, {reinterpret_cast<const uint8_t*>(query.cookie.data()), sizeof query.cookie});
  }
  if ((query.wants & want::zone_version) != 0 && zone != nullptr) {
    std::array<uint8_t, kZoneVersionOption - 4> version{zone->label_count};  // then type 0, SOA-SERIAL
    wire::store32(&version[2], zone->serial);
    put(wire::Option::zone_version, version);
  }
  static constexpr uint8_t kReason[2] = {0, wire::kNotAuthoritative};
  if (rcode == wire::Rcode::refused) put(wire::Option::extended_error, kReason);
  return 1;
}

// Header, the longest question, and OPT with every option fit in 512 bytes, which any client accepts.
static_assert(wire::kHeaderSize + wire::kMaxName + 4 + wire::kOptSize + 4 + kMaxServerId + 6 + kCookieOption +
                  kZoneVersionOption + 6 <=
              wire::kMinUdpPayload);

Reply write_bare(wire::MutableBytes buffer, const Query& query, Kind kind, const Settings& settings) {
  const TsigReply tsig(buffer, query);
  if (tsig.malformed()) kind = Kind::formerr;
  const wire::Rcode rcode = rcode_of(kind);
  unsigned flags = wire::flag::qr | (query.flags & kEchoed) | (static_cast<unsigned>(rcode) & 15U);
  if (kind == Kind::truncated) flags |= wire::flag::tc;
  wire::Writer out = reply_writer(buffer, query, query.question_end);
  uint16_t additional = write_opt(out, query, settings, rcode);
  if (out.left() >= tsig.record().size()) {
    out.put(tsig.record());
    additional = static_cast<uint16_t>(additional + (tsig.record().empty() ? 0 : 1));
  } else {
    flags |= wire::flag::tc;
  }
  wire::HeaderView header(buffer.data());
  header.set_flags(static_cast<uint16_t>(flags));
  header.set_counts(query.question_end > wire::kHeaderSize ? 1 : 0, 0, 0, additional);
  return {kind, static_cast<uint16_t>(out.position())};
}

Reply shorten(wire::MutableBytes buffer, const Query& query, Kind kind, const Settings& settings) {
  if (query.tsig != 0) return {kind, 0};  // the reply has overwritten it
  return write_bare(buffer, query, kind, settings);
}

}  // namespace ptrd::answer
