// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "unit/answer/zone_model.hpp"
#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"

// The most expensive messages known, found by a search for costly messages (tests/fuzz/cost_fuzz.cpp) and
// built by code, with an image that has the data they query. Tests show the bounds on their cost.

namespace ptrd::test {

struct CostlyMessage {
  std::string name;
  Octets bytes;
};

/// Concatenated octets.
class MessageBytes {
 public:
  MessageBytes& put8(unsigned v) {
    bytes_.push_back(static_cast<uint8_t>(v));
    return *this;
  }
  MessageBytes& put16(unsigned v) { return put8(v >> 8 & 0xFF).put8(v & 0xFF); }
  MessageBytes& put32(uint32_t v) { return put16(v >> 16).put16(v & 0xFFFF); }
  MessageBytes& put(const Octets& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  MessageBytes& put(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  /// Header of a query with one question, PTR in class IN, and `additional` additional records.
  MessageBytes& query(std::string_view wire_question, unsigned additional, unsigned type = 12) {
    put16(0x1234).put16(0).put16(1).put16(0).put16(0).put16(additional);
    return put(wire_question).put16(type).put16(1);
  }
  /// A record of type NULL.
  MessageBytes& record(std::string_view owner, const Octets& data = {}) {
    put(owner).put16(10).put16(1).put32(0).put16(static_cast<unsigned>(data.size()));
    return put(data);
  }
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] const Octets& octets() const { return bytes_; }

 private:
  Octets bytes_;
};

/// A name of 255 octets in wire form, with the maximum number of labels.
inline std::string name_of_127_labels(char letter = 'a') {
  std::string name;
  for (int i = 0; i < 127; ++i) name += {1, letter};
  return name + '\0';
}
/// A name as text: `labels` labels before `end`.
inline std::string text_of_labels(size_t labels, const std::string& end, char letter = 'a') {
  std::string text;
  for (size_t i = 0; i < labels; ++i) text += {letter, '.'};
  return text + end;
}

inline std::string address_name6(const std::string& address) {
  std::string text = wire::name_of_key(wire::key_of_address(address).value()).to_text();
  text.pop_back();
  return text;
}

/// One of a set of addresses that have almost nothing in common, with the digit at `other` changed.
inline std::string far_address6(int number, unsigned other = 32) {
  std::string address = "20010db8";
  for (unsigned i = 8; i < 32; ++i) {
    const unsigned digit = (static_cast<unsigned>(number) * (i + 3) + 5 * i + (i == other ? 8U : 0U)) % 16;
    address += "0123456789abcdef"[digit];
  }
  std::string name;
  for (auto digit = address.rbegin(); digit != address.rend(); ++digit) name += {*digit, '.'};
  return name + "ip6.arpa";
}

/// Adds a delegation to 13 name servers below it, each with an address.
template <typename Zone>
void add_delegation(Zone& zone, const std::string& cut) {
  using wire::Type;
  for (int i = 0; i < 13; ++i) {
    const std::string server = "ns" + std::to_string(i) + ".dns." + cut;
    zone.add(cut, Type::ns, wire_name(server));
    zone.add(server, Type::a, a_data("192.0.2.53"));
  }
}

/// Adds a signed zone: addresses; a delegation; names whose proofs are at the other end of the tree, between
/// empty non-terminals of many labels; aliases that wildcards make; a name with many types.
inline void add_signed_zone(ImageMaker& maker, const std::string& apex, ZoneModel::Denial denial) {
  using wire::Type;
  ZoneModel zone(apex, denial, denial == ZoneModel::Denial::nsec ? "" : "salt");
  for (int i = 0; i < 256; i += 3) zone.ptr(std::to_string(i) + ".0.1." + apex, "host.example.net");
  zone.ptr(text_of_labels(110, apex, 'a'), "deep.example.net");
  zone.add(text_of_labels(110, apex, 'm'), Type::ns, wire_name("ns.example.net"));
  const std::string end = text_of_labels(90, apex, 'n');
  for (char letter = 'b'; letter < 'o'; ++letter) {
    zone.add("*." + std::string(1, letter) + "." + end, Type::cname,
             wire_name("!." + std::string(1, static_cast<char>(letter + 1)) + "." + end));
  }
  add_delegation(zone, "customer." + apex);
  for (unsigned i = 0; i < image::kMaxRrsets - 4; ++i)
    zone.add("types." + apex, static_cast<Type>(1000 + i), u16(i));
  zone.put(maker);
}

/// Adds a signed zone of addresses whose last name before another one is at the other end of each table.
inline void add_sparse_addresses(ImageMaker& maker) {
  ZoneModel zone("30.in-addr.arpa", ZoneModel::Denial::nsec);
  std::vector<int> first = {0, 1, 10};  // in canonical order
  for (int i = 100; i < 110; ++i) first.push_back(i);
  for (const int i : first) {
    for (const int j : first)
      zone.ptr(std::to_string(j) + "." + std::to_string(i) + ".99.30.in-addr.arpa", "host.example.net");
    zone.ptr(std::to_string(i) + ".99.99.30.in-addr.arpa", "host.example.net");
  }
  zone.put(maker);
}

/// Zones with everything that costs more than an address with one name. `scale` 1: sized to fit a datagram;
/// more: for TCP.
inline std::vector<image::Line> costly_image(int scale = 1) {
  using wire::Type;
  ImageMaker maker;
  const std::string zone = "2.0.192.in-addr.arpa";
  maker.zone(zone).ptr("1." + zone, "host-1.pool.example.net");
  // RRsets that just fit in 1,232 octets: short names of one domain, names with nothing in common, and long
  // ones.
  for (int i = 0; i < 66 * scale; ++i) {
    std::string label = {static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26 % 26)};
    if (scale > 1) label += std::to_string(i);
    maker.ptr("2." + zone, label + ".example.net");
  }
  for (int i = 0; i < 8 * scale; ++i) {
    std::string target;
    for (int j = 0; j < 30; ++j)
      target += std::string(1, static_cast<char>('a' + (i + j * 7) % 26)) + std::to_string(i % 10) + ".";
    maker.ptr("3." + zone, "n" + std::to_string(i) + "." + target + "net");
  }
  // Two long suffixes, alternating.
  for (int i = 0; i < 40 * scale; ++i) {
    const std::string end = text_of_labels(120, "net", i % 2 == 0 ? 'x' : 'y');
    maker.ptr("4." + zone, "t" + std::to_string(i) + "." + end);
  }
  // Names with as many labels as are looked up, all different.
  for (int i = 0; i < 14 * scale; ++i) {
    std::string target = i >= 26 ? "x" + std::to_string(i) + "." : "";
    for (int j = 0; j < 34; ++j) target += {static_cast<char>('a' + (i + j * (i + 1)) % 26), '.'};
    maker.ptr("5." + zone, target.substr(0, target.size() - 1));
  }
  // Chains of aliases between addresses of ip6.arpa, which have 34 labels: close together, and far apart with
  // others beside them at every nibble.
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 0; i < 20; ++i) {
    maker.add(address_name6("2001:db8::" + std::to_string(1000 + i)), Type::cname,
              wire_name(address_name6("2001:db8::" + std::to_string(1001 + i))));
    maker.add(far_address6(i), Type::cname, wire_name(far_address6(i + 1)));
    for (unsigned nibble = 9; nibble < 32; ++nibble) maker.ptr(far_address6(i, nibble), "beside.example.net");
  }
  // Delegations to servers with glue, without glue, and outside the zone.
  for (int i = 0; i < 60 * scale; ++i) {
    const std::string number = std::to_string(i);
    const std::string server = "n" + number + ".64-127." + zone;
    maker.zone_of(zone);
    maker.add("64-127." + zone, Type::ns, wire_name(server));
    if (i < 40) maker.add(server, Type::a, a_data("192.0.2.9"));
    maker.add("128-191." + zone, Type::ns, wire_name("n" + number + ".128-191." + zone));
    maker.add("192-255." + zone, Type::ns, wire_name("n" + number + ".example"));
  }
  maker.zone("example");
  for (int i = 0; i < 60 * scale; ++i) {
    const std::string host = "n" + std::to_string(i) + ".example";
    maker.add(host, Type::a, a_data("192.0.2.80"));
    maker.add("m.example", Type::mx, mx_data(10, host));
    maker.add("s.example", Type::srv, u16(1) + u16(1) + u16(53) + wire_name(host));
  }
  add_delegation(maker, "customer.example");
  maker.add("d.example", Type::dname, wire_name(text_of_labels(30, "example", 'd')));
  maker.add(text_of_labels(60, "example", 'e'), Type::txt, txt_data("deep"));
  maker.add(text_of_labels(123, "example", 'g'), Type::txt, txt_data("as deep as can be"));
  // Aliases between names of many labels, in one domain and alternating between two, and hosts in domains of
  // their own.
  for (int i = 0; i < 20; ++i) {
    const auto alias = [](const std::string& from, int number, size_t labels, char letter) {
      return from + std::to_string(number) + "." + text_of_labels(labels, "example", letter);
    };
    maker.add(alias("c", i, 110, 'h'), Type::cname, wire_name(alias("c", i + 1, 110, 'h')));
    maker.add(alias("t", i, 50, i % 2 == 0 ? 'i' : 'j'), Type::cname,
              wire_name(alias("t", i + 1, 50, i % 2 == 0 ? 'j' : 'i')));
  }
  maker.add("a0." + text_of_labels(120, "example", 'm'), Type::cname,
            wire_name("a1." + text_of_labels(120, "example", 'n')));
  maker.add("a1." + text_of_labels(120, "example", 'n'), Type::txt, txt_data("as deep"));
  for (int i = 0; i < 40; ++i) {
    const std::string host = "n.d" + std::to_string(i) + "." + text_of_labels(80, "example", 'k');
    maker.add(host, Type::a, a_data("192.0.2.81"));
    maker.add("far.example", Type::mx, mx_data(10, host));
    const std::string server = "n.d" + std::to_string(i) + "." + text_of_labels(80, "cut.example", 'l');
    maker.add(server, Type::a, a_data("192.0.2.82"));
    maker.add("cut.example", Type::ns, wire_name(server));
  }
  // A name with records of as many types as there may be, and hosts like it, which have no addresses.
  for (unsigned i = 0; i < image::kMaxRrsets; ++i) {
    const auto type = static_cast<Type>(1000 + i);
    maker.add("types.example", type, u16(i));
    for (int host = 0; host < 40; ++host) maker.add("t" + std::to_string(host) + ".example", type, u16(i));
  }
  for (int host = 0; host < 40; ++host)
    maker.add("hosts.example", Type::mx, mx_data(10, "t" + std::to_string(host) + ".example"));
  add_signed_zone(maker, "nsec", ZoneModel::Denial::nsec);
  add_signed_zone(maker, "nsec3", ZoneModel::Denial::opt_out);
  add_sparse_addresses(maker);
  return maker.lines();
}

