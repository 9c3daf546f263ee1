// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>

#include "kernel.hpp"
#include "unit/answer/zone_model.hpp"
#include "unit/image_maker.hpp"

// Which queries the kernel answers and which it leaves alone.

namespace ptrd::test {
namespace {

using answer::Engine;
using image::View;
using wire::Type;

using Words = std::initializer_list<uint16_t>;

constexpr auto code = [](Type type) { return static_cast<uint16_t>(type); };

std::string reverse(std::string_view address) {
  std::string text = wire::name_of_key(*wire::key_of_address(address)).to_text();
  text.pop_back();
  return text;
}
std::string repeated(char c, size_t size) {
  return std::string(size, c);
}

/// Labels of 63 octets, up to the maximum size of a name that starts with `front`.
std::string long_target(const std::string& front) {
  return front + "." + repeated('a', 63) + "." + repeated('b', 63) + "." + repeated('c', 63) + ".example";
}

std::vector<image::Line> zones() {
  ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  for (int i = 1; i < 60; ++i) {
    maker.ptr(std::to_string(i) + ".2.0.192.in-addr.arpa", "Host-" + std::to_string(i) + ".Pool.Example.net",
              600);
  }
  maker.ptr("60.2.0.192.in-addr.arpa", "unique.elsewhere.example", 77)
      .ptr("61.2.0.192.in-addr.arpa", long_target(repeated('d', 40)))
      .ptr("62.2.0.192.in-addr.arpa", repeated('h', 63) + ".pool.example.net")
      .ptr("63.2.0.192.in-addr.arpa", ".")
      .ptr("100.2.0.192.in-addr.arpa", "one.example")
      .ptr("100.2.0.192.in-addr.arpa", "two.example")
      .add("101.2.0.192.in-addr.arpa", Type::cname, wire_name("101.0-127.2.0.192.in-addr.arpa"))
      .ptr("101.0-127.2.0.192.in-addr.arpa", "renamed.example")
      .add("102.2.0.192.in-addr.arpa", Type::txt, txt_data("no PTR"))
      .add("www.103.2.0.192.in-addr.arpa", Type::a, a_data("192.0.2.1"))
      .add("104.2.0.192.in-addr.arpa", Type::ns, wire_name("ns.elsewhere.example"));
  for (int i = 110; i < 115; ++i)  // a shared tail of several lines
    maker.ptr(std::to_string(i) + ".2.0.192.in-addr.arpa", long_target(repeated('e', 3) + std::to_string(i)));
  maker.zone("10.in-addr.arpa");  // nothing below
  maker.zone("18.198.in-addr.arpa").ptr("1.2.18.198.in-addr.arpa", "few.example");
  maker.add("5.18.198.in-addr.arpa", Type::ns, wire_name("ns.elsewhere.example"));
  maker.add("6.18.198.in-addr.arpa", Type::dname, wire_name("2.0.192.in-addr.arpa"));
  maker.zone("100.51.198.in-addr.arpa").ptr("1.100.51.198.in-addr.arpa", "w.example");
  maker.add("*.100.51.198.in-addr.arpa", Type::ptr, wire_name("wild.example"));
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 0; i < 40; ++i) {
    wire::AddressKey key = *wire::key_of_address("2001:db8:1::");
    key.address[15] = static_cast<uint8_t>(i * 5);
    maker.ptr(wire::name_of_key(key).to_text(), "v6-" + std::to_string(i) + ".pool.example.net");
  }
  maker.ptr(reverse("2001:db8:2::1"), long_target(repeated('f', 20)))
      .ptr(reverse("2001:db8:2::2"), "one.example")
      .ptr(reverse("2001:db8:2::2"), "two.example")
      .add("3.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::ns, wire_name("ns.elsewhere.example"));
  // Names hidden by a referral and a DNAME.
  maker.ptr(reverse("2001:db8:3::7"), "hidden.example").ptr(reverse("2001:db8:4::7"), "hidden.example");
  maker.ptr("7.5.18.198.in-addr.arpa", "hidden.example").ptr("7.6.18.198.in-addr.arpa", "hidden.example");
  maker.add("4.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::dname, wire_name("2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"));
  maker.zone("9.b.d.0.1.0.0.2.ip6.arpa");  // nothing below
  return maker.lines();
}

class KernelAnswerTest : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (kernel_) kernel_->serve(lines_);
  }
  /// Queries over both IP versions, with and without a VLAN tag and EDNS; returns their common outcome.
  ptrd_kernel_answer ask(Query query) {
    std::optional<ptrd_kernel_answer> all;
    for (const bool edns : {false, true}) {
      if (edns && !query.edns) query.edns = Edns{};
      for (const bool v6 : {false, true}) {
        for (const bool vlan : {false, true}) {
          Packet packet;
          if (vlan) packet.vlan(42);
          if (v6) {
            packet.ipv6("2001:db8::9", "2001:db8::53");
          } else {
            packet.ipv4("198.51.100.9", "192.0.2.53");
          }
          const auto one = compare(*kernel_, engine_, packet.udp(40001, 53).query(query).build());
          EXPECT_EQ(all.value_or(one), one) << query.name;
          all = one;
        }
      }
    }
    return *all;
  }

