// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/changeset.hpp"

#include <array>
#include <utility>

#include "ptrd/wire/plural.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::change {

namespace {

using Failure = tl::unexpected<std::string>;
using wire::Type;

constexpr auto kIn = static_cast<uint16_t>(wire::Class::in);
constexpr auto kNone = static_cast<uint16_t>(wire::Class::none);
constexpr auto kAny = static_cast<uint16_t>(wire::Class::any);

/// A record as it is encoded.
struct Encoded {
  wire::Bytes owner;
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint32_t ttl = 0;
  wire::Bytes rdata;
  size_t size = 0;
};

/// The record at the start of `bytes`; empty if it extends past them.
std::optional<Encoded> read_encoded(wire::Bytes bytes) {
  const auto owner = wire::plain_name_size(bytes, 0);
  if (!owner) return std::nullopt;
  wire::Cursor cursor(bytes, *owner);
  Encoded record;
  record.owner = bytes.first(*owner);
  record.type = cursor.u16();
  record.rclass = cursor.u16();
  record.ttl = cursor.u32();
  record.rdata = cursor.take(cursor.u16());
  record.size = cursor.position();
  if (!cursor.ok()) return std::nullopt;
  return record;
}

Op op_of(const Encoded& record) {
  if (record.rclass == kIn) return Op::add;
  if (record.rclass == kNone) return Op::remove_record;
  return record.type == wire::code(Type::any) ? Op::remove_name : Op::remove_set;
}

uint16_t class_of(Op op) {
  if (op == Op::add) return kIn;
  return op == Op::remove_record ? kNone : kAny;
}

/// Types that are not of records in zones (RFC 6895 3.1: OPT, query and meta types).
bool is_meta(uint16_t type) {
  return type == 0 || type == wire::code(Type::opt) || (type >= 128 && type <= 255);
}

/// The size that data of the type must have; 0: it depends.
size_t fixed_size(uint16_t type) {
  if (type == wire::code(Type::a)) return 4;
  return type == wire::code(Type::aaaa) ? 16 : 0;
}

/// Whether `name` is `apex` or below it, in bytes of names that are whole.
bool is_at_or_below(wire::Bytes name, wire::Bytes apex) {
  while (name.size() > apex.size()) name = name.subspan(name[0] + 1U);
  return wire::same_ignoring_case(name, apex);
}

/// What is wrong with a record of the zone; null: nothing.
const char* find_fault(const Encoded& record, wire::Bytes apex) {
  constexpr uint32_t kMaxTtl = 0x7FFF'FFFF;  // RFC 2181 8
  const bool soa = record.type == wire::code(Type::soa);
  if (!is_at_or_below(record.owner, apex)) return "its owner is not in the zone";
  switch (record.rclass) {
    case kIn:
      if (record.ttl > kMaxTtl) return "its TTL is above 2147483647";
      if (soa && record.owner.size() != apex.size()) return "a SOA record below the apex";
      break;
    case kNone:
      if (record.ttl != 0) return "a removal with a TTL";
      break;
    case kAny:
      if (record.ttl != 0) return "a removal with a TTL";
      if (!record.rdata.empty()) return "a removal of a set with data";
      if (soa) return "a SOA record cannot be removed; add its successor";
      return record.type != wire::code(Type::any) && is_meta(record.type) ? "not a type of records in zones"
                                                                          : nullptr;
    default:
      return "its class is not IN, NONE or ANY";
  }
  if (is_meta(record.type)) return "not a type of records in zones";
  const size_t size = fixed_size(record.type);
  if (!wire::rdata_is_well_formed(record.type, record.rdata) || (size != 0 && record.rdata.size() != size))
    return "its data is not what its type has";
  if (soa && op_of(record) != Op::add) return "a SOA record cannot be removed; add its successor";
  return nullptr;
}

std::string describe(uint32_t number, const Encoded& record) {
  return "record " + std::to_string(number) + " (" + wire::Name::from_wire(record.owner)->to_text() + ' ' +
         wire::type_to_text(record.type) + "): ";
}

/// The head of the first of `bytes`: the size of the whole. Error: what is wrong.
tl::expected<size_t, std::string> read_head(wire::Bytes bytes) {
  wire::Cursor cursor(bytes);
  const uint32_t magic = cursor.u32();
  const uint32_t size = cursor.u32();
  (void)cursor.take(8);
  const uint8_t demands = cursor.u8();
  const uint8_t rule = cursor.u8();
  const uint16_t zero = cursor.u16();
  if (!cursor.ok()) return Failure("shorter than a changeset's head");
  if (magic != kMagic) return Failure("not a changeset, or one of another version");
  if (size > bytes.size()) return Failure("the changeset is not whole");
  if (size < kHeadSize || size > kMaxBatch || demands > 1 || rule >= kSerialRules || zero != 0)
    return Failure("a changeset's head is not valid");
  return size;
}

void append(std::string& out, wire::Bytes bytes) {
  out.append(wire::as_text(bytes));
}

void append16(std::string& out, uint16_t value) {
  std::array<uint8_t, 2> bytes{};
  wire::store16(bytes.data(), value);
  append(out, bytes);
}

void append32(std::string& out, uint32_t value) {
  std::array<uint8_t, 4> bytes{};
  wire::store32(bytes.data(), value);
  append(out, bytes);
}

/// Overwrites the number at `at`.
void set32(std::string& out, size_t at, uint32_t value) {
  wire::store32(reinterpret_cast<uint8_t*>(out.data()) + at, value);
}

}  // namespace

