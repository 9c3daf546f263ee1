// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/reply.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "ptrd/wire/rdata.hpp"

namespace ptrd::client {

namespace {

using wire::Bytes;
using wire::Cursor;
using wire::Name;
using wire::Type;

tl::unexpected<std::string> malformed(const char* why) {
  return tl::unexpected<std::string>(why);
}

/// Reads one message from front to back.
class Reader {
 public:
  explicit Reader(Bytes message) : message_(message) {}

  tl::expected<Reply, std::string> read();

 private:
  bool read_question();
  bool read_section(uint16_t count, std::vector<Record>& section);
  bool read_record(std::vector<Record>& section);
  bool copy_data(uint16_t type, size_t at, size_t end, std::vector<uint8_t>& data) const;
  /// A name at the position; the position moves behind it.
  bool read_name(Name& name) {
    const auto behind = wire::read_name(message_, at_, name);
    at_ = behind.value_or(message_.size());
    return behind.has_value();
  }

  Bytes message_;
  size_t at_ = wire::kHeaderSize;
  Reply reply_;
};

tl::expected<Reply, std::string> Reader::read() {
  if (message_.size() < wire::kHeaderSize) return malformed("shorter than a header");
  const wire::HeaderView header(message_.data());
  reply_.id = header.id();
  reply_.flags = header.flags();
  reply_.rcode = header.flags() & wire::flag::rcode;
  if (header.qdcount() > 1) return malformed("more than one question");
  if (header.qdcount() == 1 && !read_question()) return malformed("a malformed question");
  if (reply_.has(wire::flag::tc)) return std::move(reply_);
  if (!read_section(header.ancount(), reply_.answer)) return malformed("a malformed answer section");
  if (!read_section(header.nscount(), reply_.authority)) return malformed("a malformed authority section");
  if (!read_section(header.arcount(), reply_.additional)) return malformed("a malformed additional section");
  return std::move(reply_);
}

bool Reader::read_question() {
  Question question;
  if (!read_name(question.name)) return false;
  Cursor cursor(message_, at_);
  question.type = static_cast<Type>(cursor.u16());
  const bool in = cursor.u16() == static_cast<uint16_t>(wire::Class::in);
  at_ = cursor.position();
  if (cursor.ok() && in) reply_.question = question;
  return cursor.ok() && in;
}

bool Reader::read_section(uint16_t count, std::vector<Record>& section) {
  for (; count > 0; --count) {
    if (!read_record(section)) return false;
  }
  return true;
}

bool Reader::read_record(std::vector<Record>& section) {
  Record record;
  if (!read_name(record.owner)) return false;
  Cursor cursor(message_, at_);
  record.type = cursor.u16();
  const uint16_t rr_class = cursor.u16();
  record.ttl = cursor.u32();
  const uint16_t size = cursor.u16();
  const size_t start = cursor.position();
  (void)cursor.take(size);
  if (!cursor.ok()) return false;
  at_ = cursor.position();
  if (record.is(Type::opt)) {
    reply_.edns = true;
    reply_.rcode = static_cast<uint16_t>((reply_.rcode & 15U) | (record.ttl >> 24U) << 4U);
    return true;
  }
  if (!copy_data(record.type, start, at_, record.data)) return false;
  if (rr_class == static_cast<uint16_t>(wire::Class::in)) section.push_back(std::move(record));
  return true;
}

/// Names are written out, as far as the type's layout has any; they must end within the record's data.
bool Reader::copy_data(uint16_t type, size_t at, size_t end, std::vector<uint8_t>& data) const {
  const Bytes within = message_.first(end);
  const wire::RdataLayout layout = wire::rdata_layout(type);
  const auto put = [&](Bytes bytes) { data.insert(data.end(), bytes.begin(), bytes.end()); };
  if (layout.names > 0) {
    if (end - at < layout.before) return false;
    put(within.subspan(at, layout.before));
    at += layout.before;
    for (size_t i = 0; i < layout.names; ++i) {
      Name name;
      // At the data's end a name would be read from nowhere.
      const auto behind = at < end ? wire::read_name(within, at, name) : std::nullopt;
      if (!behind) return false;
      at = *behind;
      put(name.bytes());
    }
    if (at > end) return false;
  }
  put(within.subspan(at, end - at));
  if (type == static_cast<uint16_t>(Type::a)) return data.size() == 4;
  if (type == static_cast<uint16_t>(Type::aaaa)) return data.size() == 16;
  if (layout.names == 0) return true;
  return wire::rdata_is_well_formed(type, data);
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
  return Reader(message).read();
}

Match match(const Reply& reply, uint16_t id, const Question& question) {
  if (!reply.has(wire::flag::qr) || (reply.flags & wire::flag::opcode) != 0) return Match::not_a_reply;
  if (reply.id != id) return Match::other_id;
  if (!reply.question) return reply.is(wire::Rcode::noerror) ? Match::other_question : Match::yes;
  return *reply.question == question ? Match::yes : Match::other_question;
}

Found find_answer(const Reply& reply, const Question& question) {
  Found found{.records = {}, .last = question.name};
  // Each alias is a record of the reply, so a chain that is longer than the section goes round.
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

std::string rcode_to_text(uint16_t rcode) {
  static constexpr std::array<std::string_view, 11> kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                              "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                              "NXRRSET", "NOTAUTH", "NOTZONE"};
  if (rcode < kNames.size()) return std::string(kNames[rcode]);
  return rcode == static_cast<uint16_t>(wire::Rcode::badvers) ? "BADVERS" : "RCODE " + std::to_string(rcode);
}

}  // namespace ptrd::client
