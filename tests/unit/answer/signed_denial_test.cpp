// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// NXDOMAIN with its proof from the fast path: the same bytes as from the general part.
#include "answer/proof/signed_denial.hpp"

#include <random>

#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/zone_model.hpp"
#include "unit/stride.hpp"

namespace ptrd::answer {
namespace {

using test::ZoneModel;

/// Addresses whose octets or nibbles are from a few values, so that they are close to one another.
class Addresses {
 public:
  Addresses(unsigned seed, ZoneModel::Denial denial)
      : random_(seed), v6_(seed % 2 == 1), fixed_(v6_ ? 8 : 1 + seed / 2 % 3), zone_(apex(), denial) {
    const unsigned spread = 1 + below(12);
    for (unsigned names = 1 + below(60); names > 0; --names) add(random_key(spread), spread);
    if (below(8) == 0)
      zone_.add("*." + zone_.apex().to_text(), wire::Type::ptr, test::wire_name("wild.example"));
    if (below(8) == 0)
      zone_.add("0-63." + zone_.apex().to_text(), wire::Type::ptr, test::wire_name("x.example"));
  }
  [[nodiscard]] std::vector<image::Line> lines() const {
    ImageMaker maker;
    try {
      zone_.put(maker);
      return maker.lines();
    } catch (const std::runtime_error&) {
      return {};
    }
  }
  /// A name to ask for: one near those of the zone.
  std::string any_name() {
    std::string text = wire::name_of_key(random_key(1 + below(16))).to_text();
    text.pop_back();
    return text;
  }

 private:
  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }
  std::string apex() const {
    if (v6_) return "8.b.d.0.1.0.0.2.ip6.arpa";
    return fixed_ == 1 ? "10.in-addr.arpa" : fixed_ == 2 ? "1.10.in-addr.arpa" : "2.1.10.in-addr.arpa";
  }
  wire::AddressKey random_key(unsigned spread) {
    wire::AddressKey key = *wire::key_of_address(v6_ ? "2001:db8::" : "10.1.2.0");
    static constexpr uint8_t kOctets[] = {0, 1, 2, 9, 10, 19, 100, 20, 25, 255, 199, 99};
    if (!v6_) {
      for (unsigned i = fixed_; i < 4; ++i)
        key.address[i] = spread > 8 ? static_cast<uint8_t>(below(256)) : kOctets[below(spread)];
      return key;
    }
    // Most nibbles are zero; in the others, as many values as it says.
    const unsigned places = 1 + below(4);
    for (unsigned i = 0; i < places; ++i) {
      const unsigned nibble = fixed_ + below(3) * 8 + below(4);
      const unsigned value = below(spread) % 16;
      uint8_t& octet = key.address[nibble / 2];
      octet = static_cast<uint8_t>(nibble % 2 == 0 ? (octet & 15) | value << 4 : (octet & 0xF0) | value);
    }
    return key;
  }
  void add(wire::AddressKey key, unsigned spread) {
    const unsigned kind = below(20);
    if (kind < 3) key.units = static_cast<uint8_t>(fixed_ + 1 + below((v6_ ? 32U : 4U) - fixed_));
    const std::string owner = wire::name_of_key(key).to_text();
    if (kind == 0) zone_.delegate(owner, below(2) == 0);
    if (kind == 1) zone_.add(owner, wire::Type::txt, test::txt_data("text"));
    if (kind == 2 && below(4) == 0) zone_.add(owner, wire::Type::dname, test::wire_name("elsewhere"));
    if (kind == 3) zone_.add(owner, wire::Type::txt, test::txt_data("text"));
    if (kind < 4) return;
    zone_.ptr(owner, "host.example");
    if (below(10) != 0) return;
    // As many as make a table of 256.
    for (unsigned i = 0; i < 256; i += 1 + below(spread)) {
      key.address[v6_ ? 15 : 3] = static_cast<uint8_t>(i);
      zone_.ptr(wire::name_of_key(key).to_text(), "many.example");
    }
  }

