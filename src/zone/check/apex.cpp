// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "ptrd/wire/rdata.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Labels;
using wire::Name;
using wire::Type;

namespace {

constexpr uint32_t kMinute = 60;
constexpr uint32_t kDay = 24 * 60 * kMinute;
constexpr uint32_t kWeek = 7 * kDay;

// RFC 1912 2.2 suggests retry times from minutes to hours and an expire time of two to four weeks; RIPE-203
// 1,000 hours. Values outside these limits are almost certainly mistakes. The last limit is from RFC 2308 5:
// more than a day of negative caching "has been found problematic".
constexpr uint32_t kMinRetry = 3 * kMinute;
constexpr uint32_t kMaxRetry = kDay;
constexpr uint32_t kMinExpire = kWeek;
constexpr uint32_t kMaxExpire = 16 * kWeek;
constexpr uint32_t kMaxMinimum = kDay;

/// The data of an SOA record (RFC 1035 3.3.13).
struct Soa {
  Bytes mname;
  Bytes rname;
  uint32_t refresh;
  uint32_t retry;
  uint32_t expire;
  uint32_t minimum;
};

Soa read_soa(Bytes data) {
  // Well formed: malformed data was rejected while reading.
  const size_t first = wire::plain_name_size(data, 0).value();
  const size_t second = wire::plain_name_size(data, first).value();
  wire::Cursor cursor(data, first + second);
  cursor.u32();  // any serial number is valid
  Soa soa{.mname = data.first(first), .rname = data.subspan(first, second)};
  for (uint32_t* timer : {&soa.refresh, &soa.retry, &soa.expire, &soa.minimum}) *timer = cursor.u32();
  return soa;
}

bool same(Bytes name, const char* text) {
  return *Name::from_wire(name) == *Name::from_text(text);
}

/// Zones whose text is given by RFC 7534 3.5 and RFC 7535 3.1: nobody transfers them, so their timers and
/// number of name servers may differ from what other zones should have.
bool is_as112(const ZoneData& zone, const Soa& soa) {
  static const Name trees[] = {*Name::from_text("as112.arpa."), *Name::from_text("as112.net.")};
  return same(soa.mname, "prisoner.iana.org.") || same(soa.mname, "blackhole.as112.arpa.") ||
         zone.apex.is_below_or_at(trees[0]) || zone.apex.is_below_or_at(trees[1]);
}

/// Why a name is not a mailbox (RFC 1035 8): local part, a dot, a host name.
std::string mailbox_fault(Bytes rname) {
  const Labels labels(rname);
  if (labels.count == 0) return "it is the root";
  if (std::find(rname.begin(), rname.end(), '@') != rname.end()) return "it contains '@'; write '.' instead";
  if (labels.count == 1) return "it has only one label; a local part and a domain are expected";
  for (const uint8_t c : labels.label(rname, 0)) {
    if (c <= ' ' || c > '~')
      return "it is malformed: its local part contains " + wire::label_to_text({&c, 1});
  }
  if (const auto fault = host_name_fault(rname.subspan(labels.offset[1])))
    return "it is malformed: " + *fault;
  return {};
}

bool is_name_server(const ZoneData& zone, Bytes name) {
  const Owner* apex = zone.find(zone.apex_key);
  const auto set = apex->set(code(Type::ns));
  return std::any_of(set.begin(), set.end(),
                     [&](const Item& ns) { return wire::same_ignoring_case(zone.data(ns), name); });
}

bool looks_like_mailbox(Bytes name) {
  const Labels labels(name);
  if (labels.count == 0) return false;
  const auto first = wire::label_to_text(labels.label(name, 0));
  return first == "hostmaster" || first == "postmaster" || first == "dnsmaster";
}

void check_soa_names(ZoneData& zone, const Soa& soa, uint32_t place) {
  Report& report = zone.report;
  if (const auto fault = host_name_fault(soa.mname)) {
    report.add(Rule::soa_mname, place, [&] {
      return fmt::format("SOA: MNAME {} is not a host name: {}; the name of the primary server is expected",
                         text_of(soa.mname), *fault);
    });
  }
  if (const auto fault = mailbox_fault(soa.rname); !fault.empty()) {
    report.add(Rule::soa_rname, place,
               [&] { return fmt::format("SOA: RNAME {} is not a mailbox: {}", text_of(soa.rname), fault); });
  } else if (reverse_tree(soa.rname)) {
    report.add(Rule::soa_rname_reverse, place, [&] {
      return fmt::format("SOA: RNAME {} is in the reverse tree; is the final dot missing?",
                         text_of(soa.rname));
    });
  }
  if (looks_like_mailbox(soa.mname) || is_name_server(zone, soa.rname)) {
    report.add(Rule::soa_swapped, place, [&] {
      return fmt::format("SOA: MNAME {} and RNAME {} look swapped; the primary server comes first",
                         text_of(soa.mname), text_of(soa.rname));
    });
  }
}

void check_soa_timers(ZoneData& zone, const Soa& soa, uint32_t place) {
  Report& report = zone.report;
  if (soa.expire < soa.refresh) {
    report.add(Rule::soa_expire_refresh, place, [&] {
      return fmt::format(
          "SOA: expire {} is less than refresh {}; secondaries would drop the zone between refreshes",
          soa.expire, soa.refresh);
    });
  } else if (soa.expire < uint64_t{soa.refresh} + soa.retry) {
    report.add(Rule::soa_expire_retry, place, [&] {
      return fmt::format(
          "SOA: expire {} is less than refresh {} + retry {}; one failed refresh would drop the zone",
          soa.expire, soa.refresh, soa.retry);
    });
  }
  const auto range = [&](const char* what, uint32_t value, uint32_t min, uint32_t max) {
    if (value >= min && value <= max) return;
    report.add(Rule::soa_range, place, [&] {
      return fmt::format("SOA: {} {} is out of range; {} to {} seconds are usual", what, value, min, max);
    });
  };
  range("retry", soa.retry, kMinRetry, kMaxRetry);
  range("expire", soa.expire, kMinExpire, kMaxExpire);
  range("minimum (negative TTL)", soa.minimum, 0, kMaxMinimum);
}

void check_soa_count(ZoneData& zone, std::span<const Item> soas) {
  for (const Item& soa : soas.subspan(1)) {
    // An identical record is a duplicate.
    if (std::ranges::equal(zone.data(soa), zone.data(soas[0]))) continue;
    zone.report.add(Rule::second_soa, soa.place, [&] {
      return fmt::format("a second SOA record; the first is at {}",
                         zone.places.to_text(soas[0].place, soa.place));
    });
  }
}

void check_ns_count(ZoneData& zone, const Owner& owner) {
  const auto set = owner.set(code(Type::ns));
  std::set<std::string> targets;
  for (const Item& ns : set) targets.insert(sort_key(zone.data(ns)));
  if (targets.size() != 1) return;
  zone.report.add(Rule::one_ns, set[0].place, [&] {
    return fmt::format("{} has only one name server; registries and RFC 1034 4.1 require two",
                       text_of_key(owner.key));
  });
}

}  // namespace

void check_apex(ZoneData& zone) {
  const Owner* owner_of_soa = zone.find(zone.apex_key);
  if (owner_of_soa == nullptr || !owner_of_soa->has(Type::soa)) return;  // its data was invalid
  const Owner& apex = *owner_of_soa;
  const auto soas = apex.set(code(Type::soa));
  check_soa_count(zone, soas);
  const Soa soa = read_soa(zone.data(soas[0]));
  const bool as112 = is_as112(zone, soa);
  check_soa_names(zone, soa, soas[0].place);
  if (!as112) check_soa_timers(zone, soa, soas[0].place);
  if (!zone.whole) return;
  if (!apex.has(Type::ns)) {
    zone.report.add(Rule::no_ns, soas[0].place,
                    [&] { return fmt::format("the apex {} has no NS record", zone.apex.to_text()); });
  }
  for (const Owner& owner : zone.owners()) {
    if (!owner.has(Type::ns) || (as112 && &owner == owner_of_soa)) continue;
    const Owner* hider = zone.hider(owner.key);
    if (hider == nullptr || hider == &owner) check_ns_count(zone, owner);
  }
}

}  // namespace ptrd::zone
