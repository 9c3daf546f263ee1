// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// Arbitrary records of a zone, checked and built: the checks, that of signatures too, must end and stay
// within bounds, and what they find no error in must be built into an image that passes verification.
//
// A record of the input: how its owner and data are made, the type, the TTL; then labels (size and octets) of
// the owner, data (size and octets) or labels of a name in them.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "dnssec/key.hpp"
#include "dnssec/nsec3.hpp"
#include "dnssec/signature.hpp"
#include "dnssec/type_bitmap.hpp"
#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/check.hpp"
#include "zone/dnssec/check.hpp"

using namespace ptrd;

namespace {

using Data = std::vector<uint8_t>;

struct Made {
  Data owner;
  uint16_t type;
  uint32_t ttl;
  Data rdata;
};

constexpr size_t kRecords = 64;
constexpr std::array<uint16_t, 16> kTypes = {12, 12, 1, 2, 5, 6, 13, 15, 16, 28, 33, 39, 43, 46, 47, 0};

const wire::Name& apex() {
  static const wire::Name name = *wire::Name::from_text("2.0.192.in-addr.arpa.");
  return name;
}

/// Up to `count` labels, then `end`, as far as a name has room.
Data name_from(wire::Cursor& in, unsigned count, wire::Bytes end) {
  Data name;
  for (; count > 0; --count) {
    const wire::Bytes label = in.take(std::min<size_t>(in.u8() % 16U, in.left()));
    if (label.empty() || name.size() + 1 + label.size() + end.size() > wire::kMaxName) break;
    name.push_back(static_cast<uint8_t>(label.size()));
    name.insert(name.end(), label.begin(), label.end());
  }
  name.insert(name.end(), end.begin(), end.end());
  return name;
}

Made record_from(wire::Cursor& in) {
  constexpr std::array<uint8_t, 1> kRoot = {0};
  const uint8_t how = in.u8();
  const uint8_t choice = in.u8();
  Made made;
  made.type = kTypes[choice % kTypes.size()];
  if (made.type == 0) made.type = in.u16();
  made.ttl = in.u8();
  made.owner = name_from(in, how & 7U, (how & 8U) != 0 && choice > 240 ? wire::Bytes(kRoot) : apex().bytes());
  const wire::RdataLayout layout = wire::rdata_layout(made.type);
  if ((how & 16U) != 0 && layout.names > 0) {
    made.rdata.resize(layout.before);
    for (unsigned i = 0; i < layout.names; ++i) {
      const Data name = name_from(in, how >> 5 & 3U, (how & 128U) != 0 ? apex().bytes() : wire::Bytes(kRoot));
      made.rdata.insert(made.rdata.end(), name.begin(), name.end());
    }
    made.rdata.resize(made.rdata.size() + layout.after);
  } else {
    const wire::Bytes data = in.take(std::min<size_t>(in.u8(), in.left()));
    made.rdata.assign(data.begin(), data.end());
  }
  return made;
}

std::vector<Made> records_from(wire::Bytes input) {
  const Data host = {3, 'n', 's', '1', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
  const Data owner(apex().bytes().begin(), apex().bytes().end());
  Data soa = host;
  soa.insert(soa.end(), host.begin(), host.end());
  soa.resize(soa.size() + 20);
  std::vector<Made> records = {{owner, 6, 60, soa}, {owner, 2, 60, host}};
  wire::Cursor in(input);
  while (in.left() > 0 && records.size() < kRecords) records.push_back(record_from(in));
  return records;
}

void take_all(zone::ZoneCheck& check, const std::vector<Made>& records) {
  uint64_t line = 0;
  for (const Made& made : records) {
    (void)check.take({.owner = made.owner,
                      .type = made.type,
                      .rclass = 1,
                      .ttl = made.ttl,
                      .rdata = made.rdata,
                      .file = "fuzz",
                      .line = ++line});
  }
  check.finish(true);
}

/// The same records as a signed zone.
void check_signatures(const std::vector<Made>& records) {
  zone::SetCheck checks(true);
  take_all(**checks.open(apex()), records);
  checks.visit_whole([](zone::ZoneData& zone) {
    zone::check_dnssec(zone, {.time = 1'800'000'000, .run = image::run_in_turn});
  });
  std::vector<zone::Finding> findings;
  checks.finish(findings);
}

/// The input as the data of each record that DNSSEC reads, and as a label.
void read_dnssec(wire::Bytes input) {
  (void)dnssec::hash_from_label(input);
  (void)dnssec::read_type_bitmap(input);
  (void)dnssec::read_nsec3param(input);
  if (const auto nsec3 = dnssec::read_nsec3(input)) (void)dnssec::read_type_bitmap(nsec3->types);
  Data canonical;
  for (const uint16_t type : kTypes) dnssec::append_canonical(type, input, canonical);
  if (const auto signature = dnssec::read_signature(input)) {
    const std::array<wire::Bytes, 2> data = {input, signature->signature};
    dnssec::signed_data(*signature, signature->signer, data, canonical);
  }
  if (const auto key = dnssec::read_key(input)) {
    const auto made = dnssec::PublicKey::from(key->algorithm, key->key);
    if (made) (void)made->verifies(input, key->key);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  zone::SetCheck checks;
  zone::ZoneCheck& check = **checks.open(apex());
  const std::vector<Made> records = records_from({data, size});
  take_all(check, records);
  check_signatures(records);
  read_dnssec({data, size});
  std::vector<zone::Finding> findings;
  checks.finish(findings);
  zone::sort_findings(findings);
  for (const zone::Finding& finding : findings) {
    if (finding.severity == zone::Severity::error) return 0;
  }
  image::Builder builder;
  const image::ZoneId zone = *builder.add_zone(apex());
  for (const Made& made : records) builder.add(zone, made.owner, made.type, made.ttl, made.rdata);
  if (!builder.refused_zones().empty()) return 0;  // signed, and no check without --dnssec looks at that
  const auto lines = builder.build();
  if (!lines || !image::verify(*lines)) abort();
  return 0;
}