  std::mt19937 random_;
  bool v6_;
  unsigned fixed_;  // octets or nibbles of the apex
  ZoneModel zone_;
};

class SignedDenialTest : public EngineTest {
 protected:
  /// Whether the fast path writes the reply to a query that it denies; whatever it says is compared by `ask`.
  bool is_fast(const test::Query& query) {
    const Octets bytes = query.bytes();
    buffer_.assign(2048, 0);
    std::copy(bytes.begin(), bytes.end(), buffer_.begin());
    const Engine engine{image::View(lines_)};
    const Message message{buffer_.data(), static_cast<uint32_t>(buffer_.size()),
                          static_cast<uint32_t>(bytes.size())};
    Query parsed;
    engine.parse({&message, 1}, Transport::udp, {&parsed, 1});
    engine.walk({&parsed, 1});
    answer::Reply reply;
    if (parsed.path != Query::Path::denied) return false;
    ++denied_;
    return write_signed_denial(engine.image(), {}, message.buffer(), parsed, reply);
  }
  size_t denied_ = 0;
};

TEST_F(SignedDenialTest, AsTheGeneralPart) {
  constexpr ZoneModel::Denial kDenials[] = {ZoneModel::Denial::nsec, ZoneModel::Denial::nsec,
                                            ZoneModel::Denial::nsec3, ZoneModel::Denial::opt_out};
  size_t fast = 0;
  for (unsigned seed = 0; seed < 320; seed += test::stride()) {
    Addresses addresses(seed, kDenials[seed / 6 % 4]);
    lines_ = addresses.lines();
    if (lines_.empty()) continue;
    for (unsigned i = 0; i < 60; ++i) {
      const test::Query query{
          .name = addresses.any_name(),
          .edns = test::Edns{.udp_size = static_cast<uint16_t>(i % 4 == 0 ? 512 : 1232), .dnssec_ok = true}};
      (void)ask(query);
      fast += is_fast(query) ? 1 : 0;
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " " << query.name;
    }
  }
  // Few are left to the general part: near cuts and ordinary labels, and for small clients.
  EXPECT_GT(denied_, 6'000 / test::stride());
  EXPECT_GT(fast, denied_ / 2);
}

// Each size of a client's limit around that of the reply.
TEST_F(SignedDenialTest, Limits) {
  for (const auto denial : {ZoneModel::Denial::nsec, ZoneModel::Denial::nsec3}) {
    ZoneModel zone("10.in-addr.arpa", denial);
    for (const char* owner : {"1.1.1", "3.1.1", "9.0.1", "1.9.0"})
      zone.ptr(std::string(owner) + ".10.in-addr.arpa", "host.example");
    ImageMaker maker;
    zone.put(maker);
    lines_ = maker.lines();
    for (uint16_t limit = 512; limit < 900; ++limit) {
      for (const char* name : {"2.1.1.10.in-addr.arpa", "0.1.1.10.in-addr.arpa", "1.2.3.10.in-addr.arpa"})
        (void)ask({.name = name, .edns = test::Edns{.udp_size = limit, .dnssec_ok = true}});
      ASSERT_FALSE(HasFailure()) << limit;
    }
    EXPECT_TRUE(is_fast({.name = "2.1.1.10.in-addr.arpa", .edns = test::Edns{.dnssec_ok = true}}));
  }
}

// The last name before an address may be in another /24 or /16, and the wildcard has a cover of its own.
TEST_F(SignedDenialTest, Covers) {
  ZoneModel zone("10.in-addr.arpa", ZoneModel::Denial::nsec);
  for (const char* owner : {"1.1.1", "3.1.1", "9.0.1", "1.9.0"})
    zone.ptr(std::string(owner) + ".10.in-addr.arpa", "host.example");
  ImageMaker maker;
  zone.put(maker);
  lines_ = maker.lines();
  const auto owners = [&](const char* name) {
    const auto reply = ask({.name = name, .edns = test::Edns{.dnssec_ok = true}});
    std::string all;
    for (const auto& record : reply.authority())
      if (record.type == code(Type::nsec)) all += record.owner + " ";
    return all;
  };
  // Canonical order: the apex, 1.9.0, 9.0.1, 1.1.1, 3.1.1.
  EXPECT_EQ(owners("2.1.1.10.in-addr.arpa"), "1.1.1.10.in-addr.arpa. 9.0.1.10.in-addr.arpa. ");
  EXPECT_EQ(owners("0.1.1.10.in-addr.arpa"), "9.0.1.10.in-addr.arpa. ");
  EXPECT_EQ(owners("5.7.1.10.in-addr.arpa"), "3.1.1.10.in-addr.arpa. 1.9.0.10.in-addr.arpa. ");
  EXPECT_EQ(owners("1.1.2.10.in-addr.arpa"), "3.1.1.10.in-addr.arpa. 10.in-addr.arpa. ");
}

}  // namespace
}  // namespace ptrd::answer
