// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/text.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>
#include <vector>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rcode.hpp"
#include "ptrd/wire/rdata.hpp"
#include "ptrd/wire/record.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/rdata/text.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Name;

namespace {

constexpr const char* kMalformed = ";; malformed message\n";

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

std::string record_to_text(const Name& owner, uint16_t type, uint32_t ttl, Bytes rdata, TextStyle style) {
  return fmt::format("{}\t{}\tIN\t{}\t{}", name_to_text(owner.bytes(), style), ttl, type_text(type),
                     rdata_to_text(type, rdata, style));
}

std::string message_to_text(Bytes message) {
  if (message.size() < wire::kHeaderSize) return ";; message too short\n";
  const wire::HeaderView header(message.data());
  const std::array<unsigned, 4> counts = {header.qdcount(), header.ancount(), header.nscount(),
                                          header.arcount()};
  static constexpr const char* kTitles[] = {"QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"};
  std::array<std::string, 4> sections;
  std::string opt;
  uint16_t rcode = header.flags() & wire::flag::rcode;
  wire::MessageReader reader(message);
  for (unsigned i = 0; i < counts[0]; ++i) {
    const auto question = reader.question();
    if (!question) return kMalformed;
    sections[0] +=
        fmt::format(";{}\t\tIN\t{}\n", question->name.to_text(), wire::type_to_text(question->type));
  }
  for (size_t section = 1; section < 4; ++section) {
    for (unsigned i = 0; i < counts[section]; ++i) {
      const auto record = reader.record();
      if (!record) return kMalformed;
      if (record->is(wire::Type::opt)) {
        rcode = wire::extended_rcode(rcode, record->ttl);
        opt = fmt::format("\n;; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n",
                          record->ttl >> 16 & 0xFF, (record->ttl & 0x8000) != 0 ? " do" : "", record->rclass);
      } else {
        const auto rdata = reader.plain_rdata(*record);
        if (!rdata) return kMalformed;
        sections[section] +=
            record_to_text(record->owner, record->type, record->ttl, *rdata, TextStyle::dig) + '\n';
      }
    }
  }
  std::string text = fmt::format(
      ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {}\n;; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, "
      "ADDITIONAL: {}\n",
      wire::rcode_to_text(rcode), header.id(), flags_text(header.flags()), counts[0], counts[1], counts[2],
      counts[3]);
  text += opt;
  for (size_t section = 0; section < 4; ++section) {
    if (!sections[section].empty())
      text += fmt::format("\n;; {} SECTION:\n{}", kTitles[section], sections[section]);
  }
  return text;
}

}  // namespace ptrd::zone
