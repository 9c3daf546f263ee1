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
    default:
      return wire::Rcode::noerror;
  }
}

/// The TSIG record of a reply to an unknown key: unsigned, with the error BADKEY (RFC 8945 5.2.1). Taken from
/// the query's before that is written over.
class TsigReply {
 public:
  TsigReply(wire::Bytes buffer, const Query& query) {
    if (query.tsig == 0) return;
    wire::Name key;
    const size_t at = wire::read_name(buffer, query.tsig, key);
    const wire::Bytes rdata = buffer.subspan(at + 10);
    const size_t algorithm = wire::plain_name_size(rdata, 0);
    constexpr size_t kTimeAndFudge = 8;
    put(key.bytes());
    put(buffer.subspan(at, 8));  // type, class, TTL
    put16(static_cast<uint16_t>(algorithm + kTimeAndFudge + 8));
    put(rdata.first(algorithm + kTimeAndFudge));
    put16(0);              // no MAC
    put(buffer.first(2));  // the id
    put16(kBadKey);
    put16(0);  // no other data
  }
  [[nodiscard]] size_t size() const { return size_; }
  size_t write(uint8_t* out) const {
    std::copy_n(bytes_.begin(), size_, out);
    return size_;
  }

 private:
  static constexpr uint16_t kBadKey = 17;
  void put(wire::Bytes bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void put16(uint16_t v) {
    wire::store16(&bytes_[size_], v);
    size_ += 2;
  }
  std::array<uint8_t, 2 * wire::kMaxName + 26> bytes_;
  size_t size_ = 0;
};

}  // namespace

const char* kind_name(Kind kind) {
  static constexpr const char* kNames[kKinds] = {"answer",  "nodata",  "nxdomain", "referral", "truncated",
                                                 "refused", "formerr", "notimp",   "badvers",  "yxdomain",
                                                 "notauth", "runt",    "not_query"};
  return kNames[static_cast<size_t>(kind)];
}

size_t opt_size(const Query& query, const Settings& settings, wire::Rcode rcode) {
  if (!query.edns) return 0;
  const size_t nsid = (query.wants & want::nsid) != 0 ? 4 + settings.server_id.size() : 0;
  const size_t keepalive = (query.wants & want::keepalive) != 0 ? 4 + sizeof settings.tcp_keepalive : 0;
  return wire::kOptSize + nsid + keepalive + (rcode == wire::Rcode::refused ? 6 : 0);
}

size_t write_opt(uint8_t* p, const Query& query, const Settings& settings, wire::Rcode rcode) {
  if (!query.edns) return 0;
  size_t size = write_plain_opt(p, settings.udp_payload, rcode, query.dnssec_ok);
  const auto put = [&](wire::Option option, wire::Bytes data) {
    wire::store16(p + size, static_cast<uint16_t>(option));
    wire::store16(p + size + 2, static_cast<uint16_t>(data.size()));
    std::copy(data.begin(), data.end(), p + size + 4);
    size += 4 + data.size();
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
  static constexpr uint8_t kReason[2] = {0, wire::kNotAuthoritative};
  if (rcode == wire::Rcode::refused) put(wire::Option::extended_error, kReason);
  wire::store16(p + 9, static_cast<uint16_t>(size - wire::kOptSize));
  return size;
}

Reply write_bare(wire::MutableBytes buffer, const Query& query, const Settings& settings) {
  const wire::Rcode rcode = rcode_of(query.kind);
  wire::HeaderView header(buffer.data());
  header.set_flags(
      static_cast<uint16_t>(wire::flag::qr | (query.flags & kEchoed) | (static_cast<uint16_t>(rcode) & 15)));
  const TsigReply tsig(buffer, query);
  const bool question = query.question_end > wire::kHeaderSize;
  header.set_counts(question ? 1 : 0, 0, 0,
                    static_cast<uint16_t>((query.edns ? 1 : 0) + (tsig.size() > 0 ? 1 : 0)));
  size_t size = query.question_end;
  size += write_opt(&buffer[size], query, settings, rcode);
  size += tsig.write(&buffer[size]);
  return {query.kind, static_cast<uint16_t>(size)};
}

Reply Engine::write_any(wire::MutableBytes buffer, Query& query) const {
  switch (query.path) {
    case Query::Path::fast4:
    case Query::Path::fast6:
    case Query::Path::denied:
    case Query::Path::general:
      return write_general(buffer, query, image_, settings_);
    case Query::Path::reply:
      return write_bare(buffer, query, settings_);
    case Query::Path::drop:
      break;
  }
  return {query.kind, 0};
}

Reply Engine::respond(wire::MutableBytes buffer, size_t size, Transport transport) const {
  const Message message{buffer.data(), static_cast<uint32_t>(buffer.size()), static_cast<uint32_t>(size)};
  Query query;
  Reply reply;
  parse({&message, 1}, transport, {&query, 1});
  walk({&query, 1});
  write({&message, 1}, {&query, 1}, {&reply, 1});
  return reply;
}

Reply Engine::respond_general(wire::MutableBytes buffer, size_t size, Transport transport) const {
  const Message message{buffer.data(), static_cast<uint32_t>(buffer.size()), static_cast<uint32_t>(size)};
  Query query;
  parse_any(message, transport, query);
  return write_any(buffer, query);
}

}  // namespace ptrd::answer
