// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/records.hpp"

#include "image/verify/fault.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

constexpr size_t kBeforeData = 12;  // owner pointer, type, class, TTL, size of the data

/// Whether `bytes` start with the fixed part of a stored record.
bool has_fixed_part(Bytes bytes, uint16_t type) {
  return bytes.size() >= kBeforeData && wire::load16(bytes.data()) == wire::kQuestionPointer &&
         wire::load16(&bytes[2]) == type && wire::load16(&bytes[4]) == static_cast<uint16_t>(wire::Class::in);
}

/// Where a walk over the labels at `from` ends: at or after `to`, at the root, or where there is no label.
size_t walk_labels(Bytes bytes, size_t from, size_t to) {
  size_t at = from;
  while (at < to && at < bytes.size() && bytes[at] != 0 && bytes[at] <= wire::kMaxLabel) at += bytes[at] + 1U;
  return at;
}

}  // namespace

std::optional<size_t> stored_record_size(Bytes bytes, uint16_t type) {
  if (!has_fixed_part(bytes, type)) return std::nullopt;
  const size_t size = wire::load16(&bytes[10]);
  const Bytes behind = bytes.subspan(kBeforeData);
  if (size > behind.size() || !wire::rdata_is_well_formed(type, behind.first(size))) return std::nullopt;
  return kBeforeData + size;
}

void check_records(const Rrset& set, Bytes records, uint64_t line) {
  expect(set.count > 0, "an empty record set", line);
  for (unsigned i = 0; i < set.count; ++i) {
    const auto size = stored_record_size(records, set.type);
    expect(size.has_value(), "a record", line);
    records = records.subspan(*size);
  }
  expect(records.empty(), "the size of a record set", line);
}

void check_signatures(const Rrset& set, Bytes records, uint64_t line) {
  constexpr size_t kBeforeName = 18;  // RFC 4034 3.1
  check_records(set, records, line);
  uint16_t last = 0;
  each_record(records, [&](uint32_t, Bytes rdata) {
    expect(wire::plain_name_size(rdata, kBeforeName).has_value(), "a signature", line);
    const uint16_t covered = wire::load16(rdata.data());
    expect(covered >= last, "the order of signatures", line);
    last = covered;
  });
}

void SeenTypes::add(uint16_t type) {
  soa = soa || type == static_cast<uint16_t>(wire::Type::soa);
  ns = ns || type == static_cast<uint16_t>(wire::Type::ns);
  cname = cname || type == static_cast<uint16_t>(wire::Type::cname);
  other = other ||
          (type != static_cast<uint16_t>(wire::Type::ds) && type != static_cast<uint16_t>(wire::Type::nsec) &&
           type != static_cast<uint16_t>(wire::Type::rrsig));
  dname = dname || type == static_cast<uint16_t>(wire::Type::dname);
}

void check_flags(const Node& node, const SeenTypes& seen, uint64_t line) {
  const auto has = [&](uint8_t flag) { return (node.flags & flag) != 0; };
  const bool apex = has(node_flag::apex);
  expect((node.flags & ~node_flag::all) == 0, "an unknown flag", line);
  expect(!apex || seen.soa, "an apex without SOA", line);
  expect(has(node_flag::cut) == (!apex && seen.ns), "the cut flag", line);
  expect(has(node_flag::cname) == seen.cname, "the CNAME flag", line);
  expect(has(node_flag::dname) == seen.dname, "the DNAME flag", line);
}

void check_negative_soa(const Zone& zone, Bytes soa, uint64_t line) {
  constexpr const char* kWhat = "a zone's SOA";
  constexpr auto kSoa = static_cast<uint16_t>(wire::Type::soa);
  if (zone.soa_pointer == 0) return expect(stored_record_size(soa, kSoa) == soa.size(), kWhat, line);
  constexpr size_t kBehind = 2 + 20;  // the pointer, and the five numbers
  expect(has_fixed_part(soa, kSoa) && wire::load16(&soa[10]) == soa.size() - kBeforeData, kWhat, line);
  const auto mname = wire::plain_name_size(soa, kBeforeData);
  expect(mname && zone.soa_pointer + kBehind == soa.size(), kWhat, line);
  // The labels of rname before the pointer; the pointer must refer to one of the labels of mname, which
  // directly precedes rname.
  const size_t rname = kBeforeData + *mname;
  expect(zone.soa_pointer >= rname && zone.soa_pointer - rname < wire::kMaxName, kWhat, line);
  const size_t own_end = walk_labels(soa, rname, zone.soa_pointer);
  const size_t target = walk_labels(soa, kBeforeData, zone.soa_target);
  expect(own_end == zone.soa_pointer && target == zone.soa_target, kWhat, line);
  expect(own_end - target <= wire::kMaxName, kWhat, line);
}

}  // namespace ptrd::image