inline Octets plain_query(const std::string& name = "1.2.0.192.in-addr.arpa", unsigned type = 12,
                          bool edns = false) {
  Query query{.name = name, .type = static_cast<uint16_t>(type)};
  if (edns) query.edns = Edns{};
  return query.bytes();
}

/// The same with DO.
inline Octets signed_query(const std::string& name, unsigned type = 12, uint16_t size = 1232) {
  return Query{
      .name = name, .type = static_cast<uint16_t>(type), .edns = Edns{.udp_size = size, .dnssec_ok = true}}
      .bytes();
}

/// Pointers to pointers, and records whose owners follow all of them: `total` octets, `chain` of them
/// pointers.
inline Octets pointer_chain(size_t total, size_t chain) {
  MessageBytes message;
  const std::string question = wire_name("1.0.0.127.in-addr.arpa");
  const size_t start = 12 + question.size() + 4 + 11;
  MessageBytes pointers;
  pointers.put8(0);
  size_t last = start;
  while (pointers.size() + 2 <= chain && start + pointers.size() < 0x3FFE) {
    const size_t at = start + pointers.size();
    pointers.put16(static_cast<unsigned>(0xC000 | last));
    last = at;
  }
  const std::string owner = u16(static_cast<unsigned>(0xC000 | last));
  const size_t records = 1 + (total - start - pointers.size()) / (owner.size() + 10);
  message.query(question, static_cast<unsigned>(records)).record(std::string(1, '\0'), pointers.octets());
  for (size_t i = 1; i < records; ++i) message.record(owner);
  return message.octets();
}

