// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "client/query.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::client {

/// The SOA's fields (RFC 1035 3.3.13); times in seconds.
struct Soa {
  wire::Name mname;
  wire::Name rname;
  uint32_t serial = 0;
  uint32_t refresh = 0;
  uint32_t retry = 0;
  uint32_t expire = 0;
  uint32_t minimum = 0;
  bool operator==(const Soa&) const = default;
};

/// A record of a reply, its data decompressed if its type allows compression (RFC 3597 4).
struct Record {
  wire::Name owner;
  uint16_t type = 0;
  uint32_t ttl = 0;  // seconds
  std::vector<uint8_t> data;

  [[nodiscard]] bool is(wire::Type wanted) const { return type == static_cast<uint16_t>(wanted); }
  /// The name in the data of NS, CNAME, PTR.
  [[nodiscard]] wire::Name target() const;
  /// The address of an A or AAAA record.
  [[nodiscard]] wire::AddressKey address() const;
  /// The data of an SOA record.
  [[nodiscard]] Soa soa() const;
};

/// A parsed reply; records of classes other than IN are left out. If TC is set, only the header and the
/// question are read: the rest is incomplete, and may be cut anywhere (RFC 2181 9).
struct Reply {
  uint16_t id = 0;
  uint16_t flags = 0;
  uint16_t rcode = 0;  // the 12 bits of RFC 6891 6.1.3
  bool edns = false;
  std::optional<Question> question;  // none: omitted, as many servers do in error replies
  std::vector<Record> answer;
  std::vector<Record> authority;
  std::vector<Record> additional;

  [[nodiscard]] bool has(uint16_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] bool is(wire::Rcode wanted) const { return rcode == static_cast<uint16_t>(wanted); }
};

/// Parses an untrusted reply. The work is bounded: each record takes bytes of the message, pointers only lead
/// backward, and counts are checked against the data. Error: a sentence fragment such as "a record runs out
/// of the message".
[[nodiscard]] tl::expected<Reply, std::string> read_reply(wire::Bytes message);

/// Whether `reply` can be the answer to this question under this id (RFC 5452 9.1): QR, opcode, id and the
/// question itself, which only an error reply may omit.
enum class Match : uint8_t { yes, not_a_reply, other_id, other_question };
[[nodiscard]] Match match(const Reply& reply, uint16_t id, const Question& question);

/// The records of the queried type in the answer section, after following the aliases from the question (RFC
/// 1034 4.3.2 step 3a). `last` is their owner, or would be if there were any.
struct Found {
  std::vector<const Record*> records;
  wire::Name last;
};
[[nodiscard]] Found find_answer(const Reply& reply, const Question& question);

}  // namespace ptrd::client
