// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/reply.hpp"

#include <algorithm>
#include <utility>

#include "ptrd/wire/rcode.hpp"
#include "ptrd/wire/rdata.hpp"
#include "ptrd/wire/record.hpp"

namespace ptrd::client {

namespace {

using wire::Bytes;
using wire::Cursor;
using wire::Name;
using wire::Type;

tl::unexpected<std::string> malformed(const char* why) {
  return tl::unexpected<std::string>(why);
}

/// The data of a record with its names decompressed; none if they do not match the layout of the type.
std::optional<std::vector<uint8_t>> data_of(const wire::MessageReader& reader,
                                            const wire::MessageRecord& record) {
  auto data = reader.plain_rdata(record);
  if (!data || !wire::rdata_is_well_formed(record.type, *data)) return std::nullopt;
  if (record.is(Type::a) && data->size() != 4) return std::nullopt;
  if (record.is(Type::aaaa) && data->size() != 16) return std::nullopt;
  return data;
}

bool read_question(wire::MessageReader& reader, Reply& reply) {
  const auto question = reader.question();
  if (!question || question->rclass != static_cast<uint16_t>(wire::Class::in)) return false;
  reply.question = {.name = question->name, .type = static_cast<Type>(question->type)};
  return true;
}

bool read_section(wire::MessageReader& reader, uint16_t count, std::vector<Record>& section, Reply& reply) {
  for (; count > 0; --count) {
    const auto record = reader.record();
    if (!record) return false;
    if (record->is(Type::opt)) {
      reply.edns = true;
      reply.rcode = wire::extended_rcode(reply.rcode, record->ttl);
      continue;
    }
    auto data = data_of(reader, *record);
    if (!data) return false;
    if (record->rclass == static_cast<uint16_t>(wire::Class::in))
      section.push_back({record->owner, record->type, record->ttl, *std::move(data)});
  }
  return true;
}

}  // namespace

Name Record::target() const {
  return Name::from_wire(wire::rdata_name(type, data)).value_or(Name());
}

wire::AddressKey Record::address() const {
  wire::AddressKey key;
  key.family = is(Type::a) ? wire::Family::v4 : wire::Family::v6;
  key.units = is(Type::a) ? 4 : 32;
  std::copy_n(data.begin(), std::min(data.size(), key.address.size()), key.address.begin());
  return key;
}

Soa Record::soa() const {
  Soa soa;
  const Bytes bytes(data);
  if (const auto mname = Name::from_wire(bytes)) soa.mname = *mname;
  if (const auto rname = Name::from_wire(bytes.subspan(soa.mname.size()))) soa.rname = *rname;
  Cursor cursor(bytes, soa.mname.size() + soa.rname.size());
  for (uint32_t* field : {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum})
    *field = cursor.u32();
  return soa;
}

tl::expected<Reply, std::string> read_reply(Bytes message) {
  if (message.size() < wire::kHeaderSize) return malformed("shorter than a header");
  const wire::HeaderView header(message.data());
  Reply reply{.id = header.id(), .flags = header.flags()};
  reply.rcode = header.flags() & wire::flag::rcode;
  wire::MessageReader reader(message);
  if (header.qdcount() > 1) return malformed("more than one question");
  if (header.qdcount() == 1 && !read_question(reader, reply)) return malformed("a malformed question");
  if (reply.has(wire::flag::tc)) return reply;
  if (!read_section(reader, header.ancount(), reply.answer, reply))
    return malformed("a malformed answer section");
  if (!read_section(reader, header.nscount(), reply.authority, reply))
    return malformed("a malformed authority section");
  if (!read_section(reader, header.arcount(), reply.additional, reply))
    return malformed("a malformed additional section");
  return reply;
}

Match match(const Reply& reply, uint16_t id, const Question& question) {
  if (!reply.has(wire::flag::qr) || (reply.flags & wire::flag::opcode) != 0) return Match::not_a_reply;
  if (reply.id != id) return Match::other_id;
  if (!reply.question) return reply.is(wire::Rcode::noerror) ? Match::other_question : Match::yes;
  return *reply.question == question ? Match::yes : Match::other_question;
}

Found find_answer(const Reply& reply, const Question& question) {
  Found found{.records = {}, .last = question.name};
  // Each alias is a record of the reply, so a chain longer than the section is a loop.
  for (size_t hops = 0; hops <= reply.answer.size(); ++hops) {
    const Record* alias = nullptr;
    for (const Record& record : reply.answer) {
      if (!(record.owner == found.last)) continue;
      if (record.is(question.type)) found.records.push_back(&record);
      if (record.is(Type::cname)) alias = &record;
    }
    if (!found.records.empty() || alias == nullptr) return found;
    found.last = alias->target();
  }
  return found;
}

}  // namespace ptrd::client
