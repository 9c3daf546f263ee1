// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/dnssec/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "dnssec/nsec3.hpp"
#include "dnssec/type_bitmap.hpp"
#include "ptrd/wire/plural.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/chain.hpp"
#include "zone/dnssec/parts.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Type;

namespace {

/// The first record of a type in the zone.
const Item* first_of(const ZoneData& zone, uint16_t type) {
  const Item* first = nullptr;
  for (const Owner& owner : zone.owners()) {
    for (const Item& item : owner.set(type)) {
      if (first == nullptr || item.place < first->place) first = &item;
    }
  }
  return first;
}

/// RFC 5155 10.3 allows no more for any key; hashing a zone's names takes this many digests each.
constexpr uint16_t kMaxIterations = 2'500;

/// Of the chain; reports what is wrong with them. Empty: the chain cannot be followed.
std::optional<dnssec::Nsec3Parameters> nsec3_parameters(ZoneData& zone) {
  const Owner& apex = *zone.find(zone.apex_key);
  const std::span<const Item> records = apex.set(code(Type::nsec3param));
  const auto refuse = [&](uint32_t place, const std::string& what) {
    zone.report.add(Rule::nsec3_parameters, place, [&] { return what; });
    return std::nullopt;
  };
  if (records.empty()) {
    return refuse(apex.items[0].place,
                  fmt::format("the zone {} has NSEC3 records but no NSEC3PARAM record at its apex",
                              zone.apex.to_text()));
  }
  const auto parameters = dnssec::read_nsec3param(zone.data(records[0]));
  if (!parameters || parameters->algorithm != dnssec::Nsec3Parameters::kSha1) {
    return refuse(records[0].place, "NSEC3PARAM: not SHA-1, the only algorithm (RFC 5155 11)");
  }
  if (parameters->iterations > 0) {
    zone.report.add(Rule::nsec3_iterations, records[0].place, [&] {
      return fmt::format(
          "NSEC3PARAM: {}; should be 0, resolvers may treat the zone as unsigned or not answer (RFC 9276 "
          "3.1)",
          wire::plural(parameters->iterations, "iteration"));
    });
  }
  if (parameters->iterations > kMaxIterations) {
    return refuse(
        records[0].place,
        fmt::format("NSEC3PARAM: more than {} iterations; the chain is not checked", kMaxIterations));
  }
  return parameters;
}

void check_denial(ZoneData& zone, std::span<const AuthorityName> names) {
  const Item* nsec = first_of(zone, code(Type::nsec));
  const Item* nsec3 = first_of(zone, code(Type::nsec3));
  if (nsec != nullptr && nsec3 != nullptr) {
    zone.report.add(Rule::denial_mixed, std::max(nsec->place, nsec3->place), [&] {
      return fmt::format(
          "the zone {} has both NSEC and NSEC3 records ({} and {}); it can have only one chain",
          zone.apex.to_text(), zone.places.to_text(nsec->place), zone.places.to_text(nsec3->place));
    });
  } else if (nsec == nullptr && nsec3 == nullptr) {
    zone.report.add(Rule::denial_missing, zone.find(zone.apex_key)->items[0].place, [&] {
      return fmt::format(
          "the zone {} has neither NSEC nor NSEC3 records: nothing proves that a name is not there",
          zone.apex.to_text());
    });
  }
  const ChainVisitor visitor{
      .fault = [&](Rule rule, uint32_t place, const auto& text) { zone.report.add(rule, place, text); },
      .record = [&](const AuthorityName& name, wire::Bytes types, uint32_t place,
                    std::string_view kind) { check_types(zone, name, types, place, kind); }};
  if (nsec != nullptr) follow_nsec_chain(zone, names, visitor);
  if (nsec3 != nullptr || first_of(zone, code(Type::nsec3param)) != nullptr) {
    if (const auto parameters = nsec3_parameters(zone)) follow_nsec3_chain(zone, names, *parameters, visitor);
  }
}

}  // namespace

void check_types(ZoneData& zone, const AuthorityName& name, wire::Bytes bitmap, uint32_t place,
                 std::string_view record) {
  const auto stated = dnssec::read_type_bitmap(bitmap);
  std::vector<uint16_t> types;
  if (name.owner != nullptr) {
    for_each_set(*name.owner, [&](std::span<const Item> set) {
      const uint16_t type = set[0].type;
      const bool at_cut = type == code(Type::ns) || type == code(Type::rrsig) || name.signs(type);
      // RFC 5155 7.1: NSEC3 records of another name may share this one.
      if (type != code(Type::nsec3) && (!name.cut || at_cut)) types.push_back(type);
    });
  }
  if (stated && *stated == types) return;
  zone.report.add(Rule::denial_types, place, [&] {
    if (!stated) return fmt::format("{} {}: not a bitmap of types", text_of_key(name.key), record);
    std::string faults;
    const auto list = [&](const auto& from, const auto& without, std::string_view what) {
      for (const uint16_t type : from) {
        if (std::ranges::binary_search(without, type)) continue;
        if (!faults.empty()) faults += ", ";
        faults += fmt::format("{} {}", what, wire::type_to_text(type));
      }
    };
    list(types, *stated, "lacks");
    list(*stated, types, "has");
    return fmt::format("{} {}: its types are not those of the name: it {}", text_of_key(name.key), record,
                       faults);
  });
}

void check_dnssec(ZoneData& zone, const DnssecCheck& how) {
  const Owner* apex = zone.find(zone.apex_key);
  if (apex == nullptr) return;  // the SOA record has an error of its own
  if (first_of(zone, code(Type::dnskey)) == nullptr && first_of(zone, code(Type::rrsig)) == nullptr) {
    zone.report.add(Rule::not_signed, apex->items[0].place,
                    [&] { return fmt::format("the zone {} is not signed", zone.apex.to_text()); });
    return;
  }
  const ZoneKeys keys(zone);
  const AuthorityNames names(zone);
  check_signed_sets(zone, names.all(), keys, how);
  check_denial(zone, names.all());
}

}  // namespace ptrd::zone
