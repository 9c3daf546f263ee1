// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/data.hpp"

#include <cstring>

#include "ptrd/image/records.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

uint64_t units_of(const BoundedView& view) {
  return (view.end() + 1) * kUnitsPerLine;
}

constexpr uint64_t units_for(uint64_t bytes) {
  return (bytes + kUnitSize - 1) / kUnitSize;
}

}  // namespace

VerifiedData::VerifiedData(const BoundedView& view)
    : view_(view),
      units_(units_of(view)),
      checked_leaves4_(units_of(view)),
      checked_leaves6_(units_of(view)) {}

Bytes VerifiedData::claim(uint64_t unit, uint64_t size, const char* what) {
  const Bytes bytes = view_.bytes(unit, size, what);
  const uint64_t end = unit + units_for(size);
  const uint64_t first_taken = units_.claim(unit, end - unit);
  expect(first_taken == end, "data referenced twice", first_taken / kUnitsPerLine);
  return bytes;
}

uint16_t VerifiedData::check_tail(uint32_t number) {
  constexpr const char* kWhat = "a tail";
  const Header& h = view_.header();
  const uint64_t line = uint64_t{h.tails} + number;
  const auto& tail = view_.at<Tail>(line, kWhat);
  const uint64_t room = uint64_t{h.tail_lines - number} * kLineSize - offsetof(Tail, name);
  expect(tail.size <= room, kWhat, line);
  expect(wire::is_plain_name(view_.bytes_in(line, offsetof(Tail, name), tail.size, kWhat)), kWhat, line);
  const bool is_signed = tail.signing_number() != 0;
  if (is_signed) (void)check_signing(tail.signing_number(), line);
  const auto known = static_cast<uint16_t>(tail.size | (is_signed ? kSigned : 0));
  std::atomic_ref<uint16_t>(tails_[number]).store(known, std::memory_order_relaxed);
  return known;
}

/// A few steps: it is checked for each tail.
const LeafSigning& VerifiedData::check_signing(uint32_t number, uint64_t user) {
  constexpr const char* kWhat = "what signatures have in common";
  constexpr size_t kKeyTag = 2;
  const Header& h = view_.header();
  expect(number <= h.signing_lines, kWhat, user);
  const uint64_t line = uint64_t{h.signings} + number - 1;
  const auto& signing = view_.at<LeafSigning>(line, kWhat);
  const size_t size = offsetof(LeafSigning, rest) + signing.rest_size;
  expect(size <= uint64_t{h.signing_lines - number + 1} * kLineSize, kWhat, line);
  expect(signing.rest_size > kKeyTag && signing.rest_size <= kMaxSigningRest, kWhat, line);
  const Bytes whole = view_.bytes_in(line, 0, size, kWhat);
  expect(wire::is_plain_name(whole.subspan(offsetof(LeafSigning, rest) + kKeyTag)), kWhat, line);
  expect(signing.signature_size <= kMaxLeafSignature && signing.has_nsec <= 1, kWhat, line);
  const uint8_t* const head = signing.head;
  expect(wire::load16(head) == wire::kQuestionPointer &&
             wire::load16(head + 2) == static_cast<uint16_t>(wire::Type::rrsig) &&
             wire::load16(head + 4) == static_cast<uint16_t>(wire::Class::in) &&
             wire::load16(head + 10) == leaf_rrsig_size(signing) - kRecordHead &&
             wire::load16(head + kRecordHead) == static_cast<uint16_t>(wire::Type::ptr),
         kWhat, line);
  return signing;
}

void VerifiedData::check_signed_part(uint64_t unit, uint64_t size, uint32_t tail, uint32_t zone,
                                     uint8_t labels) {
  constexpr const char* kWhat = "a leaf's signatures";
  const uint64_t line = unit / kUnitsPerLine;
  expect(zone != 0 && view_.at<Zone>(zone, kWhat).denial != Denial::none, kWhat, line);
  const auto& signing =
      check_signing(view_.at<Tail>(uint64_t{view_.header().tails} + tail, kWhat).signing_number(), line);
  const uint64_t signature = sizeof(SignedPart) + signing.signature_size;
  if (signing.has_nsec == 0) {
    (void)claim(unit, size + signature, kWhat);
    return;
  }
  const uint64_t fixed = size + 2 * signature + sizeof(NextName);
  const uint8_t* const next = view_.bytes(unit, fixed, kWhat).last(sizeof(NextName)).data();
  const size_t prefix_size = next[offsetof(NextName, size)];
  expect(next[offsetof(NextName, skip)] <= labels && prefix_size <= kMaxNextPrefix, kWhat, line);
  const Bytes prefix = claim(unit, fixed + prefix_size, kWhat).subspan(fixed);
  size_t at = 0;
  for (; at < prefix_size; at += prefix[at] + 1U)
    expect(prefix[at] != 0 && prefix[at] <= wire::kMaxLabel, kWhat, line);
  expect(at == prefix_size, kWhat, line);
}

