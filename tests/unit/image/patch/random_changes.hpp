// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Random changes of random zones in an image in memory, and the comparison with a fresh compile. For tests,
// which draw numbers, and for a fuzzer, which makes them.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "answer/ask/ask.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/image/patch/zone_records.hpp"

namespace ptrd::test {

using wire::Type;
using Op = image::RecordChange::Op;
using image::View;

/// All records of an image, one a line, in order.
inline std::vector<std::string> dump(const View& view) {
  std::vector<std::string> lines;
  image::traverse(view, image::Visitor{.set = [&](const image::OwnedSet& set) {
                    image::each_record(set.records, [&](uint32_t ttl, wire::Bytes rdata) {
                      lines.push_back(set.owner.to_text() + " " + std::to_string(ttl) + " " +
                                      std::to_string(set.type) + " " + string_of(rdata));
                    });
                  }});
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Compares a changed image with one compiled from the changed zones: what is wrong; empty: nothing.
inline std::string difference(const PatchedImage& patched, const ZoneRecords& zones,
                              const std::set<std::string>& names) {
  const auto fresh = zones.compile();
  if (!fresh) return "cannot be compiled: " + fresh.error();
  const auto copy = patched.copy();
  if (const auto ok = image::verify(copy); !ok) return ok.error();
  const View view(copy);
  const View other(*fresh);
  const auto records = dump(view);
  const auto expected = dump(other);
  const auto [a_record, b_record] =
      std::mismatch(records.begin(), records.end(), expected.begin(), expected.end());
  if (a_record != records.end() || b_record != expected.end()) {
    return "other records: " + (a_record == records.end() ? "the end" : *a_record) + " instead of " +
           (b_record == expected.end() ? "the end" : *b_record);
  }
  if (view.header().records != other.header().records)
    return "the header counts " + std::to_string(view.header().records) + " records, not " +
           std::to_string(other.header().records);
  const answer::Engine one(view);
  const answer::Engine two(other);
  std::vector<uint8_t> a;
  std::vector<uint8_t> b;
  for (const std::string& text : names) {
    const auto name = wire::Name::from_text(text);
    if (!name) continue;
    for (const Type type : {Type::ptr, Type::txt, Type::ns, Type::ds, Type::soa, Type::any}) {
      const auto first = answer::ask(one, *name, wire::code(type), true, a);
      const auto second = answer::ask(two, *name, wire::code(type), true, b);
      if (!std::equal(first.begin(), first.end(), second.begin(), second.end()))
        return "another reply to " + text + " " + wire::type_to_text(wire::code(type)) + ": RCODE " +
               std::to_string(first[3] & 15) + " and " + std::to_string(first[7]) + " records, not " +
               std::to_string(second[3] & 15) + " and " + std::to_string(second[7]);
    }
  }
  return {};
}

/// Random zones and changes, of few names, so that they meet.
class Random {
 public:
  /// `next` gives any number.
  explicit Random(std::function<unsigned()> next) : next_(std::move(next)) {}
  unsigned below(unsigned end) { return next_() % end; }
  bool one_in(unsigned n) { return below(n) == 0; }

  std::string address_name() {
    const bool v4 = v4_;
    wire::AddressKey key{.family = v4 ? wire::Family::v4 : wire::Family::v6,
                         .units = static_cast<uint8_t>(v4 ? 4 : 32)};
    if (v4) {
      key.address = {10, static_cast<uint8_t>(below(2)), static_cast<uint8_t>(below(2)),
                     static_cast<uint8_t>(one_in(3) ? below(256) : below(20))};
    } else {
      for (unsigned ones = below(5); ones > 0; --ones) {
        const unsigned place = one_in(2) ? 28 + below(4) : below(32);
        key.address[place / 2] = static_cast<uint8_t>(
            key.address[place / 2] | (place % 2 == 0 ? 16 * (1 + below(15)) : 1 + below(15)));
      }
    }
    return wire::name_of_key(key).to_text();
  }
  std::string name_above(std::string name, unsigned least = 2) {
    const unsigned labels = static_cast<unsigned>(std::count(name.begin(), name.end(), '.'));
    for (unsigned less = below(labels - least + 1); less > 0; --less) name.erase(0, name.find('.') + 1);
    return name;
  }
  /// A name of any kind.
  std::string any_name() {
    v4_ = one_in(2);
    const std::string address = address_name();
    switch (below(8)) {
      case 0:
        return name_above(address);
      case 1:
        return "*." + name_above(address);
      case 2:
        return "x." + name_above(address);
      case 3:
        return std::string("y.x") + std::to_string(below(3)) + "." + name_above(address);
      case 4:
        return "a-label-that-is-longer-than-one-line-of-64-bytes-has-room." + name_above(address);
      default:
        return address;
    }
  }
  ZoneRecords::Record record(const std::string& owner) {
    const std::string some = std::to_string(below(3));
    const uint32_t ttl = 300 * (1 + below(2));
    if (signed_ && one_in(2)) {
      if (one_in(2)) return {owner, code(Type::nsec), ttl, nsec("n" + some + "." + owner)};
      return {owner, code(Type::rrsig), ttl, rrsig(one_in(3) ? Type::nsec : Type::ptr, below(3))};
    }
    switch (below(12)) {
      case 0:
        return {owner, code(Type::txt), ttl, txt_data("text " + some)};
      case 1:
        return {owner, code(Type::ns), ttl, wire_name("ns" + some + ".elsewhere.")};
      case 2:
        return {owner, code(Type::dname), ttl, wire_name("elsewhere.")};
      case 3:
        return {owner, code(Type::cname), ttl, wire_name("alias.example.")};
      case 4:
        return {owner, code(Type::ds), ttl, u16(1) + std::string("\x08\x02") + std::string(32, 'd')};
      default:
        return {owner, code(Type::ptr), ttl, wire_name("host" + some + ".of.example.")};
    }
  }

  static std::string nsec(const std::string& next) {
    return wire_name(next) + std::string("\x00\x06\x00\x08\x00\x00\x00\x03", 8);
  }
  static std::string rrsig(Type covered, unsigned salt) {
    return u16(code(covered)) + std::string("\x0d\x06", 2) + u32(3600) + u32(2000000000) + u32(1700000000) +
           u16(salt) + wire_name("10.in-addr.arpa.") + std::string(64, static_cast<char>('a' + salt));
  }
  /// Records as a signer leaves them: those that make a zone signed. Signatures are not valid.
  void sign(ZoneRecords& zones, const std::string& apex) {
    zones.add(apex, apex, Type::dnskey, std::string("\x01\x01\x03\x0d", 4) + std::string(64, 'k'));
    zones.add(apex, apex, Type::rrsig, rrsig(Type::soa, 0));
    zones.add(apex, apex, Type::nsec, nsec(apex));
  }

  ZoneRecords zones(bool ranges, bool with_signed) {
    signed_ = with_signed;
    ZoneRecords zones;
    zones.start(one_in(2) ? "10.in-addr.arpa." : one_in(2) ? "in-addr.arpa." : "arpa.");
    if (one_in(2)) zones.start("1.10.in-addr.arpa.");
    if (one_in(3) && zones.zones.begin()->first != "10.in-addr.arpa.") {
      zones.add(zones.zones.begin()->first, "10.in-addr.arpa.", Type::ns, wire_name("ns.elsewhere."));
    }
    if (!zones.zones.contains("arpa.")) zones.start(one_in(2) ? "0.0.ip6.arpa." : "ip6.arpa.");
    if (one_in(3)) zones.start("0.0.0.0.ip6.arpa.");
    for (const auto& [apex, zone] : std::map(zones.zones)) {
      if (with_signed && !one_in(4)) sign(zones, apex);
    }
    for (unsigned names = below(40); names > 0; --names) {
      const std::string owner = any_name();
      for (const auto& [apex, zone] : zones.zones) {
        if (!ZoneRecords::is_at_or_below(owner, apex) || owner == apex) continue;
        ZoneRecords::Record made = record(owner);
        if (made.type == code(Type::cname) || made.type == code(Type::dname)) made.type = code(Type::ptr);
        zones.apply(apex, {Op::add, made});
      }
    }
    const std::string first = zones.zones.begin()->first;
    if (one_in(2) && ZoneRecords::is_at_or_below("10.in-addr.arpa.", first)) {
      for (unsigned octet = 0; octet < 256; ++octet) {
        zones.add_like_an_update(first, std::to_string(octet) + ".0.0.10.in-addr.arpa.", Type::ptr,
                                 wire_name("h-" + std::to_string(octet) + ".pool.example."), 300);
      }
    }
    // As many neighbours as make a table of two nibbles.
    if (one_in(3)) {
      for (auto& [apex, zone] : zones.zones) {
        if (!ZoneRecords::is_at_or_below("0.0.0.0.0.ip6.arpa.", apex)) continue;
        for (unsigned last = 0; last < 256; ++last) {
          wire::AddressKey key{.family = wire::Family::v6, .units = 32};
          key.address[15] = static_cast<uint8_t>(last);
          zones.add_like_an_update(apex, wire::name_of_key(key).to_text(), Type::ptr,
                                   wire_name("six-" + std::to_string(last * last) + ".example."), 300);
        }
        break;
      }
    }
    if (ranges) {
      for (auto& [apex, zone] : zones.zones) {
        if (ZoneRecords::is_at_or_below("10.in-addr.arpa.", apex) && one_in(2))
          zone.ranges.push_back({one_in(2) ? "10.0.1.0/24" : "10.0.0.0/15", "ranges.example."});
        if (apex == "1.10.in-addr.arpa." && one_in(2))
          zone.ranges.push_back({"10.1.0.0/16", "deeper.example."});
        if (ZoneRecords::is_at_or_below("0.0.ip6.arpa.", apex) && one_in(2))
          zone.ranges.push_back({one_in(2) ? "::/112" : "::/64", "ranges.example."});
      }
    }
    return zones;
  }

  std::vector<ZoneRecords::Change> changes(const ZoneRecords& zones, const std::string& apex) {
    std::vector<ZoneRecords::Change> some;
    const auto& records = zones.zones.at(apex).records;
    for (unsigned count = 1 + below(4); count > 0; --count) {
      std::string owner = any_name();
      ZoneRecords::Record made = record(owner);
      const bool old = one_in(2);
      if (old) made = records[below(static_cast<unsigned>(records.size()))];
      if (!ZoneRecords::is_at_or_below(made.owner, apex)) continue;
      const Op op = old ? static_cast<Op>(1 + below(3)) : one_in(6) ? static_cast<Op>(1 + below(3)) : Op::add;
      if (made.type == code(Type::soa)) continue;
      some.push_back({op, made});
    }
    const uint32_t serial = zones.zones.at(apex).serial + 1;
    some.push_back({Op::add, {apex, code(Type::soa), 3600, soa_data(serial)}});
    return some;
  }

  std::string pick(const ZoneRecords& zones) {
    auto it = zones.zones.begin();
    std::advance(it, below(static_cast<unsigned>(zones.zones.size())));
    return it->first;
  }

 private:
  static uint16_t code(Type type) { return wire::code(type); }
  std::function<unsigned()> next_;
  bool v4_ = true;
  bool signed_ = false;
};

inline std::string text_of(const std::vector<ZoneRecords::Change>& changes) {
  std::string text;
  for (const auto& change : changes) {
    text += "  op " + std::to_string(static_cast<int>(change.op)) + " " + change.record.owner + " " +
            wire::type_to_text(change.record.type) + "\n";
  }
  return text;
}

/// Random changes of random zones: what is wrong after one of them; empty: each image was what a fresh
/// compile gives. `taken` counts the changes that were not refused.
inline std::string run_series(Random& random, bool ranges, bool with_signed, unsigned steps,
                              unsigned& taken) {
  ZoneRecords zones = random.zones(ranges, with_signed);
  const auto first = zones.compile();
  if (!first) return {};  // names that cannot coexist
  PatchedImage image(*first);
  std::set<std::string> names;
  for (const auto& [apex, zone] : zones.zones) {
    // Of hundreds of neighbours, some.
    const size_t stride = 1 + zone.records.size() / 64;
    for (size_t i = 0; i < zone.records.size(); i += stride) names.insert(zone.records[i].owner);
  }
  for (unsigned step = 0; step < steps; ++step) {
    const std::string apex = random.pick(zones);
    const auto changes = random.changes(zones, apex);
    ZoneRecords next = zones;
    for (const auto& change : changes) {
      next.apply(apex, change);
      names.insert(change.record.owner);
      names.insert("b." + change.record.owner);
      names.insert(random.any_name());
    }
    const auto done = image.apply(apex, changes);
    if (done) {
      ++next.zones.at(apex).serial;
      zones = std::move(next);
      ++taken;
    }
    const std::string why = difference(image, zones, names);
    if (!why.empty()) {
      return why + ", step " + std::to_string(step) + ", zone " + apex + "\n" +
             (done ? "" : "refused: " + done.error() + "\n") + text_of(changes);
    }
  }
  return {};
}

}  // namespace ptrd::test
