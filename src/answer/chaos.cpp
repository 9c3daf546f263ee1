// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/chaos.hpp"

#include <string_view>

#include "answer/reply.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

namespace {

using wire::Bytes;

bool is(Bytes name, std::string_view wire_text) {
  return wire::same_ignoring_case(name,
                                  {reinterpret_cast<const uint8_t*>(wire_text.data()), wire_text.size()});
}

/// The text for a name in class CH; empty: unknown name, or not configured.
std::string_view text_of(Bytes name, const Settings& settings) {
  using std::string_view_literals::operator""sv;
  if (is(name, "\7version\4bind\0"sv) || is(name, "\7version\6server\0"sv)) return settings.version;
  if (is(name, "\2id\6server\0"sv) || is(name, "\10hostname\4bind\0"sv)) return settings.server_id;
  return {};
}

}  // namespace

Reply write_chaos(wire::MutableBytes buffer, const Query& query, const Settings& settings) {
  const std::string_view text = text_of(Bytes(buffer).subspan(wire::kHeaderSize, query.name.size), settings);
  const bool asked = query.type == static_cast<uint16_t>(wire::Type::txt) ||
                     query.type == static_cast<uint16_t>(wire::Type::any);
  if (text.empty()) return write_bare(buffer, query, Kind::refused, settings);
  if (!asked) return write_bare(buffer, query, Kind::nodata, settings);
  wire::Writer out = reply_writer(buffer, query, query.question_end);
  out.put16(wire::kQuestionPointer);
  out.put16(static_cast<uint16_t>(wire::Type::txt));
  out.put16(static_cast<uint16_t>(wire::Class::ch));
  out.put32(0);
  out.put16(static_cast<uint16_t>(text.size() + 1));
  out.put8(static_cast<uint8_t>(text.size()));
  out.put({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  const uint16_t additional = write_opt(out, query, settings, wire::Rcode::noerror);
  wire::HeaderView header(buffer.data());
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed)));
  header.set_counts(1, 1, 0, additional);
  return {Kind::answer, static_cast<uint16_t>(out.position())};
}

// The longest such name, its text and every option fit in a reply of 512 bytes, which any client accepts.
static_assert(wire::kHeaderSize + 17 + 4 + 13 + 255 + wire::kOptSize + 4 + kMaxServerId <=
              wire::kMinUdpPayload);

}  // namespace ptrd::answer
