// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Answers from branches of ip6.arpa that take two nibbles at once.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ptrd/image/range.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/search_by_labels.hpp"

namespace ptrd::answer {
namespace {

using image::Ref;

constexpr const char* kApex = "8.b.d.0.1.0.0.2.ip6.arpa";

/// The name of an address's first nibbles.
std::string name_of(wire::AddressKey key, unsigned units = 32) {
  key.units = static_cast<uint8_t>(units);
  for (unsigned bit = 4 * units; bit < 128; ++bit)
    key.address[bit / 8] = static_cast<uint8_t>(key.address[bit / 8] & ~(0x80U >> bit % 8));
  std::string text = wire::name_of_key(key).to_text();
  text.pop_back();
  return text;
}
wire::AddressKey address(unsigned octet, unsigned value, unsigned last = 1) {
  wire::AddressKey key = *wire::key_of_address("2001:db8::");
  key.address[15] = static_cast<uint8_t>(last);
  key.address[octet] = static_cast<uint8_t>(value);
  return key;
}

size_t tables_of(const image::View& view, Ref ref) {
  if (ref.is(Ref::Kind::node)) return tables_of(view, view.at<image::Node>(ref.line()).children);
  size_t count = ref.is(Ref::Kind::pairs) ? 1 : 0;
  for (unsigned i = 0; ref.is(Ref::Kind::pairs) && i < 256; ++i)
    count += tables_of(view, view.pair_child(ref, static_cast<uint8_t>(i)));
  for (unsigned i = 0; ref.is(Ref::Kind::nibbles) && i < 16; ++i)
    count += tables_of(view, view.nibble_child(ref.line(), i));
  return count;
}

class PairsTest : public EngineTest {
 protected:
  /// The answer to a question: a target, `nodata`, `nxdomain`, ...
  std::string answer(const std::string& name, Type type = Type::ptr) {
    const auto reply = ask({.name = name, .type = code(type)});
    if (kind_ != Kind::answer) return kind_name(kind_);
    return reply.answer().back().target();
  }
  [[nodiscard]] size_t tables() const {
    const image::View view(lines_);
    return tables_of(view, view.header().v6);
  }
};

// Hits, misses, and the names on the path: NODATA between the two nibbles of a table, NXDOMAIN if there is
// nothing below.
TEST_F(PairsTest, Answers) {
  ImageMaker maker;
  maker.zone(kApex);
  for (unsigned value = 0; value < 256; ++value) {
    if (value >> 4 != 7 && value != 0x5A)
      maker.ptr(name_of(address(6, value)), "h" + std::to_string(value) + ".example");
  }
  lines_ = maker.lines();
  ASSERT_EQ(tables(), 1U);
  EXPECT_EQ(answer(name_of(address(6, 0))), "h0.example.");
  EXPECT_EQ(answer(name_of(address(6, 0xFF))), "h255.example.");
  EXPECT_EQ(answer(name_of(address(6, 0xFF, 2))), "nxdomain");
  EXPECT_EQ(answer(name_of(address(6, 0x5A))), "nxdomain");
  EXPECT_EQ(answer(name_of(address(6, 0x77))), "nxdomain");
  EXPECT_EQ(answer(name_of(address(6, 0x00), 12)), "nodata");
  EXPECT_EQ(answer(name_of(address(6, 0x50), 13)), "nodata");
  EXPECT_EQ(answer(name_of(address(6, 0x70), 13)), "nxdomain");
  EXPECT_EQ(answer(name_of(address(6, 0x5B), 14)), "nodata");
  EXPECT_EQ(answer(name_of(address(6, 0x5A), 14)), "nxdomain");
  EXPECT_EQ(answer(name_of(address(6, 0x77), 14)), "nxdomain");
  EXPECT_EQ(answer("x." + name_of(address(6, 0x50), 13)), "nxdomain");
  for (const unsigned value : {0x5AU, 0x77U})
    EXPECT_EQ(path_of(name_of(address(6, value)) + "."), Query::Path::denied);
  EXPECT_EQ(path_of(name_of(address(6, 0x5B)) + "."), Query::Path::fast6);
}

// In a range, addresses missing from the table belong to the range, a Node below the table takes precedence,
// and a longer range at the second nibble wins.
TEST_F(PairsTest, InARange) {
  ImageMaker maker;
  maker.zone(kApex)
      .range("2001:db8::/36", test::literal("far"), "example")
      .range("2001:db8:0:6600::/56", test::literal("near"), "example")
      .add(name_of(address(6, 0x20), 14), Type::txt, test::txt_data("on the way"))
      .add(name_of(address(6, 0x21), 14), Type::ns, test::wire_name("ns.elsewhere"))
      .add("*." + name_of(address(6, 0x22), 14), Type::txt, test::txt_data("wild"));
  for (unsigned value = 0; value < 256; ++value) {
    if (value >> 4 != 7) maker.ptr(name_of(address(6, value)), "h" + std::to_string(value) + ".example");
  }
  lines_ = maker.lines();
  ASSERT_EQ(tables(), 1U);
  EXPECT_EQ(answer(name_of(address(6, 0x10))), "h16.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x10, 2))), "far.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x77))), "far.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x66))), "h102.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x66, 2))), "near.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x67, 2))), "far.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x20, 2))), "far.example.");
  EXPECT_EQ(answer(name_of(address(6, 0x21, 2))), "referral");
  EXPECT_EQ(answer(name_of(address(6, 0x70), 13)), "nodata");
  EXPECT_EQ(answer(name_of(address(6, 0x77), 14)), "nodata");
  EXPECT_EQ(answer("x." + name_of(address(6, 0x70), 13)), "nxdomain");
  EXPECT_EQ(answer("x." + name_of(address(6, 0x22), 14), Type::a), "nodata");
}

