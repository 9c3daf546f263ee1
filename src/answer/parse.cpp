// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/parse.hpp"

#include <algorithm>
#include <optional>

#include "ptrd/wire/address_scan.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

using wire::Bytes;
using wire::Cursor;
using wire::QuestionName;

namespace {

/// Maximum number of records and EDNS options in a query. At most three records in a query have a meaning:
/// the SOA of an IXFR, OPT and TSIG. Allowing more would only let one message cost as much as many.
constexpr unsigned kMaxRecords = 6;
constexpr unsigned kMaxOptions = 64;
/// Octets of a record's owner that are passed over in one step of the budget (answer/budget.hpp). An option
/// takes one step.
constexpr size_t kOctetsOfStep = 16;

/// The EDNS data of the additional section (RFC 6891 6.1).
struct Edns {
  bool present = false;
  bool dnssec_ok = false;
  uint8_t wants = 0;  // of `want`
  uint8_t version = 0;
  Bytes cookie;  // the data of the first COOKIE option
  uint16_t udp_payload = 0;
  unsigned work = 0;  // Query::work
};

/// Reads the data of an OPT record, a list of code, length, bytes (RFC 6891 6.1.2). Returns false if it is
/// malformed or has more than kMaxOptions options; skips unknown options.
bool read_options(Bytes rdata, Edns& edns) {
  Cursor cursor(rdata);
  for (unsigned options = 0; cursor.ok() && cursor.left() > 0; ++options) {
    if (options == kMaxOptions) return false;
    ++edns.work;
    const uint16_t option = cursor.u16();
    const Bytes data = cursor.take(cursor.u16());
    if (option == static_cast<uint16_t>(wire::Option::cookie) && edns.cookie.data() == nullptr)
      edns.cookie = data;
    if (option == static_cast<uint16_t>(wire::Option::nsid)) edns.wants |= want::nsid;
    if (option == static_cast<uint16_t>(wire::Option::tcp_keepalive)) edns.wants |= want::keepalive;
    if (option == static_cast<uint16_t>(wire::Option::zone_version)) {
      if (!data.empty()) return false;  // RFC 9660 3.2
      edns.wants |= want::zone_version;
    }
  }
  return cursor.ok();
}

/// The options that we can answer. Over UDP keepalive has no meaning (RFC 7828 3.2.1).
uint8_t told(Transport transport, const Settings& settings) {
  const bool keepalive = transport == Transport::tcp && settings.tcp_keepalive != 0;
  return static_cast<uint8_t>((settings.server_id.empty() ? 0 : want::nsid) |
                              (keepalive ? want::keepalive : 0) | want::zone_version);
}

bool take_opt(uint16_t rclass, uint32_t ttl, Bytes rdata, Edns& edns) {
  if (edns.present || !read_options(rdata, edns)) return false;
  edns.present = true;
  edns.udp_payload = rclass;
  edns.version = static_cast<uint8_t>(ttl >> 16);
  edns.dnssec_ok = (ttl & 0x8000) != 0;
  return true;
}

/// Whether the data are those of a TSIG record (RFC 8945 4.2): algorithm, time, fudge, MAC, original id,
/// error, other data.
bool is_tsig_data(Bytes rdata) {
  const auto algorithm = wire::plain_name_size(rdata, 0);
  if (!algorithm) return false;
  Cursor cursor(rdata, *algorithm);
  cursor.take(6 + 2);
  cursor.take(cursor.u16());
  cursor.take(2 + 2);
  cursor.take(cursor.u16());
  return cursor.ok() && cursor.left() == 0;
}

/// Whether the name at `at`, which `skip_name` has accepted, is the root, in place or through one pointer.
bool is_root(Bytes message, size_t at) {
  if (message[at] >= 0xC0) at = wire::load16(&message[at]) & 0x3FFFU;
  return message[at] == 0;
}

unsigned record_count(wire::HeaderView<const uint8_t> header) {
  return unsigned{header.ancount()} + header.nscount() + header.arcount();
}

/// Reads the records after the question, which ends at `at`. They must be well formed, at most kMaxRecords,
/// with at most one OPT, in the additional section, and a TSIG only at the end. Bytes after the last counted
/// record are ignored, as by BIND and NSD.
bool read_sections(Bytes message, size_t at, Edns& edns, uint16_t& tsig) {
  const wire::HeaderView header(message.data());
  const unsigned before_additional = header.ancount() + header.nscount();
  const unsigned records = record_count(header);
  if (records > kMaxRecords) return false;
  for (unsigned i = 0; i < records; ++i) {
    const size_t start = at;
    const std::optional<size_t> behind = wire::skip_name(message, start);
    if (!behind) return false;
    edns.work += static_cast<unsigned>((*behind - start) / kOctetsOfStep);
    Cursor cursor(message, *behind);
    const uint16_t type = cursor.u16();
    const uint16_t rclass = cursor.u16();
    const uint32_t ttl = cursor.u32();
    const Bytes rdata = cursor.take(cursor.u16());
    if (!cursor.ok()) return false;
    at = cursor.position();
    if (type == static_cast<uint16_t>(wire::Type::opt)) {
      if (i < before_additional || !is_root(message, start) || !take_opt(rclass, ttl, rdata, edns))
        return false;
    } else if (type == static_cast<uint16_t>(wire::Type::tsig)) {
      // The key's name is read later, when it is copied to the reply.
      if (i < before_additional || i + 1 != records || !is_tsig_data(rdata)) return false;
      tsig = static_cast<uint16_t>(start);
    }
  }
  return true;
}

void finish(Query& query, Kind kind) {
  query.path = is_reply(kind) ? Query::Path::reply : Query::Path::drop;
  query.kind = kind;
}

/// The header's four counts as one word, in the byte order of a message.
constexpr uint64_t kOneQuestion = __builtin_bswap64(1ULL << 48);
constexpr uint64_t kOneQuestionAndOpt = __builtin_bswap64(1ULL << 48 | 1);

/// The eight bytes after the id of a plain query: QR and opcode 0, any other flags, one question, no answer
/// or authority records.
constexpr uint64_t kPlainMask = __builtin_bswap64(0xF800'FFFF'FFFF'FFFFULL);
constexpr uint64_t kPlain = __builtin_bswap64(0x0000'0001'0000'0000ULL);
/// Type PTR, class IN, in the byte order of a message.
constexpr uint32_t kPtrIn = __builtin_bswap32(12U << 16 | 1U);
/// Size in bytes of a query for the shortest address name, 0.0.0.0.in-addr.arpa.
constexpr size_t kSmallestPlain = wire::kHeaderSize + 8 + wire::kInAddrSuffixSize + 4;

/// The size limit of a reply if no OPT record raises it.
uint16_t first_limit(const Message& message, Transport transport) {
  return transport == Transport::tcp ? static_cast<uint16_t>(std::min<uint32_t>(message.room, 0xFFFF))
                                     : wire::kMinUdpPayload;
}

/// A count of one, in the byte order of a message.
constexpr uint16_t kOneMore = __builtin_bswap16(1);
/// The first eight bytes of an OPT record: root, type 41, payload, extended rcode, version 0, flags.
constexpr uint64_t kOptMask = __builtin_bswap64(0xFFFF'FF00'0000'FF00ULL);
constexpr uint64_t kOpt = __builtin_bswap64(0x0000'2900'0000'0000ULL);
/// Bytes of an EDNS option's code and length.
constexpr size_t kOptionHead = 4;

/// Whether the OPT record, which takes the message's last `size` bytes, has a COOKIE option (RFC 7873 4) and
/// no other. The option's head is readable if it is not there.
bool has_cookie_alone(const uint8_t* opt, size_t size) {
  constexpr uint32_t kCookie = static_cast<uint32_t>(wire::Option::cookie) << 16;
  const size_t data = size - wire::kOptSize - kOptionHead;
  return size >= wire::kOptSize + kOptionHead && wire::load16(opt + 9) == data + kOptionHead &&
         wire::load32(opt + wire::kOptSize) == (kCookie | data);
}

/// The size limit of a UDP reply to a client that accepts `payload` bytes (RFC 6891 6.2.5).
uint16_t limit_of(uint16_t payload, const Settings& settings) {
  return std::clamp(payload, wire::kMinUdpPayload, settings.udp_payload);
}

/// Whether this is the single OPT record that nearly all queries have: root owner, directly after the
/// question, at the end of the message.
bool is_plain_opt(Bytes message, size_t at) {
  return message.size() >= at + wire::kOptSize && message[at] == 0 &&
         wire::load16(&message[at + 1]) == static_cast<uint16_t>(wire::Type::opt) &&
         message.size() - at - wire::kOptSize == wire::load16(&message[at + 9]);
}

/// The part of `parse_any` after the question. Returns false if it has decided the outcome of the query.
bool parse_records(Bytes message, uint64_t counts, const Settings& settings, Query& query) {
  Edns edns;
  bool good = false;
  if (counts == kOneQuestionAndOpt && is_plain_opt(message, query.question_end)) {
    const uint8_t* opt = &message[query.question_end];
    const Bytes rdata = message.subspan(query.question_end + wire::kOptSize);
    good = take_opt(wire::load16(opt + 3), wire::load32(opt + 5), rdata, edns);
  } else {
    good = read_sections(message, query.question_end, edns, query.tsig);
  }
  if (!good) {
    query.tsig = 0;
    finish(query, Kind::formerr);
    return false;
  }
  query.work = static_cast<uint16_t>(edns.work);
  query.edns = edns.present;
  query.dnssec_ok = edns.dnssec_ok;
  if (edns.cookie.data() != nullptr) {
    query.cookie_at = static_cast<uint16_t>(edns.cookie.data() - message.data());
    query.cookie_size = static_cast<uint16_t>(edns.cookie.size());
  }
  query.wants = edns.wants;
  if (query.wants != 0) [[unlikely]]
    query.wants &= told(query.transport, settings);
  if (edns.present && query.transport == Transport::udp) {
    query.limit = limit_of(edns.udp_payload, settings);
  }
  if (edns.version != 0) {
    finish(query, Kind::badvers);
    return false;
  }
  // No key is configured, so every key is unknown (RFC 8945 5.2.1).
  if (query.tsig != 0) finish(query, Kind::notauth);
  return query.tsig == 0;
}

/// Parses messages without exactly one question, and other opcodes. Decides the outcome of the query.
void parse_other(Bytes message, const Settings& settings, Query& query) {
  const wire::HeaderView header(message.data());
  const wire::Opcode opcode = header.opcode();
  const bool one = header.qdcount() == 1;
  const bool known =
      opcode == wire::Opcode::query || opcode == wire::Opcode::notify || opcode == wire::Opcode::update;
  if (header.qdcount() > 1) return finish(query, known ? Kind::formerr : Kind::notimp);
  // An UPDATE may have any number of records and is always refused. If there are too many they are not read,
  // nor is an OPT among them, so the reply has none.
  const bool unread = one && opcode == wire::Opcode::update && record_count(header) > kMaxRecords;
  if (!unread && !parse_records(message, 0, settings, query) && query.kind != Kind::formerr) return;
  if (!known) {
    query.question_end = wire::kHeaderSize;
    return finish(query, Kind::notimp);
  }
  if (query.path == Query::Path::reply) return;
  if (!one || opcode == wire::Opcode::query) return finish(query, Kind::formerr);
  // NOTIFY and UPDATE are not supported: REFUSED for a zone of ours, NOTAUTH for others.
  query.path = Query::Path::general;
}

}  // namespace

void parse_any(const Message& given, Transport transport, const Settings& settings, Query& query) {
  const Bytes buffer = given.buffer();
  const size_t size = given.size;
  const Bytes message = buffer.first(size);
  query.edns = query.dnssec_ok = false;
  query.wants = 0;
  query.cookie_at = 0;
  query.transport = transport;
  query.work = query.tsig = 0;
  query.limit = first_limit(given, transport);
  query.question_end = wire::kHeaderSize;
  if (size < wire::kHeaderSize) return finish(query, Kind::drop_runt);
  const wire::HeaderView header(buffer.data());
  query.flags = header.flags();
  if ((query.flags & wire::flag::qr) != 0) return finish(query, Kind::drop_not_query);
  query.path = Query::Path::general;
  if (header.qdcount() != 1) return parse_other(message, settings, query);

  wire::scan_question_name(buffer, wire::kHeaderSize, size, query.name);
  const size_t behind_name = wire::kHeaderSize + query.name.size;
  if (query.name.kind == QuestionName::Kind::malformed || behind_name + 4 > size) {
    const bool known = header.opcode() == wire::Opcode::query || header.opcode() == wire::Opcode::notify ||
                       header.opcode() == wire::Opcode::update;
    return finish(query, known ? Kind::formerr : Kind::notimp);
  }
  query.type = wire::load16(&buffer[behind_name]);
  query.rclass = wire::load16(&buffer[behind_name + 2]);
  query.question_end = static_cast<uint16_t>(behind_name + 4);
  if ((query.flags & wire::flag::opcode) != 0) return parse_other(message, settings, query);

  // One question, no records, nothing after it: the usual plain query.
  const auto counts = wire::load_raw<uint64_t>(&buffer[4]);
  if (counts != kOneQuestion) (void)parse_records(message, counts, settings, query);
}

namespace {

/// Parses a plain question for an address's name; returns false if the message is anything else.
[[gnu::always_inline]] inline bool parse_plain(const Message& given, Transport transport,
                                               const Settings& settings, Query& query) {
  const uint8_t* p = given.data;
  if (given.size < kSmallestPlain) return false;
  // Flags and counts, except the additional section's, in one comparison: a query, opcode 0, one question.
  if ((wire::load_raw<uint64_t>(p + 2) & kPlainMask) != kPlain) return false;
  const auto additional = wire::load_raw<uint16_t>(p + 10);
  if (!wire::scan_address(p + wire::kHeaderSize, given.size - wire::kHeaderSize - 4, query.name))
    return false;
  const size_t behind_name = wire::kHeaderSize + query.name.size;
  if (wire::load_raw<uint32_t>(p + behind_name) != kPtrIn) return false;

  query.edns = query.dnssec_ok = false;
  query.wants = 0;
  query.cookie_at = 0;
  query.transport = transport;
  query.work = query.tsig = 0;
  query.limit = first_limit(given, transport);
  query.question_end = static_cast<uint16_t>(behind_name + 4);
  query.flags = wire::load16(p + 2);
  query.type = static_cast<uint16_t>(wire::Type::ptr);
  query.rclass = static_cast<uint16_t>(wire::Class::in);
  query.path = query.name.kind == QuestionName::Kind::v4 ? Query::Path::fast4 : Query::Path::fast6;
  if (additional == 0) [[likely]]
    return true;
  const uint8_t* opt = p + query.question_end;
  // The OPT record of resolvers: without options, or with a COOKIE option alone.
  const bool bare =
      given.size == query.question_end + wire::kOptSize && wire::load_raw<uint16_t>(opt + 9) == 0;
  if (additional == kOneMore && (wire::load_raw<uint64_t>(opt) & kOptMask) == kOpt &&
      (bare || has_cookie_alone(opt, given.size - query.question_end))) {
    query.edns = true;
    query.dnssec_ok = (opt[7] & 0x80) != 0;
    if (transport == Transport::udp) query.limit = limit_of(wire::load16(opt + 3), settings);
    if (bare) return true;
    query.cookie_at = static_cast<uint16_t>(query.question_end + wire::kOptSize + kOptionHead);
    query.cookie_size = wire::load16(opt + wire::kOptSize + 2);
    return true;
  }
  const Bytes message = Bytes(given.buffer()).first(given.size);
  if (parse_records(message, wire::load_raw<uint64_t>(p + 4), settings, query) && query.wants != 0)
    query.path = Query::Path::general;
  return true;
}

}  // namespace

void parse(std::span<const Message> messages, Transport transport, const Settings& settings,
           std::span<Query> queries) {
  for (size_t i = 0; i < messages.size(); ++i) {
    if (!parse_plain(messages[i], transport, settings, queries[i]))
      parse_any(messages[i], transport, settings, queries[i]);
  }
}

}  // namespace ptrd::answer
