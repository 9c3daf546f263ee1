// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/ask/ask.hpp"

#include <algorithm>

namespace ptrd::answer {

wire::Bytes ask(const Engine& engine, const wire::Name& name, uint16_t type, bool dnssec,
                std::vector<uint8_t>& buffer) {
  buffer.resize(65535 + 64);  // a message over TCP, and the space behind it that the engine wants
  std::fill_n(buffer.begin(), wire::kHeaderSize, uint8_t{0});
  wire::HeaderView(buffer.data()).set_counts(1, 0, 0, dnssec ? 1 : 0);
  wire::Writer query(buffer, wire::kHeaderSize);
  query.put(name.bytes());
  query.put16(type);
  query.put16(static_cast<uint16_t>(wire::Class::in));
  if (dnssec) {  // an OPT record with the DO bit (RFC 6891 6.1.3)
    query.put8(0);
    query.put16(static_cast<uint16_t>(wire::Type::opt));
    query.put16(wire::kUdpPayload);
    query.put32(0x8000);
    query.put16(0);
  }
  const Reply reply = engine.respond(buffer, query.position(), Transport::tcp);
  return wire::Bytes(buffer).first(reply.size);
}

}  // namespace ptrd::answer
