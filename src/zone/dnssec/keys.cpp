// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>

#include "ptrd/wire/rdata.hpp"
#include "zone/dnssec/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Type;

namespace {

uint32_t number_of(uint16_t tag, uint8_t algorithm) {
  return uint32_t{algorithm} << 16 | tag;
}

/// RFC 8078 4: a child that wants to be unsigned.
bool asks_for_deletion(uint16_t type, Bytes data) {
  return data.size() > 3 && data[type == code(Type::cds) ? 2 : 3] == 0;
}

/// Whether a CDS record's data are of a key (RFC 4034 5.1.4); also where the digest is of an unknown kind.
bool is_digest_of(Bytes cds, const wire::Name& apex, Bytes key) {
  constexpr size_t kBefore = 4;  // key tag, algorithm, kind of digest
  if (cds.size() <= kBefore) return false;
  if (wire::load16(cds.data()) != dnssec::key_tag(key) || cds[2] != key[3]) return false;
  const auto digest = dnssec::key_digest(apex.lowered().bytes(), key, cds[3]);
  return !digest || std::ranges::equal(*digest, cds.subspan(kBefore));
}

}  // namespace

ZoneKeys::ZoneKeys(ZoneData& zone) {
  const Owner& apex = *zone.find(zone.apex_key);
  if (!apex.has(Type::dnskey)) {
    zone.report.add(Rule::no_key, apex.items[0].place, [&] {
      return fmt::format("the zone {} has signatures but no DNSKEY record at its apex", zone.apex.to_text());
    });
    return;
  }
  for (const Item& item : apex.set(code(Type::dnskey))) add(zone, item);
  std::ranges::sort(algorithms_);
  algorithms_.erase(std::unique(algorithms_.begin(), algorithms_.end()), algorithms_.end());
  check_child_records(zone, apex);
}

void ZoneKeys::add(ZoneData& zone, const Item& item) {
  const auto data = dnssec::read_key(zone.data(item));
  const auto refuse = [&](const std::string& why) {
    zone.report.add(Rule::bad_key, item.place, [&] {
      return fmt::format("DNSKEY {}: {}: no signature can be verified with it", data ? data->tag : 0, why);
    });
  };
  if (!data) return refuse("no key in it");
  if (!data->signs()) {
    return refuse((data->flags & dnssec::KeyData::kZoneKey) == 0 ? "not a zone key (flag 256 is not set)"
                                                                 : "its protocol is not 3");
  }
  auto& same = keys_[number_of(data->tag, data->algorithm)];
  algorithms_.push_back(data->algorithm);
  if (same.size() == kMaxSame) {
    return refuse(fmt::format("more than {} keys have its tag and algorithm", kMaxSame));
  }
  auto key = dnssec::PublicKey::from(data->algorithm, data->key);
  if (!key) return refuse(key.error());
  same.push_back(std::move(*key));
}

void ZoneKeys::check_child_records(ZoneData& zone, const Owner& apex) {
  for (const uint16_t type : {code(Type::cds), code(Type::cdnskey)}) {
    for (const Item& item : apex.set(type)) {
      const Bytes data = zone.data(item);
      const bool known = std::ranges::any_of(apex.set(code(Type::dnskey)), [&](const Item& key) {
        return type == code(Type::cds) ? is_digest_of(data, zone.apex, zone.data(key))
                                       : std::ranges::equal(data, zone.data(key));
      });
      if (known || asks_for_deletion(type, data)) continue;
      zone.report.add(Rule::child_key, item.place, [&] {
        return fmt::format("{}: no DNSKEY record of the zone belongs to it (RFC 7344 4.1)",
                           wire::type_to_text(type));
      });
    }
  }
}

std::span<const dnssec::PublicKey> ZoneKeys::find(uint16_t tag, uint8_t algorithm) const {
  const auto it = keys_.find(number_of(tag, algorithm));
  return it == keys_.end() ? std::span<const dnssec::PublicKey>() : it->second;
}

bool ZoneKeys::has(uint16_t tag, uint8_t algorithm) const {
  return keys_.contains(number_of(tag, algorithm));
}

}  // namespace ptrd::zone
