// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "ptrd/wire/rdata.hpp"
#include "zone/check/answer_size.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

/// A header and a question.
constexpr size_t kMaxQuestion = wire::kHeaderSize + wire::kMaxName + 4;

template <typename What>
void report_ttl(ZoneData& zone, uint32_t place, What what, uint32_t ttl, uint32_t first_ttl,
                uint32_t first_place) {
  zone.report.add(Rule::ttl_differs, place, [&] {
    return fmt::format(
        "{}: TTL {} differs from {} at {}; an RRset has one TTL (RFC 2181 5.2), the smallest is used", what(),
        ttl, first_ttl, zone.places.to_text(first_place, place));
  });
}

template <typename What>
void report_duplicate(ZoneData& zone, uint32_t place, What what, uint32_t first_place) {
  zone.report.add(Rule::duplicate, place, [&] {
    return fmt::format("{}: duplicate of the record at {}", what(), zone.places.to_text(first_place, place));
  });
}

/// An RRset that is too large for an answer, or nearly.
void report_size(ZoneData& zone, uint32_t place, const Name& owner, uint16_t type,
                 std::span<const Bytes> rdatas, size_t others) {
  const AnswerSize size = answer_size(owner.bytes(), type, rdatas, others);
  const auto what = [&] { return owner.to_text() + ' ' + wire::type_to_text(type); };
  if (size.least > kMaxAnswer) {
    zone.report.add(Rule::set_too_large, place, [&] {
      return fmt::format(
          "{}: an answer with these {} records takes at least {} octets, a DNS message has at most {}",
          what(), rdatas.size() + others, size.least, kMaxAnswer);
    });
  } else if (!size.fits) {
    zone.report.add(Rule::set_large, place, [&] {
      return fmt::format(
          "{}: ptrd's answer with these {} records takes more than {} octets and is truncated, over TCP too",
          what(), rdatas.size() + others, kMaxAnswer);
    });
  }
}

void check_size(ZoneData& zone, const Owner& owner, std::span<const Item> set) {
  size_t full = kMaxQuestion;
  for (const Item& item : set) full += full_record_size(item.data_size);
  if (full <= kMaxAnswer) return;
  // The data of signatures are not stored; but no name in them is compressed, so that only the size matters.
  static const std::vector<uint8_t> any(kMaxAnswer);
  std::vector<Bytes> rdatas;
  for (const Item& item : set) {
    const bool stored = item.stored_size == item.data_size;
    rdatas.push_back(stored ? zone.data(item) : Bytes(any).first(item.data_size));
  }
  report_size(zone, set[0].place, name_of_sort_key(owner.key), set[0].type, rdatas, 0);
}

void check_set(ZoneData& zone, const Owner& owner, std::span<const Item> set) {
  const auto what = [&] { return text_of_key(owner.key) + ' ' + wire::type_to_text(set[0].type); };
  const auto differs =
      std::find_if(set.begin(), set.end(), [&](const Item& item) { return item.ttl != set[0].ttl; });
  // Signatures of one name belong to several sets.
  if (differs != set.end() && set[0].type != code(Type::rrsig)) {
    report_ttl(zone, differs->place, what, differs->ttl, set[0].ttl, set[0].place);
  }
  if (set.size() == 2 && !wire::same_ignoring_case(zone.data(set[0]), zone.data(set[1]))) return;
  std::vector<std::pair<std::string, const Item*>> records;
  for (const Item& item : set) records.emplace_back(comparable(item.type, zone.data(item)), &item);
  std::sort(records.begin(), records.end());
  for (size_t i = 1, first = 0; i < records.size(); ++i) {
    if (records[i].first != records[first].first) {
      first = i;
    } else {
      report_duplicate(zone, records[i].second->place, what, records[first].second->place);
    }
  }
}

template <typename Address>
void check_plain_size(ZoneData& zone, const PlainPtrs<Address>& records,
                      const std::vector<PlainPtr<Address>>& set) {
  if (kMaxQuestion + set.size() * full_record_size(wire::kMaxName) <= kMaxAnswer) return;
  const std::vector<Bytes> targets = records.repeated_targets(set[0].address);
  std::set<uint64_t> hashes;
  for (const auto& record : set) hashes.insert(record.hash());
  std::set<uint64_t> known;
  for (const Bytes target : targets) known.insert(look_at(target)->hash & ~PlainPtr<Address>::kTtlMask);
  report_size(zone, set[0].place, owner_of(set[0].address), code(Type::ptr), targets,
              hashes.size() - known.size());
}

/// Two or more records at one address.
template <typename Address>
void check_plain_set(ZoneData& zone, const PlainPtrs<Address>& records, std::vector<PlainPtr<Address>> set) {
  const PlainPtr<Address> first = set[0];
  const auto what = [&] { return owner_of(first.address).to_text() + " PTR"; };
  const auto differs =
      std::find_if(set.begin(), set.end(), [&](const auto& r) { return r.ttl() != first.ttl(); });
  if (differs != set.end() && differs->ttl() != TtlNumbers::kMany && first.ttl() != TtlNumbers::kMany) {
    report_ttl(zone, differs->place, what, zone.ttls.ttl(differs->ttl()), zone.ttls.ttl(first.ttl()),
               first.place);
  }
  check_plain_size(zone, records, set);
  std::stable_sort(set.begin(), set.end(), [](const auto& a, const auto& b) { return a.hash() < b.hash(); });
  for (size_t i = 1, start = 0; i < set.size(); ++i) {
    if (set[i].hash() != set[start].hash()) {
      start = i;
    } else {
      report_duplicate(zone, set[i].place, what, set[start].place);
    }
  }
}

template <typename Address>
void check_plain_sets(ZoneData& zone, const PlainPtrs<Address>& records) {
  if (!records.sorted()) return;  // no address occurs twice
  for (size_t i = 1; i < records.size(); ++i) {
    if (records[i].address != records[i - 1].address) continue;
    std::vector<PlainPtr<Address>> set = {records[i - 1]};
    while (i < records.size() && records[i].address == set[0].address) set.push_back(records[i++]);
    check_plain_set(zone, records, std::move(set));
  }
}

}  // namespace

std::string comparable(uint16_t type, Bytes data) {
  std::string text(reinterpret_cast<const char*>(data.data()), data.size());
  const wire::RdataLayout layout = wire::rdata_layout(type);
  if (layout.names == 0) return text;
  std::transform(text.begin() + layout.before, text.end() - layout.after, text.begin() + layout.before,
                 [](char c) { return static_cast<char>(wire::lower(static_cast<uint8_t>(c))); });
  return text;
}

void check_sets(ZoneData& zone) {
  for (const Owner& owner : zone.owners()) {
    for (std::span<const Item> rest = owner.items; !rest.empty();) {
      const auto set = owner.set(rest[0].type);
      check_size(zone, owner, set);
      if (set.size() > 1) check_set(zone, owner, set);
      rest = rest.subspan(set.size());
    }
  }
  check_plain_sets(zone, zone.plain4);
  check_plain_sets(zone, zone.plain6);
}

}  // namespace ptrd::zone
