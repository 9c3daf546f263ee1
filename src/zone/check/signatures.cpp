// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Type;

namespace {

/// The smallest TTL of the plain PTR records at an address, the one that is used; empty: none, or unknown.
template <typename Address>
std::optional<uint32_t> plain_ttl(const ZoneData& zone, const PlainPtrs<Address>& records,
                                  const wire::AddressKey& address) {
  std::optional<uint32_t> least;
  const auto range = records.within(address);
  for (size_t i = range.begin; i < range.end; ++i) {
    if (records[i].ttl() == TtlNumbers::kMany) return std::nullopt;
    least = std::min(least.value_or(std::numeric_limits<uint32_t>::max()), zone.ttls.ttl(records[i].ttl()));
  }
  return least;
}

/// The TTL of an owner's set of `type`; empty: there is none.
std::optional<uint32_t> ttl_of(const ZoneData& zone, const Owner& owner, uint16_t type) {
  const auto set = owner.set(type);
  if (!set.empty()) return std::ranges::min_element(set, {}, &Item::ttl)->ttl;
  if (type != code(Type::ptr)) return std::nullopt;
  const auto address = address_of_sort_key(owner.key);
  if (!address || !address->whole()) return std::nullopt;
  return address->family == wire::Family::v4 ? plain_ttl(zone, zone.plain4, *address)
                                             : plain_ttl(zone, zone.plain6, *address);
}

void check_ttl(ZoneData& zone, const Owner& owner, const Item& signature) {
  const uint16_t type = type_covered(zone.data(signature));
  const auto ttl = ttl_of(zone, owner, type);
  if (!ttl || *ttl == signature.ttl) return;
  zone.report.add(Rule::ttl_differs, signature.place, [&] {
    return fmt::format(
        "{} RRSIG: TTL {} differs from {} of the {} records that it covers, which is used (RFC 4034 3)",
        text_of_key(owner.key), signature.ttl, *ttl, wire::type_to_text(type));
  });
}

}  // namespace

uint16_t type_covered(wire::Bytes rrsig) {
  return rrsig.size() < 2 ? uint16_t{0} : wire::load16(rrsig.data());
}

bool is_signed(const ZoneData& zone) {
  const Owner* apex = zone.find(zone.apex_key);
  if (apex == nullptr || !apex->has(Type::dnskey)) return false;
  return std::ranges::any_of(apex->set(code(Type::rrsig)), [&](const Item& signature) {
    return type_covered(zone.data(signature)) == code(Type::soa);
  });
}

void check_signatures(ZoneData& zone) {
  const Item* first = nullptr;
  for (const Owner& owner : zone.owners()) {
    for (const Item& signature : owner.set(code(Type::rrsig))) {
      if (first == nullptr || signature.place < first->place) first = &signature;
      check_ttl(zone, owner, signature);
    }
  }
  if (first == nullptr || is_signed(zone)) return;
  zone.report.add(Rule::signatures, first->place, [&] {
    const Owner* apex = zone.find(zone.apex_key);
    const bool key = apex != nullptr && apex->has(Type::dnskey);
    return fmt::format(
        "the zone {} has signatures, but {}: so it is answered for like one that is not signed, without "
        "proofs",
        zone.apex.to_text(), key ? "none over its SOA record" : "no DNSKEY record");
  });
}

}  // namespace ptrd::zone