Record Changeset::Iterator::operator*() const {
  const Encoded record = *read_encoded(rest_);
  return {op_of(record), record.owner, record.type, record.ttl, record.rdata};
}

Changeset::Iterator& Changeset::Iterator::operator++() {
  rest_ = rest_.subspan(read_encoded(rest_)->size);
  return *this;
}

tl::expected<Changeset, std::string> Changeset::decode(wire::Bytes bytes) {
  const auto size = read_head(bytes);
  if (!size) return Failure(size.error());
  if (*size != bytes.size()) return Failure("there is something behind the changeset");
  const auto apex_size = wire::plain_name_size(bytes, kHeadSize);
  if (!apex_size) return Failure("the changeset's apex is not a whole, uncompressed name");
  const wire::Bytes apex = bytes.subspan(kHeadSize, *apex_size);
  const Changeset changeset(bytes, kHeadSize + *apex_size);
  wire::Bytes rest = bytes.subspan(changeset.records_);
  uint32_t number = 0;
  for (; !rest.empty(); ++number) {
    const auto record = read_encoded(rest);
    if (!record || number == changeset.size())
      return Failure(changeset.apex().to_text() + ": record " + std::to_string(number + 1) +
                     (record ? " is one more than the head says" : " is not whole"));
    if (const char* fault = find_fault(*record, apex))
      return Failure(changeset.apex().to_text() + ": " + describe(number + 1, *record) + fault);
    rest = rest.subspan(record->size);
  }
  if (number != changeset.size())
    return Failure(changeset.apex().to_text() + ": fewer records than the head says");
  return changeset;
}

wire::Name Changeset::apex() const {
  wire::Name apex;
  (void)apex.assign(bytes_.subspan(kHeadSize));
  return apex;
}

std::optional<uint32_t> Changeset::from() const {
  if (bytes_[16] == 0) return std::nullopt;
  return wire::load32(&bytes_[12]);
}

SerialRule Changeset::rule() const {
  return static_cast<SerialRule>(bytes_[17]);
}

tl::expected<std::vector<Changeset>, std::string> decode_batch(wire::Bytes bytes) {
  if (bytes.empty()) return Failure("no changeset");
  if (bytes.size() > kMaxBatch)
    return Failure(wire::plural(bytes.size(), "byte") + " of changesets; at most " +
                   std::to_string(kMaxBatch) + " in one request");
  std::vector<Changeset> batch;
  while (!bytes.empty()) {
    const auto size = read_head(bytes);
    if (!size) return Failure(size.error());
    const auto changeset = Changeset::decode(bytes.first(*size));
    if (!changeset) return Failure(changeset.error());
    batch.push_back(*changeset);
    bytes = bytes.subspan(*size);
  }
  return batch;
}

Builder::Builder(const wire::Name& apex, std::optional<uint32_t> from, SerialRule rule) {
  append32(out_, kMagic);
  out_.append(kHeadSize - 4, '\0');
  out_[17] = static_cast<char>(rule);
  append(out_, apex.bytes());
  if (from) set_from(*from);
}

void Builder::set_from(uint32_t serial) {
  set32(out_, 12, serial);
  out_[16] = 1;
}

void Builder::put(const Record& record) {
  append(out_, record.owner);
  append16(out_, record.op == Op::remove_name ? wire::code(Type::any) : record.type);
  append16(out_, class_of(record.op));
  append32(out_, record.op == Op::add ? record.ttl : 0);
  const bool has_data = record.op == Op::add || record.op == Op::remove_record;
  append16(out_, has_data ? static_cast<uint16_t>(record.rdata.size()) : uint16_t{0});
  if (has_data) append(out_, record.rdata);
  ++count_;
}

std::string Builder::finish() {
  set32(out_, 4, static_cast<uint32_t>(out_.size()));
  set32(out_, 8, count_);
  return std::move(out_);
}

}  // namespace ptrd::change
