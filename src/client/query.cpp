// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/query.hpp"

#include <algorithm>
#include <random>

namespace ptrd::client {

std::vector<uint8_t> write_query(const Question& question, uint16_t id, QueryStyle style) {
  const wire::Bytes name = question.name.bytes();
  const size_t behind_name = wire::kHeaderSize + name.size();
  std::vector<uint8_t> message(behind_name + 4 + (style.edns ? wire::kOptSize : 0));
  uint8_t* const bytes = message.data();
  wire::store16(bytes, id);
  wire::HeaderView header(bytes);
  header.set_flags(style.recursion_desired ? wire::flag::rd : uint16_t{0});
  header.set_counts(1, 0, 0, style.edns ? 1 : 0);
  std::copy(name.begin(), name.end(), bytes + wire::kHeaderSize);
  wire::store16(bytes + behind_name, static_cast<uint16_t>(question.type));
  wire::store16(bytes + behind_name + 2, static_cast<uint16_t>(wire::Class::in));
  if (style.edns) {  // owner: the root; no extended rcode, version 0, no flags, no options
    wire::store16(bytes + behind_name + 5, static_cast<uint16_t>(wire::Type::opt));
    wire::store16(bytes + behind_name + 7, wire::kUdpPayload);
  }
  return message;
}

uint16_t random_id() {
  thread_local std::random_device source;
  return static_cast<uint16_t>(source());
}

}  // namespace ptrd::client