  std::vector<image::Line> lines_ = zones();
  Engine engine_{View(lines_)};
};

// Addresses with one PTR record are answered: for any length of target, kind of table, and case.
TEST_F(KernelAnswerTest, AnswersHits) {
  for (const char* name : {"1.2.0.192.in-addr.arpa", "59.2.0.192.in-addr.arpa", "60.2.0.192.in-addr.arpa",
                           "61.2.0.192.in-addr.arpa", "62.2.0.192.in-addr.arpa", "63.2.0.192.in-addr.arpa",
                           "110.2.0.192.in-addr.arpa", "114.2.0.192.in-addr.arpa", "1.2.18.198.IN-ADDR.arpa",
                           "1.100.51.198.in-addr.ARPA"}) {
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_ANSWER) << name;
  }
  for (const char* address : {"2001:db8:1::", "2001:db8:1::5", "2001:db8:1::c3", "2001:db8:2::1"}) {
    std::string name = reverse(address);
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_ANSWER) << name;
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_ANSWER) << name;
  }
}

// Addresses that do not exist in a zone of ours are denied, also by a zone with nothing in it (RFC 7534).
TEST_F(KernelAnswerTest, DeniesMisses) {
  for (const char* name : {"200.2.0.192.in-addr.arpa", "0.2.0.192.in-addr.arpa", "1.2.3.10.in-addr.arpa",
                           "2.2.18.198.in-addr.arpa", "1.3.18.198.in-addr.arpa"}) {
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_NXDOMAIN) << name;
  }
  for (const char* address : {"2001:db8:1::1", "2001:db8:1:1::", "2001:db8:ffff::1", "2001:db8:2::3",
                              "2001:db8:2000::1", "2001:db9::1", "2001:db9:1::"}) {
    EXPECT_EQ(ask({.name = reverse(address)}), PTRD_KERNEL_NXDOMAIN) << address;
  }
}

// Queries that need the general part are declined: several records, aliases, names that own something else,
// cuts, DNAME, wildcards, names of other zones, names that are not a whole address.
TEST_F(KernelAnswerTest, DeclinesOtherNames) {
  for (const char* name : {"100.2.0.192.in-addr.arpa",
                           "101.2.0.192.in-addr.arpa",
                           "102.2.0.192.in-addr.arpa",
                           "103.2.0.192.in-addr.arpa",
                           "104.2.0.192.in-addr.arpa",
                           "1.5.18.198.in-addr.arpa",
                           "1.6.18.198.in-addr.arpa",
                           "2.100.51.198.in-addr.arpa",
                           "1.113.0.203.in-addr.arpa",
                           "2.0.192.in-addr.arpa",
                           "01.2.0.192.in-addr.arpa",
                           "256.2.0.192.in-addr.arpa",
                           "1.1.2.0.192.in-addr.arpa",
                           "1e1.2.0.192.in-addr.arpa",
                           "1.2.0.192.in-addr.arpa.example",
                           "101.0-127.2.0.192.in-addr.arpa",
                           "1.2.0.192.in-addr.arpb",
                           "1.2.0.192.ip6.arpa",
                           "arpa",
                           ""}) {
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_DECLINED) << name;
  }
  for (const char* address :
       {"2001:db8:2::2", "2001:db8:3::1", "2001:db8:3::7", "2001:db8:4::7", "2001:dba::1"})
    EXPECT_EQ(ask({.name = reverse(address)}), PTRD_KERNEL_DECLINED) << address;
  EXPECT_EQ(ask({.name = reverse("2001:db8:1::").substr(2)}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = "g" + reverse("2001:db8:1::").substr(1)}), PTRD_KERNEL_DECLINED);
}

