// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/image/range.hpp"
#include "unit/image_maker.hpp"
#include "unit/signed_zone.hpp"

namespace ptrd::test {

/// The number of items of each kind in the image.
struct Richness {
  int v4 = 20;         // at least 16 of them are normally stored as a rule
  int v6 = 24;         // more than 10: a branch of two lines
  int crowd_gap = 7;   // between the addresses of a crowd
  bool crowds = true;  // two of them; one otherwise
  int texts = 30;
  int hashed = 20;  // names of the zone with NSEC3
};

/// Addresses that are dense enough in one octet for a branch of two nibbles.
inline void crowd(ImageMaker& maker, wire::AddressKey key, size_t octet, int gap) {
  for (int i = 0; i < 256; i += gap) {
    key.address[octet] = static_cast<uint8_t>(i);
    maker.ptr(wire::name_of_key(key).to_text(), "dense.example");
  }
}

/// A signed zone with NSEC, and below it one with NSEC3, which it delegates.
inline void add_signed_zones(ImageMaker& maker, const Richness& richness) {
  using wire::Type;
  const std::string lower = "7.5.in-addr.arpa";
  SignedZone nsec(maker, "5.in-addr.arpa");
  nsec.add(lower, Type::ns, wire_name("ns.elsewhere.example"))
      .add(lower, Type::ds, u16(1) + std::string("\x0d\x02") + std::string(32, 'd'))
      .add("8.5.in-addr.arpa", Type::ns, wire_name("ns.elsewhere.example"))
      .ptr("1.1.1.5.in-addr.arpa", "signed.example")
      .ptr("0-63.1.1.5.in-addr.arpa", "signed.example")
      .ptr("1.2.1.5.in-addr.arpa", "two.signed.example")
      .add("1.2.1.5.in-addr.arpa", Type::txt, txt_data("a Node"))
      .nsec();
  SignedZone v6(maker, "a.b.d.0.1.0.0.2.ip6.arpa");
  for (const char* address : {"2001:dba::1", "2001:dba::2", "2001:dba:0:1::1"})
    v6.ptr(wire::name_of_key(*wire::key_of_address(address)).to_text(), "six.signed.example");
  v6.nsec();
  SignedZone nsec3(maker, lower);
  for (int i = 0; i < richness.hashed; ++i)
    nsec3.ptr(std::to_string(i) + ".1." + lower, "h" + std::to_string(i) + ".signed.example");
  nsec3.nsec3({.salt = "salt", .opt_out = true});
}

/// A small image with every case that the engine treats specially.
inline std::vector<image::Line> rich_image(const Richness& richness = {}) {
  using wire::Type;
  ImageMaker maker;
  maker.zone("10.in-addr.arpa").add("9.10.in-addr.arpa", Type::ns, wire_name("ns.9.10.in-addr.arpa"));
  maker.add("ns.9.10.in-addr.arpa", Type::a, a_data("192.0.2.9")).ptr("1.1.1.10.in-addr.arpa", "up.example");
  maker.zone("2.0.192.in-addr.arpa");
  for (int i = 0; i < richness.v4; ++i) {
    maker.ptr(std::to_string(i) + ".2.0.192.in-addr.arpa", "h" + std::to_string(i) + ".pool.example");
  }
  maker.ptr("1.2.0.192.in-addr.arpa", "second.example")
      .add("2.2.0.192.in-addr.arpa", Type::txt, txt_data("note"));
  maker.add("30.2.0.192.in-addr.arpa", Type::cname, wire_name("30.0-63.2.0.192.in-addr.arpa"));
  maker.ptr("30.0-63.2.0.192.in-addr.arpa", "thirty.example");
  maker.add("*.w.2.0.192.in-addr.arpa", Type::cname, wire_name("1.2.0.192.in-addr.arpa"));
  maker.add("d.2.0.192.in-addr.arpa", Type::dname, wire_name("2.0.192.in-addr.arpa"));
  maker.add("l.2.0.192.in-addr.arpa", Type::dname, wire_name("d.l.2.0.192.in-addr.arpa"));
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 0; i < richness.v6; ++i) {
    wire::AddressKey key = *wire::key_of_address("2001:db8::");
    key.address[5] = static_cast<uint8_t>(i * 11);
    key.address[15] = static_cast<uint8_t>(i / 2);
    maker.ptr(wire::name_of_key(key).to_text(), "v6-" + std::to_string(i) + ".example");
  }
  maker.add("5.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::ns, wire_name("ns.elsewhere.example"));
  crowd(maker, *wire::key_of_address("2001:db8:aa::1"), 6, richness.crowd_gap);
  maker.zone("example").add("www.example", Type::a, a_data("192.0.2.1"));
  maker.add("m.example", Type::mx, mx_data(10, "www.example"));
  maker.add(std::string(60, 'x') + ".example", Type::cname, wire_name("www.example"));
  for (int i = 0; i < richness.texts; ++i)
    maker.add("big.example", Type::txt, txt_data(std::string(60, static_cast<char>('a' + i))));
  // Ranges, with what ends them and what wins over them, in both families.
  namespace op = image::op;
  maker.zone("11.in-addr.arpa")
      .range("11.0.0.0/8",
             literal("h-") + steps({op::decimal + 3}) + literal("-") + steps({op::decimal3, op::hex2 + 1}),
             "pool.example")
      .range("11.1.2.0/23", literal("g") + steps({op::hex + 3, op::label, op::nibble + 5, op::decimal2 + 2}),
             "pool.example", 60)
      .ptr("5.2.1.11.in-addr.arpa", "five.example")
      .add("6.2.1.11.in-addr.arpa", Type::txt, txt_data("six"))
      .add("9.11.in-addr.arpa", Type::ns, wire_name("ns.elsewhere.example"));
  maker.zone("9.b.d.0.1.0.0.2.ip6.arpa")
      .range("2001:db9::/32", literal("ip6-") + steps({op::shortest}), "cust.example")
      .range("2001:db9:8000::/33", steps({op::nibbles, op::label, op::groups}), "cust.example")
      .ptr(wire::name_of_key(*wire::key_of_address("2001:db9::1")).to_text(), "one.example")
      .add("5.0.9.b.d.0.1.0.0.2.ip6.arpa", Type::txt, txt_data("on the way"));
  if (richness.crowds) crowd(maker, *wire::key_of_address("2001:db9:8000::1"), 5, richness.crowd_gap);
  add_signed_zones(maker, richness);
  return maker.lines();
}

/// The same with the minimum of each, for tests that try every field of it.
inline std::vector<image::Line> small_rich_image() {
  return rich_image({.v4 = 17, .v6 = 12, .crowd_gap = 8, .crowds = false, .texts = 2, .hashed = 8});
}

}  // namespace ptrd::test
