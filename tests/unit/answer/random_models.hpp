// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "unit/answer/zone_model.hpp"

// Zones with names of all kinds, from a set small enough that they meet: octets, nibbles, other labels;
// names without records, cuts with names below, DNAMEs, wildcards, zones inside one another.

namespace ptrd::test {

class RandomModels {
 public:
  /// The upper zone is signed as `denial` says.
  RandomModels(unsigned seed, ZoneModel::Denial denial) : random_(seed) {
    static const char* const kApexes[] = {
        "2.0.192.in-addr.arpa", "192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa", "ip6.arpa", "example",
        "in-addr.arpa"};
    v6_ = seed % 6 == 2 || seed % 6 == 3;
    const std::string salt = below(3) == 0 ? "salt" : "";
    zones_.emplace_back(kApexes[seed % 6], denial, salt, below(3));
    ZoneModel& zone = zones_[0];
    for (unsigned names = below(30); names > 0; --names) add_to(zone);
    // Enough for whole tables.
    if (below(4) == 0) {
      const Name above = any_name();
      for (unsigned i = 0; i < 256; ++i) {
        if (below(8) == 0) continue;
        Name name = above;
        const std::string low(1, kNibbles[i & 15]);
        const std::string high(1, kNibbles[i >> 4]);
        if (v6_ ? name.prepend(bytes_of(high)) && name.prepend(bytes_of(low))
                : name.prepend(bytes_of(std::to_string(i))))
          zone.add(name, wire::Type::ptr, wire_name("many.example."));
      }
    }
    for (unsigned deeper = below(3); deeper > 0; --deeper) add_deeper_zone();
  }

  [[nodiscard]] const std::vector<ZoneModel>& zones() const { return zones_; }
  /// Empty: the names cannot be in one image.
  [[nodiscard]] std::vector<image::Line> lines(bool signed_leaves = true) const {
    ImageMaker maker;
    maker.fold(false).signed_leaves(signed_leaves);
    try {
      for (const ZoneModel& zone : zones_) zone.put(maker);
      return maker.lines();
    } catch (const std::runtime_error&) {
      return {};
    }
  }
  /// A name in the upper zone.
  wire::Name any_name() { return name_below(zones_[0].apex()); }
  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }

 private:
  using Name = wire::Name;
  static constexpr std::string_view kNibbles = "0123456789abcdef";

  std::string any_label() {
    static const std::vector<std::string> kOctets = {"0",  "1",   "2",  "9",  "10",
                                                     "19", "100", "20", "25", "255"};
    static const std::vector<std::string> kDigits = {"0", "1", "a", "f"};
    static const std::vector<std::string> kOthers = {
        "*", "0-63", "01", "1x", "-", "a", "ab", "zz", "256", std::string("1\0", 2), std::string(1, '\xFF'),
        "g"};
    const auto& from = below(5) == 0 ? kOthers : v6_ ? kDigits : kOctets;
    return from[below(static_cast<unsigned>(from.size()))];
  }
  Name name_below(const Name& apex) {
    Name name = apex;
    if (below(3) == 0) {  // near one that is there
      auto at = zones_[0].names().begin();
      std::advance(at, below(static_cast<unsigned>(zones_[0].names().size())));
      if (at->first.is_below_or_at(apex)) name = at->first;
      for (unsigned up = below(4); up > 0 && !(name == apex); --up) name = name.parent();
    }
    for (unsigned labels = below(v6_ ? 12 : 4); labels > 0; --labels)
      (void)name.prepend(bytes_of(any_label()));
    return name;
  }
  void add_to(ZoneModel& zone) {
    const Name name = name_below(zone.apex());
    const bool apex = name == zone.apex();
    // No delegation or DNAME at a wildcard (RFC 4592 4.2, 4.4).
    const bool star = name.to_text().starts_with("*.");
    switch (star ? 3 + below(9) : below(12)) {
      case 0:
        if (!apex) zone.add(name, wire::Type::ns, wire_name("ns.elsewhere."));
        break;
      case 1:
        if (!apex) zone.delegate(name.to_text(), true);
        break;
      case 2:
        if (!apex) zone.add(name, wire::Type::dname, wire_name("elsewhere."));
        break;
      case 3: {
        Name wildcard = name;
        if (wildcard.prepend(bytes_of("*"))) zone.add(wildcard, wire::Type::txt, txt_data("wild"));
        break;
      }
      case 4:
        zone.add(name, wire::Type::txt, txt_data("text"));
        break;
      case 5:
        if (zone.has(name, wire::Type::ns) && !apex)
          zone.add(name, wire::Type::ds, u16(1) + "\x0d\x02" + std::string(32, 'd'));
        break;
      default:
        zone.add(name, wire::Type::ptr, wire_name("host.example."));
    }
  }
  void add_deeper_zone() {
    const Name apex = name_below(zones_[0].apex());
    if (apex == zones_[0].apex() || apex.to_text().starts_with("*.")) return;
    for (size_t i = 1; i < zones_.size(); ++i) {
      const Name& other = zones_[i].apex();
      if (apex.is_below_or_at(other) || other.is_below_or_at(apex)) return;
    }
    if (!zones_[0].is_authoritative(apex)) return;
    // Without a delegation, names of the upper zone must not be there, which the image would hide.
    const auto& upper = zones_[0].names();
    const bool hidden = std::any_of(upper.begin(), upper.end(),
                                    [&](const auto& entry) { return entry.first.is_below_or_at(apex); });
    if (hidden || below(5) != 0) zones_[0].delegate(apex.to_text(), below(2) == 0);
    zones_.emplace_back(apex.to_text(), below(2) == 0 ? zones_[0].denial() : ZoneModel::Denial::none);
    for (unsigned names = below(8); names > 0; --names) add_to(zones_.back());
  }

  std::mt19937 random_;
  bool v6_ = false;
  std::vector<ZoneModel> zones_;
};

}  // namespace ptrd::test