// Another type, class, opcode, a reply, EDNS that changes the reply: left to user space.
TEST_F(KernelAnswerTest, DeclinesOtherQueries) {
  const std::string name = "1.2.0.192.in-addr.arpa";
  for (const Type type : {Type::a, Type::txt, Type::any, Type::soa, Type::ds, Type::axfr})
    EXPECT_EQ(ask({.name = name, .type = code(type)}), PTRD_KERNEL_DECLINED);
  for (const uint16_t qclass : Words{3, 255})
    EXPECT_EQ(ask({.name = name, .qclass = qclass}), PTRD_KERNEL_DECLINED);
  for (const uint16_t flags : Words{0x8000, 0x0800, 0x2000, 0x2800})
    EXPECT_EQ(ask({.name = name, .flags = flags}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = name, .edns = Edns{.version = 1}}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{3, {}}}}}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{10, Octets(8)}, {3, {}}}}}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{19, {}}}}}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{12, Octets(450)}}}}), PTRD_KERNEL_DECLINED);
}

// Header bits that a reply copies or clears, DO, small and large payload sizes, cookies and other options
// that the engine ignores.
TEST_F(KernelAnswerTest, AnswersAllPlainForms) {
  for (const std::string name : {"1.2.0.192.in-addr.arpa", "200.2.0.192.in-addr.arpa"}) {
    const auto good = name[0] == '1' ? PTRD_KERNEL_ANSWER : PTRD_KERNEL_NXDOMAIN;
    for (const uint16_t flags : Words{0x0100, 0x0120, 0x0010, 0x0400, 0x0200, 0x0080, 0x000F})
      EXPECT_EQ(ask({.name = name, .flags = flags}), good);
    for (const uint16_t size : Words{0, 512, 4096, 65535}) {
      EXPECT_EQ(ask({.name = name, .edns = Edns{.udp_size = size, .dnssec_ok = true}}), good);
    }
    EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{10, Octets(8, 0x77)}, {8, Octets(7)}, {12, {}}}}}),
              good);
    EXPECT_EQ(ask({.name = name, .edns = Edns{.options = {{12, Octets(350)}}}}), good);
  }
}

// A signed zone's denial needs a proof if the client sets DO: declined.
TEST_F(KernelAnswerTest, SignedZones) {
  ImageMaker maker;
  for (const char* apex : {"3.0.192.in-addr.arpa", "a.b.d.0.1.0.0.2.ip6.arpa"}) {
    ZoneModel zone(apex, ZoneModel::Denial::nsec);
    zone.ptr(apex[0] == '3' ? "1.3.0.192.in-addr.arpa" : reverse("2001:dba::1"), "one.example");
    zone.put(maker);
  }
  lines_ = maker.lines();
  engine_ = Engine(View(lines_));
  kernel_->serve(lines_);
  for (const std::string& name : {std::string("2.3.0.192.in-addr.arpa"), reverse("2001:dba::2")}) {
    EXPECT_EQ(ask({.name = name}), PTRD_KERNEL_NXDOMAIN) << name;
    EXPECT_EQ(ask({.name = name, .edns = Edns{.dnssec_ok = true}}), PTRD_KERNEL_DECLINED) << name;
  }
}

// Without an image, or settings, nothing is answered; a swapped image answers from then on.
TEST_F(KernelAnswerTest, ImageComesAndGoes) {
  const Octets hit = Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40001, 53).query({}).build();
  EXPECT_EQ(compare(*kernel_, engine_, hit), PTRD_KERNEL_ANSWER);
  const auto other =
      ImageMaker().zone("2.0.192.in-addr.arpa").ptr("9.2.0.192.in-addr.arpa", "nine.example").lines();
  kernel_->serve(other);
  EXPECT_EQ(compare(*kernel_, Engine(View(other)), hit), PTRD_KERNEL_NXDOMAIN);
  kernel_->serve_nothing();
  EXPECT_EQ(compare(*kernel_, engine_, hit), PTRD_KERNEL_DECLINED);

  Kernel unset(0);
  unset.serve(lines_);
  EXPECT_EQ(compare(unset, engine_, hit), PTRD_KERNEL_DECLINED);
}