void VerifiedData::check_many_labels(Bytes head, uint64_t unit, Claims& checked) {
  if (checked.claimed(unit)) return;
  size_t at = 0;
  for (; at < head.size(); at += head[at] + 1U)
    expect(head[at] != 0 && head[at] <= wire::kMaxLabel, "a target's label", unit / kUnitsPerLine);
  expect(at == head.size(), "a target's size", unit / kUnitsPerLine);
  (void)checked.claim(unit, 1);  // another thread may have checked the same
}

std::span<const uint32_t> VerifiedData::check_list(uint64_t unit) {
  constexpr const char* kWhat = "a list of names";
  if (unit == 0) return {};
  LabelledList list{};
  std::memcpy(&list, view_.bytes(unit, sizeof list, kWhat).data(), sizeof list);
  expect(list.count > 0, kWhat, unit / kUnitsPerLine);
  const Bytes whole = claim(unit, sizeof list + uint64_t{list.count} * sizeof(uint32_t), kWhat);
  return {reinterpret_cast<const uint32_t*>(whole.data() + sizeof list), list.count};
}

Rrset VerifiedData::check_set(uint64_t unit, uint64_t line) {
  constexpr const char* kWhat = "a record set";
  Rrset set{};
  std::memcpy(&set, claim(unit, sizeof set, kWhat).data(), sizeof set);
  const Bytes records = claim(unit + 1, set.size, kWhat);
  const bool signatures = set.type == static_cast<uint16_t>(wire::Type::rrsig);
  (signatures ? check_signatures : check_records)(set, records, line);
  return set;
}

SeenTypes VerifiedData::check_sets(const Node& node, uint64_t line) {
  expect(node.rrset_count <= kMaxRrsets, "a name with too many record sets", line);
  SeenTypes seen;
  uint64_t unit = node.rrsets;
  int64_t last = -1;
  for (unsigned i = 0; i < node.rrset_count; ++i) {
    const Rrset set = check_set(unit, line);
    expect(rrset_place(set.type) > last, "the order of record sets", line);
    last = rrset_place(set.type);
    seen.add(set.type);
    unit += 1 + units_for(set.size);
  }
  check_flags(node, seen, line);
  return seen;
}

void VerifiedData::check_signatures_over(wire::Type covered, uint64_t unit, uint64_t line) {
  constexpr const char* kWhat = "signatures over one set";
  const Rrset set = check_set(unit, line);
  expect(set.type == static_cast<uint16_t>(wire::Type::rrsig), kWhat, line);
  each_record(view_.bytes(unit + 1, set.size, kWhat), [&](uint32_t, Bytes rdata) {
    expect(wire::load16(rdata.data()) == static_cast<uint16_t>(covered), kWhat, line);
  });
}

const Nsec3Record& VerifiedData::check_nsec3_record(uint64_t unit) {
  constexpr const char* kWhat = "an NSEC3 record";
  const uint64_t line = unit / kUnitsPerLine;
  const auto& record = *reinterpret_cast<const Nsec3Record*>(claim(unit, sizeof(Nsec3Record), kWhat).data());
  const uint64_t at = unit + sizeof record / kUnitSize;
  const Rrset set = check_set(at, line);
  expect(set.type == static_cast<uint16_t>(wire::Type::nsec3) && set.count == 1, kWhat, line);
  // The fixed part, the salt and the next hash (RFC 5155 3.2).
  wire::Cursor data(view_.bytes(at + 1, set.size, kWhat).subspan(kRecordHead));
  (void)data.take(4);
  (void)data.take(data.u8());
  expect(data.take(data.u8()).size() == sizeof record.hash && data.ok(), kWhat, line);
  check_signatures_over(wire::Type::nsec3, at + 1 + units_for(set.size), line);
  return record;
}

void VerifiedData::check_zone(const Zone& zone, uint64_t line) {
  constexpr const char* kName = "a zone's name";
  const Bytes name = claim(zone.name, zone.name_size, kName);
  expect(wire::is_plain_name(name), kName, line);
  expect(wire::Labels(name).count == zone.label_count, "a zone's labels", line);
  const bool is_signed = zone.denial != Denial::none;
  expect(zone.denial <= Denial::nsec3, "a zone's denial", line);
  expect(is_signed || zone.negative_signatures == 0, "a zone's denial", line);
  expect((zone.denial == Denial::nsec3) == (zone.nsec3 != 0), "a zone's denial", line);
  if (is_signed) check_signatures_over(wire::Type::soa, zone.negative_signatures, line);
  check_negative_soa(zone, claim(zone.negative_soa, zone.negative_soa_size, "a zone's SOA"), line);
}

}  // namespace ptrd::image
