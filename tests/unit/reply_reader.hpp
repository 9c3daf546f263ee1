// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::test {

/// A parsed DNS message, its names decompressed.
struct Reply {
  struct Record {
    std::string owner;
    uint16_t type;
    uint32_t ttl;
    std::vector<uint8_t> rdata;  // names expanded
    /// The first name in the data.
    [[nodiscard]] std::string target() const {
      return wire::Name::from_wire(wire::rdata_name(type, rdata))->to_text();
    }
  };
  uint16_t id = 0;
  uint16_t flags = 0;
  std::string question;  // as received, case preserved; empty: none
  uint16_t type = 0;
  std::array<std::vector<Record>, 3> sections;  // answer, authority, additional without OPT
  bool edns = false;
  uint16_t udp_payload = 0;
  uint32_t edns_flags = 0;
  unsigned rcode = 0;  // with EDNS's upper bits
  bool pointers = false;

  [[nodiscard]] const std::vector<Record>& answer() const { return sections[0]; }
  [[nodiscard]] const std::vector<Record>& authority() const { return sections[1]; }
  [[nodiscard]] const std::vector<Record>& additional() const { return sections[2]; }
  [[nodiscard]] bool has(uint16_t flag) const { return (flags & flag) != 0; }
};

/// Empty if the message is malformed in any way: counts, lengths, pointers, trailing junk.
inline std::optional<Reply> read_reply(wire::Bytes message) {
  if (message.size() < wire::kHeaderSize) return std::nullopt;
  const wire::HeaderView header(message.data());
  Reply reply{.id = header.id(), .flags = header.flags()};
  reply.rcode = reply.flags & wire::flag::rcode;
  size_t at = wire::kHeaderSize;
  wire::Name name;
  if (header.qdcount() > 1) return std::nullopt;
  if (header.qdcount() == 1) {
    const auto behind = wire::read_name(message, at, name);
    if (!behind || *behind + 4 > message.size()) return std::nullopt;
    at = *behind;
    reply.question = name.to_text();
    reply.type = wire::load16(&message[at]);
    at += 4;
  }
  const std::array<unsigned, 3> counts = {header.ancount(), header.nscount(), header.arcount()};
  for (size_t s = 0; s < 3; ++s) {
    for (unsigned i = 0; i < counts[s]; ++i) {
      const auto behind = wire::read_name(message, at, name);
      if (!behind) return std::nullopt;
      wire::Cursor cursor(message, *behind);
      Reply::Record record{.owner = name.to_text(), .type = cursor.u16()};
      const uint16_t rclass = cursor.u16();
      record.ttl = cursor.u32();
      const size_t size = cursor.u16();
      if (!cursor.ok() || cursor.left() < size) return std::nullopt;
      at = cursor.position();
      const size_t end = at + size;
      if (record.type == static_cast<uint16_t>(wire::Type::opt)) {
        if (s != 2 || reply.edns) return std::nullopt;
        reply.edns = true;
        reply.udp_payload = rclass;
        reply.edns_flags = record.ttl;
        reply.rcode |= record.ttl >> 24 << 4;
        at = end;
        continue;
      }
      const auto layout = wire::rdata_layout(record.type);
      const auto copy = [&](size_t to) {
        record.rdata.insert(record.rdata.end(), message.begin() + static_cast<ptrdiff_t>(at),
                            message.begin() + static_cast<ptrdiff_t>(to));
        at = to;
      };
      if (at + layout.before > end) return std::nullopt;
      copy(at + layout.before);
      for (unsigned n = 0; n < layout.names; ++n) {
        wire::Name inner;
        const auto behind_inner = wire::read_name(message, at, inner);
        if (!behind_inner || *behind_inner > end) return std::nullopt;
        at = *behind_inner;
        record.rdata.insert(record.rdata.end(), inner.bytes().begin(), inner.bytes().end());
      }
      copy(end);
      if (!wire::rdata_is_well_formed(record.type, record.rdata)) return std::nullopt;
      reply.sections[s].push_back(std::move(record));
    }
  }
  if (at != message.size()) return std::nullopt;
  return reply;
}

}  // namespace ptrd::test