// An image that leads through a Node where a table would do, which our builder never makes but `verify`
// allows.
TEST_F(KernelAnswerTest, OddImage) {
  auto odd = lines_;
  const View view(odd);
  image::Ref above = view.header().v4;
  image::Ref table = view.octet_child(above, 192);
  for (const uint8_t octet : {uint8_t{0}, uint8_t{2}}) {
    above = table;
    table = view.octet_child(table, octet);
  }
  ASSERT_TRUE(above.is(image::Ref::Kind::few_octets) && table.is_octet_table());
  auto& few = *reinterpret_cast<image::FewOctets*>(&odd[above.line()]);
  *std::find(std::begin(few.ref), std::end(few.ref), table) =
      image::Ref::line(image::Ref::Kind::node, table.line() - 1);
  reinterpret_cast<image::Header*>(odd.data())->checksum = image::checksum(odd);
  ASSERT_TRUE(image::verify(odd));
  kernel_->serve(odd);
  engine_ = Engine(View(odd));
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa"}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = "200.2.0.192.in-addr.arpa"}), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask({.name = "1.2.18.198.in-addr.arpa"}), PTRD_KERNEL_ANSWER);
}

// SOA records of all sizes, with and without a common suffix of their names: those that fit are answered.
TEST_F(KernelAnswerTest, SoaSizes) {
  image::Builder builder;
  const auto name_of = [](char c, unsigned size) {  // wire size, at least 4
    std::string text;
    for (size -= 2; size > 40; size -= 40) text += std::string(39, c) + ".";
    return text + std::string(size, c);
  };
  std::vector<std::pair<std::string, unsigned>> denied;  // a name, its SOA's size
  for (unsigned size = 10; size < 250; size += 3) {
    for (const bool shared : {false, true}) {
      const std::string apex = std::to_string(denied.size()) + ".10.in-addr.arpa";
      const std::string soa = wire_name(name_of('m', size)) +
                              wire_name((shared ? "r." : "") + name_of(shared ? 'm' : 'r', size)) + u32(1) +
                              u32(2) + u32(3) + u32(4) + u32(5);
      const auto zone = builder.add_zone(name(apex)).value();
      builder.add(zone, name(apex).bytes(), static_cast<uint16_t>(Type::soa), 3600, bytes_of(soa));
      builder.add(zone, name(apex).bytes(), static_cast<uint16_t>(Type::ns), 3600,
                  bytes_of(wire_name("ns.example")));
      denied.emplace_back("1.1." + apex, shared ? 12 + size + 4 + 20 : 12 + soa.size());
    }
  }
  const auto lines = builder.build();
  ASSERT_TRUE(lines && image::verify(*lines));
  kernel_->serve(*lines);
  engine_ = Engine(View(*lines));
  unsigned answered = 0;
  for (const auto& [owner, soa_size] : denied) {
    // Header, the name, type and class, the SOA, OPT.
    const bool fits = 12 + name(owner).size() + 4 + soa_size + 11 <= 512 - 40;
    for (const bool v6 : {false, true}) {
      Packet packet;
      if (v6) {
        packet.ipv6("2001:db8::9", "2001:db8::53");
      } else {
        packet.ipv4("198.51.100.9", "192.0.2.53");
      }
      packet.udp(40001, 53).query({.name = owner, .edns = Edns{}});
      EXPECT_EQ(compare(*kernel_, engine_, packet.build()),
                fits ? PTRD_KERNEL_NXDOMAIN : PTRD_KERNEL_DECLINED)
          << owner << " " << soa_size;
      answered += fits ? 1 : 0;
    }
  }
  EXPECT_GT(answered, 200U);
  EXPECT_LT(answered, 2 * denied.size());
}

// Replies announce the configured payload size.
TEST_F(KernelAnswerTest, AnnouncesItsPayloadSize) {
  Kernel kernel(4000);
  kernel.serve(lines_);
  const Octets query =
      Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40001, 53).query({.edns = Edns{}}).build();
  EXPECT_EQ(compare(kernel, Engine(View(lines_), {.udp_payload = 4000}), query), PTRD_KERNEL_ANSWER);
}

}  // namespace
}  // namespace ptrd::test