/// An address in or near a crowd: few octets from `from` on are not zero.
wire::AddressKey any_near(unsigned octet, size_t from = 4) {
  auto key = address(octet, *rc::gen::inRange(0U, 256U), *rc::gen::inRange(0U, 3U));
  if (*rc::gen::inRange(0, 4) == 0) key.address[*rc::gen::inRange<size_t>(from, 16)] ^= 0x10;
  if (*rc::gen::inRange(0, 4) == 0) key.address[*rc::gen::inRange<size_t>(from, 16)] ^= 0x01;
  return key;
}

/// Something at or near a table's names.
void add_something(ImageMaker& maker, const wire::AddressKey& at, unsigned octet) {
  const unsigned units = 2 * octet + *rc::gen::inRange(0U, 4U);
  const std::string name = name_of(at, std::min(units, 32U));
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      maker.add(name, Type::txt, test::txt_data("on the way"));
      break;
    case 1:
      maker.add(name, Type::ns, test::wire_name("ns.elsewhere."));
      break;
    case 2:
      maker.add(name, Type::dname, test::wire_name("elsewhere."));
      break;
    case 3:
      maker.add("*." + name, Type::txt, test::txt_data("wild"));
      break;
    case 4:
      maker.add("x." + name, Type::txt, test::txt_data("a label"));
      break;
    default: {
      const unsigned bits = std::max(std::min(4 * units, 124U) - *rc::gen::inRange(0U, 4U), 32U);
      auto prefix = at;
      for (unsigned bit = bits; bit < 128; ++bit)
        prefix.address[bit / 8] = static_cast<uint8_t>(prefix.address[bit / 8] & ~(0x80U >> bit % 8));
      maker.range(wire::address_of_key(prefix) + "/" + std::to_string(bits),
                  test::literal("r" + std::to_string(bits)), "example");
    }
  }
}