/// As many records as fit in `total` octets.
inline Octets many_records(size_t total, const std::string& owner) {
  const std::string question = wire_name("1.2.0.192.in-addr.arpa");
  const size_t records = (total - 12 - question.size() - 4) / (owner.size() + 10);
  MessageBytes message;
  message.query(question, static_cast<unsigned>(records));
  for (size_t i = 0; i < records; ++i) message.record(owner);
  return message.octets();
}

/// One OPT record full of options.
inline Octets many_options(size_t total) {
  const std::string question = wire_name("1.2.0.192.in-addr.arpa");
  MessageBytes message;
  message.query(question, 1);
  const size_t options = (total - message.size() - 11) / 4;
  message.put8(0).put16(41).put16(1232).put32(0).put16(static_cast<unsigned>(4 * options));
  for (size_t i = 0; i < options; ++i) message.put16(65001).put16(0);
  return message.octets();
}

/// A TSIG record with an unknown key. `key` may end in a pointer.
inline Octets tsig_query(const std::string& question, const std::string& key, const std::string& algorithm,
                         const Octets& before = {}, unsigned records = 1) {
  MessageBytes message;
  message.query(question, records, 1).put(before);
  message.put(key).put16(250).put16(255).put32(0).put16(static_cast<unsigned>(algorithm.size() + 16));
  message.put(algorithm).put32(0).put32(0).put16(0).put16(0x1234).put16(0).put16(0);
  return message.octets();
}

