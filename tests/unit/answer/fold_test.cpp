// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Folding: rules found for plain records are stored, which does not change the answers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "ptrd/image/traverse.hpp"
#include "unit/answer/engine_fixture.hpp"

namespace ptrd::answer {
namespace {

using image::Line;
using image::View;

std::string address_name(uint32_t address) {
  wire::AddressKey key{.family = wire::Family::v4, .units = 4};
  wire::store32(key.address.data(), address);
  std::string text = wire::name_of_key(key).to_text();
  text.pop_back();
  return text;
}

/// A record of the zone text.
struct Ptr {
  uint32_t address;
  std::string target;
  uint32_t ttl = 3600;
};

std::vector<Line> compiled(const std::vector<Ptr>& records, bool fold) {
  ImageMaker maker;
  maker.fold(fold).zone("10.in-addr.arpa");
  for (const Ptr& ptr : records) maker.ptr(address_name(ptr.address), ptr.target, ptr.ttl);
  return maker.lines();
}

Octets answer_to(const std::vector<Line>& lines, const std::string& name, uint16_t type, bool general) {
  const Octets query = test::Query{.name = name, .type = type}.bytes();
  Octets buffer(2048, 0xA5);
  std::copy(query.begin(), query.end(), buffer.begin());
  const Engine engine{View(lines)};
  const auto reply = general ? engine.respond_general(buffer, query.size(), Transport::udp)
                             : engine.respond(buffer, query.size(), Transport::udp);
  buffer.resize(reply.size);
  return buffer;
}

/// All records as text, in the order in which they are dumped.
std::vector<std::string> dumped(const std::vector<Line>& lines) {
  const View view(lines);
  std::vector<std::string> all;
  image::Visitor visitor;
  visitor.range = [&](const image::OwnedRange&) { all.push_back("a range that nobody declared"); };
  visitor.set = [&](const image::OwnedSet& set) {
    all.push_back(set.owner.to_text() + " " + std::to_string(set.type) + " " + test::string_of(set.records));
  };
  image::traverse(view, visitor);
  return all;
}

std::string digits(unsigned value, unsigned width, unsigned base) {
  std::string text;
  for (; value > 0 || text.empty(); value /= base)
    text.insert(text.begin(), "0123456789abcdef"[value % base]);
  while (text.size() < width) text.insert(text.begin(), '0');
  return text;
}

/// The naming scheme of a fictitious provider's pool.
struct Style {
  std::string head, between, tail;
  unsigned width = 0, base = 10;
  bool reversed = false;
  std::vector<unsigned> octets;  // which ones, in this order

