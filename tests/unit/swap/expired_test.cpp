// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/expired.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/signed_zone.hpp"

namespace ptrd::swap {
namespace {

constexpr uint32_t kNow = 1'800'000'000;  // 2027-01-15T08:00:00Z

/// Zones with a signature that expires at each time; 0: one that is not signed.
std::vector<image::Line> image_of(const std::vector<std::pair<std::string, uint32_t>>& zones) {
  test::ImageMaker maker;
  for (const auto& [apex, end] : zones) {
    if (end == 0) {
      maker.zone(apex);
    } else {
      test::SignedZone(maker, apex).sign(apex, wire::Type::soa, end).nsec();
    }
  }
  return maker.lines();
}

std::string text(const std::vector<std::pair<std::string, uint32_t>>& zones) {
  const auto lines = image_of(zones);
  return find_expired(image::View(lines), kNow).text();
}

// A signature is valid in the second in which it expires (RFC 4034 3.1.5), and not in the next one.
TEST(ExpiredTest, Bound) {
  EXPECT_EQ(text({{"a.example", kNow}, {"b.example", kNow + 1}, {"c.example", 0}}), "");
  EXPECT_EQ(text({{"a.example", kNow - 1}, {"b.example", kNow}}),
            "signatures of 1 zone have expired, first of a.example. on 2027-01-15T07:59:59Z; validating "
            "resolvers refuse what they cover: sign again");
}

// All are counted, and the one that expired first is named, wherever it stands.
TEST(ExpiredTest, First) {
  std::vector<std::pair<std::string, uint32_t>> zones;
  for (int i = 0; i < 1500; ++i)
    zones.emplace_back("z" + std::to_string(i) + ".example", i % 3 ? kNow - 60 : 0);
  zones[1300].second = kNow - 3600;
  const auto lines = image_of(zones);
  const Expired expired = find_expired(image::View(lines), kNow);
  EXPECT_EQ(expired.zones, 1000U);
  EXPECT_EQ(expired.first, "z1300.example.");
  EXPECT_EQ(expired.since, kNow - 3600);
}

}  // namespace
}  // namespace ptrd::swap