/// A key's name that follows 127 pointers, one for each label.
inline Octets tsig_of_pointers() {
  // In the data of a record: repeated "\1a" and a pointer to the previous one.
  const std::string question = wire_name("1.2.0.192.in-addr.arpa");
  const size_t start = 12 + question.size() + 4 + 11;
  MessageBytes labels;
  labels.put8(0);
  size_t last = start;
  for (int i = 0; i < 127; ++i) {
    const size_t at = start + labels.size();
    labels.put8(1).put8('a').put16(static_cast<unsigned>(0xC000 | last));
    last = at;
  }
  MessageBytes before;
  before.record(std::string(1, '\0'), labels.octets());
  return tsig_query(question, u16(static_cast<unsigned>(0xC000 | last)), name_of_127_labels(),
                    before.octets(), 2);
}

/// Largest message in one Ethernet frame, and in a fragmented datagram.
inline constexpr size_t kMaxInFrame = 1472;
inline constexpr size_t kMaxInDatagram = 65507;

inline std::vector<CostlyMessage> costly_messages() {
  const std::string zone = "2.0.192.in-addr.arpa";
  const unsigned a = 1, ns = 2, mx = 15, txt = 16, srv = 33;
  const std::string eight = name_of_127_labels();
  return {
      {"a plain hit", plain_query()},
      {"a set of short names", plain_query("2." + zone, 12, true)},
      {"a set of names of many labels", plain_query("3." + zone, 12, true)},
      {"a set of names with long ends", plain_query("4." + zone, 12, true)},
      {"a set of names without anything in common", plain_query("5." + zone, 12, true)},
      {"a chain of aliases in ip6.arpa", plain_query(address_name6("2001:db8::1000"), 12, true)},
      {"a chain of aliases far apart in ip6.arpa", plain_query(far_address6(0), 12, true)},
      {"three aliases in ip6.arpa", plain_query(address_name6("2001:db8::1017"), 12, true)},
      {"a chain of aliases of many labels",
       plain_query("c0." + text_of_labels(110, "example", 'h'), a, true)},
      {"an alias from one deep name to another",
       plain_query("a0." + text_of_labels(120, "example", 'm'), a, true)},
      {"a chain of aliases in two domains by turns",
       plain_query("t0." + text_of_labels(50, "example", 'i'), a, true)},
      {"a referral with glue", plain_query("70.64-127." + zone, 12, true)},
      {"a referral without glue", plain_query("130.128-191." + zone, 12, true)},
      {"a referral to 13 servers with glue", plain_query("www.customer.example", a, true)},
      {"a signed referral to 13 servers with glue, NSEC", signed_query("www.customer.nsec", a)},
      {"a signed referral to 13 servers with glue, NSEC3", signed_query("www.customer.nsec3", a)},
      {"a referral to servers elsewhere", plain_query("200.192-255." + zone, 12, true)},
      {"a referral to servers in deep domains", plain_query("x.cut.example", a, true)},
      {"MX records", plain_query("m.example", mx, true)},
      {"MX records of hosts in deep domains", plain_query("far.example", mx, true)},
      {"SRV records", plain_query("s.example", srv, true)},
      {"the last of many types of a name", plain_query("types.example", 1000 + image::kMaxRrsets - 1, true)},
      {"a type that is not one of many of a name", plain_query("types.example", 65535, true)},
      {"MX records of hosts with many types", plain_query("hosts.example", mx, true)},
      {"a DNAME, over and over", plain_query("a.d.example", a, true)},
      {"a DNAME that makes too long a name", plain_query(text_of_labels(112, "d.example"), a, true)},
      {"a deep name", plain_query(text_of_labels(60, "example", 'e'), txt, true)},
      {"a name of 124 labels", plain_query(text_of_labels(123, "example", 'g'), txt, true)},
      {"below a deep name",
       plain_query(text_of_labels(55, text_of_labels(60, "example", 'e'), 'f'), ns, true)},
      {"a signed hit, NSEC", signed_query("3.0.1.nsec")},
      {"a name that does not exist, NSEC", signed_query("4.0.1.nsec")},
      {"a name between deep ones that does not exist, NSEC",
       signed_query("l." + text_of_labels(109, "nsec", 'm'))},
      {"a name below deep ones that does not exist, NSEC",
       signed_query("!.b." + text_of_labels(102, "nsec", 'n'))},
      {"a name below some deep ones that does not exist, NSEC",
       signed_query("!.b." + text_of_labels(60, "nsec", 'n'))},
      {"a name beside deep ones that does not exist, NSEC",
       signed_query("!.b." + text_of_labels(69, "j." + text_of_labels(32, "nsec", 'n'), 'n'))},
      {"aliases that wildcards make, NSEC", signed_query("!.b." + text_of_labels(90, "nsec", 'n'))},
      {"the last of many types of a signed name, NSEC",
       signed_query("types.nsec", 1000 + image::kMaxRrsets - 5)},
      {"a signed address", signed_query("1.1.99.30.in-addr.arpa")},
      {"an address that does not exist, NSEC", signed_query("2.1.99.30.in-addr.arpa")},
      {"the same, far from the last name before it", signed_query("98.99.99.30.in-addr.arpa")},
      {"the same, without room for the proof", signed_query("98.99.99.30.in-addr.arpa", 12, 512)},
      {"a name of many labels beside sparse addresses",
       signed_query("a." + text_of_labels(98, "11.99.30.in-addr.arpa", 'm'))},
      {"a name of some labels beside sparse addresses",
       signed_query("a0." + text_of_labels(27, "9:.99.99.30.in-addr.arpa", 'm'))},
      {"a signed hit, NSEC3", signed_query("3.0.1.nsec3")},
      {"a name that does not exist, NSEC3", signed_query("4.0.1.nsec3")},
      {"a name between deep ones that does not exist, NSEC3",
       signed_query("l." + text_of_labels(109, "nsec3", 'm'))},
      {"a name below a deep cut, NSEC3", signed_query("l." + text_of_labels(123, "nsec3", 'm'))},
      {"aliases that wildcards make, NSEC3", signed_query("!.b." + text_of_labels(90, "nsec3", 'n'))},
      {"the last of many types of a signed name, NSEC3",
       signed_query("types.nsec3", 1000 + image::kMaxRrsets - 5)},
      {"pointers in a frame", pointer_chain(kMaxInFrame, 690)},
      {"pointers in a datagram", pointer_chain(kMaxInDatagram, 16300)},
      {"records in a frame", many_records(kMaxInFrame, std::string(1, '\0'))},
      {"records in a datagram", many_records(kMaxInDatagram, std::string(1, '\0'))},
      {"long owners, as many as fit a frame", many_records(kMaxInFrame, eight)},
      {"long owners, as many as there may be", many_records(12 + 26 + 6 * 265, eight)},
      {"options in a frame", many_options(kMaxInFrame)},
      {"options in a datagram", many_options(kMaxInDatagram)},
      {"as many options as there may be", many_options(12 + 26 + 11 + 4 * 64)},
      {"TSIG with long names", tsig_query(eight, u16(0xC00C), eight)},
      {"TSIG with a key behind many pointers", tsig_of_pointers()},
  };
}

}  // namespace ptrd::test