/// A zone with crowds of addresses in one octet, dense enough for tables more often than not.
std::vector<image::Line> any_crowd(unsigned octet) {
  ImageMaker maker;
  maker.zone(*rc::gen::element<std::string>(kApex, "ip6.arpa", "."));
  for (int crowds = *rc::gen::inRange(1, 3); crowds > 0; --crowds) {
    auto base = any_near(octet);
    for (unsigned first = 0; first < 16; ++first) {
      const unsigned every = *rc::gen::weightedElement<unsigned>({{6, 1}, {2, 3}, {1, 16}});
      for (unsigned second = 0; second < 16; second += every) {
        base.address[octet] = static_cast<uint8_t>(first << 4 | second);
        if (*rc::gen::inRange(0, 12) != 0) maker.ptr(name_of(base), "host.example.");
      }
    }
  }
  for (int more = *rc::gen::inRange(0, 5); more > 0; --more) add_something(maker, any_near(octet), octet);
  if (*rc::gen::inRange(0, 3) == 0) {
    const auto at = any_near(octet);
    maker.zone(name_of(at, std::min(2 * octet + *rc::gen::inRange(1U, 3U), 31U)));
    maker.ptr(name_of(at), "deeper.example.");
  }
  try {
    return maker.lines();
  } catch (const std::runtime_error&) {
    return {};  // names that cannot coexist
  }
}

/// An image built from a traversal of all zones.
std::vector<image::Line> copy_of(const std::vector<image::Line>& lines) {
  const image::View view(lines);
  ImageMaker maker;
  for (const image::Zone& zone : view.zones()) {
    maker.zone(view.apex(zone).to_text());
    const auto add_set = [&](const image::OwnedSet& set) {
      image::each_record(set.records, [&](uint32_t ttl, wire::Bytes rdata) {
        maker.add(set.owner.to_text(), static_cast<Type>(set.type), test::string_of(rdata), ttl);
      });
    };
    const auto add_range = [&](const image::OwnedRange& found) {
      const auto& tail = view.tail(found.range.tail);
      maker.range(wire::address_of_key(found.key) + "/" + std::to_string(found.prefix_size),
                  test::string_of({found.range.program, found.range.program_size}),
                  wire::Name::from_wire({tail.name, tail.size})->to_text(), wire::load32(tail.ttl));
    };
    image::traverse(view, zone, {.set = add_set, .range = add_range});
  }
  return maker.lines();
}

// Random dense sets with other names among them, queried for existing and missing names: `ask` compares both
// paths through the engine, and a copy built from a traversal of the image gives the same replies.
RC_GTEST_FIXTURE_PROP(PairsTest, AnsweredAlike, ()) {
  const auto octet = *rc::gen::inRange(4U, 16U);
  lines_ = any_crowd(octet);
  RC_PRE(!lines_.empty());
  RC_CLASSIFY(tables() > 0);
  const auto copy = copy_of(lines_);
  for (int i = 0; i < 150; ++i) {
    const auto key = any_near(octet, 2);
    const unsigned units = std::min(2 * octet + *rc::gen::inRange(0U, 4U), 32U);
    std::string name = name_of(key, i % 3 == 0 ? units : 32);
    if (i % 8 == 0) name.insert(0, "x.");
    const test::Query query{.name = name, .type = code(i % 5 == 0 ? Type::txt : Type::ptr)};
    (void)ask(query);
    expect_same_search(image::View(lines_), test::name(name), query.type);
    RC_ASSERT(!HasFailure());
    const Octets replied(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(size_));
    const Octets bytes = query.bytes();
    buffer_.assign(65535 + 64, 0);
    std::copy(bytes.begin(), bytes.end(), buffer_.begin());
    const auto second = Engine(image::View(copy)).respond(buffer_, bytes.size(), Transport::udp);
    RC_ASSERT(second.size == size_);
    RC_ASSERT(std::equal(replied.begin(), replied.end(), buffer_.begin()));
  }
}

}  // namespace
}  // namespace ptrd::answer
