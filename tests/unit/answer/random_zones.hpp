// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rapidcheck.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "ptrd/wire/arpa.hpp"
#include "unit/image_maker.hpp"

// Zones and addresses for property tests, from a set small enough that they coincide.

namespace ptrd::test {

/// An address whose octets or nibbles are 0 or 1, few of them 1, so that names share prefixes and diverge
/// anywhere.
inline wire::AddressKey any_address(wire::Family family) {
  wire::AddressKey key{.family = family, .units = static_cast<uint8_t>(family == wire::Family::v4 ? 4 : 32)};
  const size_t places = family == wire::Family::v4 ? 4 : 32;
  for (int ones = *rc::gen::inRange(0, 4); ones > 0; --ones) {
    const auto place = *rc::gen::inRange<size_t>(0, places);
    if (family == wire::Family::v4) {
      key.address[place] = 1;
    } else {
      key.address[place / 2] = static_cast<uint8_t>(key.address[place / 2] | (place % 2 == 0 ? 0x10 : 0x01));
    }
  }
  return key;
}

/// The name of the first units of an address.
inline std::string name_above(wire::AddressKey key) {
  key.units = *rc::gen::inRange<uint8_t>(1, static_cast<uint8_t>(key.units + 1));
  const size_t bits = key.units * (key.family == wire::Family::v4 ? 8U : 4U);
  for (size_t bit = bits; bit < 128; ++bit)
    key.address[bit / 8] = static_cast<uint8_t>(key.address[bit / 8] & ~(0x80U >> bit % 8));
  return wire::name_of_key(key).to_text();
}

/// Names of all kinds in one family's tree: one zone, sometimes several inside one another, sometimes above
/// the tree.
inline std::vector<image::Line> any_zones(wire::Family family) {
  ImageMaker maker;
  const char* tree = family == wire::Family::v4 ? "in-addr.arpa" : "ip6.arpa";
  std::set<std::string> apexes;
  for (int zones = *rc::gen::inRange(1, 4); zones > 0; --zones) {
    const std::string apex =
        *rc::gen::weightedElement<std::string>({{2, "."}, {2, tree}, {6, name_above(any_address(family))}});
    if (!apexes.insert(apex).second) continue;
    maker.zone(apex);
    for (int names = *rc::gen::inRange(0, 8); names > 0; --names) {
      const auto address = any_address(family);
      const std::string whole = wire::name_of_key(address).to_text();
      const std::string above = name_above(address);
      const auto inside = [&](const std::string& name) {
        return apex == "." || name == apex || name.ends_with("." + apex);
      };
      switch (*rc::gen::inRange(0, 9)) {
        case 0:
          if (inside(above)) maker.add(above, wire::Type::txt, txt_data("on the way"));
          break;
        case 1:
          if (inside(above) && above != apex) maker.add(above, wire::Type::ns, wire_name("ns.elsewhere."));
          break;
        case 2:
          if (inside(above)) maker.add(above, wire::Type::dname, wire_name("elsewhere."));
          break;
        case 3:
          if (inside(above)) maker.add("*." + above, wire::Type::txt, txt_data("wild"));
          break;
        case 4:
          if (inside(whole)) maker.add(whole, wire::Type::txt, txt_data("no PTR"));
          break;
        case 5:
          if (inside(above)) maker.add("x." + above, wire::Type::txt, txt_data("a label"));
          break;
        default:
          if (inside(whole)) maker.ptr(whole, "host.example.");
      }
    }
    if (*rc::gen::inRange(0, 3) == 0) {
      const auto address = any_address(family);
      const int bits =
          family == wire::Family::v4 ? 8 * *rc::gen::inRange(1, 4) : 4 * *rc::gen::inRange(1, 31);
      auto prefix = address;
      for (size_t bit = static_cast<size_t>(bits); bit < 128; ++bit)
        prefix.address[bit / 8] = static_cast<uint8_t>(prefix.address[bit / 8] & ~(0x80U >> bit % 8));
      try {
        maker.range(wire::address_of_key(prefix) + "/" + std::to_string(bits), literal("made"), "example");
      } catch (const std::runtime_error&) {
        // Not in the zone.
      }
    }
  }
  try {
    return maker.lines();
  } catch (const std::runtime_error&) {
    return {};  // names that cannot coexist
  }
}

}  // namespace ptrd::test
