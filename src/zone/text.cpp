// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/text.hpp"

#include <fmt/core.h>
extern "C" {  // the headers do not say so themselves
#include <libknot/libknot.h>
}

#include <array>
#include <vector>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Cursor;
using wire::Name;

namespace {

/// Generic form of RFC 3597 5.
std::string opaque_rdata(Bytes rdata) {
  std::string text = fmt::format("\\# {}", rdata.size());
  if (!rdata.empty()) text += ' ';
  for (const uint8_t byte : rdata) text += fmt::format("{:02X}", byte);
  return text;
}

std::string rdata_to_text(const Name& owner, uint16_t type, Bytes rdata) {
  knot_rrset_t set;
  std::array<uint8_t, wire::kMaxName> name{};
  std::copy(owner.bytes().begin(), owner.bytes().end(), name.begin());
  knot_rrset_init(&set, name.data(), type, KNOT_CLASS_IN, 0);
  std::string text;
  if (knot_rrset_add_rdata(&set, rdata.data(), static_cast<uint16_t>(rdata.size()), nullptr) == KNOT_EOK) {
    std::vector<char> out(1024 + 8 * rdata.size());
    const int size = knot_rrset_txt_dump_data(&set, 0, out.data(), out.size(), &KNOT_DUMP_STYLE_DEFAULT);
    if (size >= 0) text.assign(out.data(), static_cast<size_t>(size));
    knot_rdataset_clear(&set.rrs, nullptr);
  }
  return text.empty() ? opaque_rdata(rdata) : text;
}

/// The data of a record in a message with its names written out.
std::vector<uint8_t> expanded(Bytes message, size_t at, size_t size, uint16_t type) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  std::vector<uint8_t> out;
  const auto copy = [&](size_t from, size_t to) {
    const Bytes part = message.subspan(from, to - from);
    out.insert(out.end(), part.begin(), part.end());
  };
  const size_t end = at + size;
  if (layout.before > size) return out;
  copy(at, at + layout.before);
  size_t next = at + layout.before;
  for (unsigned i = 0; i < layout.names; ++i) {
    Name name;
    const auto behind = wire::read_name(message, next, name);
    if (!behind || *behind > end) break;
    out.insert(out.end(), name.bytes().begin(), name.bytes().end());
    next = *behind;
  }
  copy(next, end);
  return out;
}

const char* rcode_text(unsigned rcode) {
  switch (static_cast<wire::Rcode>(rcode)) {
    case wire::Rcode::noerror:
      return "NOERROR";
    case wire::Rcode::formerr:
      return "FORMERR";
    case wire::Rcode::servfail:
      return "SERVFAIL";
    case wire::Rcode::nxdomain:
      return "NXDOMAIN";
    case wire::Rcode::notimp:
      return "NOTIMP";
    case wire::Rcode::refused:
      return "REFUSED";
    case wire::Rcode::yxdomain:
      return "YXDOMAIN";
    case wire::Rcode::notauth:
      return "NOTAUTH";
    case wire::Rcode::badvers:
      return "BADVERS";
  }
  return "RESERVED";
}

std::string flags_text(uint16_t flags) {
  static constexpr std::pair<uint16_t, const char*> kFlags[] = {
      {wire::flag::qr, " qr"}, {wire::flag::aa, " aa"}, {wire::flag::tc, " tc"}, {wire::flag::rd, " rd"},
      {wire::flag::ra, " ra"}, {wire::flag::ad, " ad"}, {wire::flag::cd, " cd"}};
  std::string text;
  for (const auto& [bit, name] : kFlags) {
    if ((flags & bit) != 0) text += name;
  }
  return text;
}

}  // namespace

std::string record_to_text(const Name& owner, uint16_t type, uint32_t ttl, Bytes rdata) {
  return fmt::format("{}\t{}\tIN\t{}\t{}", owner.to_text(), ttl, wire::type_to_text(type),
                     rdata_to_text(owner, type, rdata));
}

std::string message_to_text(Bytes message) {
  if (message.size() < wire::kHeaderSize) return ";; message too short\n";
  const wire::HeaderView header(message.data());
  const std::array<unsigned, 4> counts = {header.qdcount(), header.ancount(), header.nscount(),
                                          header.arcount()};
  static constexpr const char* kTitles[] = {"QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"};
  std::array<std::string, 4> sections;
  std::string opt;
  unsigned rcode = header.flags() & wire::flag::rcode;
  size_t at = wire::kHeaderSize;
  for (size_t section = 0; section < 4; ++section) {
    for (unsigned i = 0; i < counts[section]; ++i) {
      Name owner;
      const auto behind = wire::read_name(message, at, owner);
      if (!behind) return ";; malformed message\n";
      Cursor cursor(message, *behind);
      const uint16_t type = cursor.u16();
      const uint16_t rclass = cursor.u16();
      if (section == 0) {
        sections[0] += fmt::format(";{}\t\tIN\t{}\n", owner.to_text(), wire::type_to_text(type));
        at = cursor.position();
        continue;
      }
      const uint32_t ttl = cursor.u32();
      const uint16_t size = cursor.u16();
      if (!cursor.ok() || cursor.left() < size) return ";; malformed message\n";
      at = cursor.position() + size;
      if (type == static_cast<uint16_t>(wire::Type::opt)) {
        rcode |= ttl >> 24 << 4;
        opt = fmt::format("\n;; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n",
                          ttl >> 16 & 0xFF, (ttl & 0x8000) != 0 ? " do" : "", rclass);
      } else {
        const auto rdata = expanded(message, cursor.position(), size, type);
        sections[section] += record_to_text(owner, type, ttl, rdata) + '\n';
      }
    }
  }
  std::string text = fmt::format(
      ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {}\n;; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, "
      "ADDITIONAL: {}\n",
      rcode_text(rcode), header.id(), flags_text(header.flags()), counts[0], counts[1], counts[2], counts[3]);
  text += opt;
  for (size_t section = 0; section < 4; ++section) {
    if (!sections[section].empty())
      text += fmt::format("\n;; {} SECTION:\n{}", kTitles[section], sections[section]);
  }
  return text;
}

}  // namespace ptrd::zone