  [[nodiscard]] std::string name(uint32_t address) const {
    std::string text = head;
    for (size_t i = 0; i < octets.size(); ++i) {
      if (i > 0) text += between;
      text += digits(address >> (24 - 8 * octets[i]) & 0xFF, width, base);
    }
    return text + tail;
  }
};

rc::Gen<Style> any_style() {
  return rc::gen::exec([] {
    Style style;
    style.head = *rc::gen::element<std::string>("host-", "h", "", "x.y-", "dyn10-", "Pool");
    style.between = *rc::gen::element<std::string>("-", ".", "x", "");
    style.tail = *rc::gen::element<std::string>(".pool.example", "-a.example", ".3.pool10.example", ".b");
    style.base = *rc::gen::element(10U, 10U, 16U);
    style.width = style.base == 16 ? *rc::gen::element(0U, 2U) : *rc::gen::element(0U, 0U, 2U, 3U);
    using Order = std::vector<unsigned>;
    style.octets =
        *rc::gen::elementOf(std::vector<Order>{{3}, {2, 3}, {3, 2}, {0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 1}});
    return style;
  });
}

/// Some /24s of names by rule, with exceptions, holes and other TTLs.
std::vector<Ptr> any_records() {
  const auto styles = *rc::gen::container<std::vector<Style>>(2, any_style());
  std::vector<Ptr> records;
  for (uint32_t network = 0; network < 4; ++network) {
    const Style& style = styles[*rc::gen::inRange<size_t>(0, styles.size())];
    const auto odd = *rc::gen::container<std::set<uint32_t>>(rc::gen::inRange(0U, 256U));
    const int what = *rc::gen::inRange(0, 5);
    for (uint32_t host = 0; host < 256; ++host) {
      const uint32_t address = 0x0A0A0000 | (network + 8) << 8 | host;
      const bool is_odd = odd.contains(host) && what != 4;
      if (is_odd && what == 0) continue;
      Ptr ptr{address, style.name(address)};
      if (is_odd && what == 1) ptr.target = "named" + std::to_string(host) + ".example";
      if (is_odd && what == 2) ptr.ttl = 60;
      if (is_odd && what == 3) records.push_back({address, "second.example"});
      records.push_back(ptr);
    }
  }
  return records;
}

// For random patterns with random exceptions, every address and its neighbours get the same bytes from both
// images, on both paths through the engine, and both give the same text.
RC_GTEST_PROP(Fold, AnswersAreThoseOfTheRecords, ()) {
  const auto records = any_records();
  const auto folded = compiled(records, true);
  const auto plain = compiled(records, false);
  RC_ASSERT(View(plain).header().folded == 0U);
  RC_ASSERT(View(folded).header().records == View(plain).header().records);
  RC_ASSERT(dumped(folded) == dumped(plain));
  std::vector<std::string> names;
  for (uint32_t address = 0x0A0A07F0; address < 0x0A0A0C10; ++address) names.push_back(address_name(address));
  for (const char* name : {"8.10.10.in-addr.arpa", "10.10.in-addr.arpa", "300.8.10.10.in-addr.arpa",
                           "1.5.8.10.10.in-addr.arpa", "x.9.10.10.in-addr.arpa", "12.10.10.in-addr.arpa"})
    names.emplace_back(name);
  for (const std::string& name : names) {
    for (const Type type : {Type::ptr, Type::txt, Type::any}) {
      const auto expected = answer_to(plain, name, code(type), true);
      RC_ASSERT(answer_to(folded, name, code(type), false) == expected);
      RC_ASSERT(answer_to(folded, name, code(type), true) == expected);
    }
  }
}

/// Records of `count` whole /24s from 10.0.0.0 on.
std::vector<Ptr> pool(uint32_t count, std::string_view form) {
  std::vector<Ptr> records;
  for (uint32_t address = 0x0A000000; address < 0x0A000000 + 256 * count; ++address) {
    std::string name(form);
    for (unsigned i = 0; i < 4; ++i) {
      const std::string mark(1, "abcd"[i]);
      const size_t at = name.find("{" + mark + "}");
      if (at != std::string::npos) name.replace(at, 3, std::to_string(address >> (24 - 8 * i) & 0xFF));
    }
    records.push_back({address, name});
  }
  return records;
}

// Whole /24s need no separate line, and a whole /16 none for its /24s.
TEST(FoldSize, WholeNetworksVanish) {
  const auto few = compiled(pool(20, "host-{a}-{b}-{c}-{d}.pool.example"), true);
  EXPECT_EQ(View(few).header().folded, 20U * 256U);
  EXPECT_EQ(View(few).header().range_count, 1U);
  EXPECT_EQ(View(few).header().leaves, 0U);
  EXPECT_LT(few.size() * 64, 3500U);
  const auto whole = compiled(pool(256, "host-{d}-{c}.pool.example"), true);
  EXPECT_EQ(View(whole).header().folded, 65536U);
  EXPECT_LT(whole.size() * 64, 1500U);
}

// Up to 11 exceptions and holes in a /24 cost one line in addition to the name's.
TEST(FoldSize, ExceptionsAndHoles) {
  auto records = pool(64, "host-{a}-{b}-{c}-{d}.pool.example");
  const auto whole = compiled(records, true);
  std::erase_if(records,
                [](const Ptr& ptr) { return (ptr.address & 0xFF) == 0 || (ptr.address & 0xFF) > 250; });
  const auto holes = compiled(records, true);
  EXPECT_EQ(View(holes).header().folded, records.size());
  EXPECT_LE(holes.size(), whole.size() + 2 * 64U);
  EXPECT_EQ(answer_to(holes, "0.5.0.10.in-addr.arpa", 12, false)[3] & 15, 3);
  EXPECT_EQ(answer_to(holes, "5.0.10.in-addr.arpa", 12, false)[3] & 15, 0);
}

// A number that only looks like an octet here is left alone where most networks say otherwise.
TEST(FoldVote, TheCommonRuleWins) {
  const auto lines = compiled(pool(16, "h{d}.pool3.example"), true);
  EXPECT_EQ(View(lines).header().range_count, 1U);
}

// Names without a rule, and rules for a handful of records, stay as they are.
TEST(FoldVote, NotWorthARule) {
  std::vector<Ptr> records;
  for (uint32_t i = 0; i < 256; ++i)
    records.push_back({0x0A000000 + i, "n" + std::to_string(i * 2654435761U % 99991) + ".example"});
  for (uint32_t i = 0; i < 15; ++i) records.push_back({0x0A000100 + i, "h" + std::to_string(i) + ".example"});
  const auto lines = compiled(records, true);
  EXPECT_EQ(View(lines).header().folded, 0U);
  EXPECT_EQ(View(lines).header().range_count, 0U);
}

// The order in which records come changes nothing: the image is the same, byte for byte.
TEST(FoldVote, Deterministic) {
  auto records = pool(20, "host-{a}-{b}-{c}-{d}.pool.example");
  const auto forth = compiled(records, true);
  std::reverse(records.begin(), records.end());
  const auto back = compiled(records, true);
  ASSERT_EQ(forth.size(), back.size());
  EXPECT_EQ(std::memcmp(forth.data(), back.data(), forth.size() * sizeof(Line)), 0);
}

}  // namespace
}  // namespace ptrd::answer
