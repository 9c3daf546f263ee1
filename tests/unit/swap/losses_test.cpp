// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/losses.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "unit/image_maker.hpp"

namespace ptrd::swap {
namespace {

/// A zone of an SOA, an NS and so many PTR records.
struct Zone {
  std::string apex;
  unsigned names = 1;
  uint32_t serial = 1;
};

std::vector<image::Line> image_of(const std::vector<Zone>& zones) {
  test::ImageMaker maker;
  for (const Zone& zone : zones) {
    maker.zone(zone.apex, zone.serial);
    for (unsigned i = 0; i < zone.names; ++i)
      maker.ptr("h" + std::to_string(i) + "." + zone.apex, "host.example.");
  }
  return maker.lines();
}

Comparison compared(const std::vector<Zone>& before, const std::vector<Zone>& after) {
  const auto a = image_of(before);
  const auto b = image_of(after);
  return compare(image::View(a), image::View(b));
}

std::string text(const std::vector<Zone>& before, const std::vector<Zone>& after) {
  return compared(before, after).losses.text();
}

// Zones that are gone are counted and named in canonical order, whatever comes before, between and after
// them; new ones are not a loss.
TEST(LossesTest, Zones) {
  const std::vector<Zone> before = {
      {"1.10.in-addr.arpa"}, {"2.10.in-addr.arpa"}, {"3.10.in-addr.arpa"}, {"example"}, {"z"}};
  const auto some = compared(before, {{"0.10.in-addr.arpa"}, {"2.10.in-addr.arpa"}, {"a"}, {"example"}});
  EXPECT_EQ(some.losses.zones, 3U);
  EXPECT_EQ(some.losses.zones_before, 5U);
  EXPECT_EQ(some.losses.records, 9U);
  EXPECT_EQ(some.losses.records_before, 15U);
  EXPECT_EQ(some.losses.first, (std::vector<std::string>{"1.10.in-addr.arpa.", "3.10.in-addr.arpa.", "z."}));
  EXPECT_EQ(some.losses.text(),
            "3 of 5 zones and 9 of 15 records are lost: 1.10.in-addr.arpa, 3.10.in-addr.arpa, z");
  EXPECT_EQ(text(before, before), "");
  EXPECT_EQ(text({{"a", 0}}, {{"a", 0}, {"b", 0}}), "");
}

// Of many zones only the first are named.
TEST(LossesTest, ManyZones) {
  std::vector<Zone> before = {{"z"}};
  for (char c = 'a'; c < 'i'; ++c) before.push_back({std::string(1, c)});
  EXPECT_EQ(text(before, {{"z"}}), "8 of 9 zones and 24 of 27 records are lost: a, b, c, d, e and 3 more");
}

// Without a zone lost, the zone that lost most is named.
TEST(LossesTest, Records) {
  EXPECT_EQ(text({{"a", 3}, {"b", 5}, {"c", 3}}, {{"a", 2}, {"b", 1}, {"c", 9}}),
            "5 of 17 records are lost, the most in b");
  EXPECT_EQ(text({{"a", 3}, {"b", 5}}, {{"a", 2}, {"b", 5}}), "1 of 12 records is lost, in a");
}

// Records that move between a zone and one below it are not lost, nor those of a zone that a wider one
// replaces; a name with the same end that is not below a zone is a different matter.
TEST(LossesTest, Moves) {
  EXPECT_EQ(text({{"10.in-addr.arpa", 9}}, {{"10.in-addr.arpa", 5}, {"1.10.in-addr.arpa", 2}}), "");
  const auto wider =
      compared({{"1.10.in-addr.arpa", 4}, {"2.10.in-addr.arpa", 4}}, {{"10.in-addr.arpa", 10}});
  EXPECT_EQ(wider.losses.zones, 2U);
  EXPECT_EQ(wider.losses.records, 0U);
  const auto split =
      compared({{"10.in-addr.arpa", 10}}, {{"1.10.in-addr.arpa", 4}, {"2.10.in-addr.arpa", 4}});
  EXPECT_EQ(split.losses.text(), "1 of 1 zones is lost: 10.in-addr.arpa");
  const auto other = compared({{"0.in-addr.arpa", 4}}, {{"0.in-addr.arpa", 1}, {"10.in-addr.arpa", 4}});
  EXPECT_EQ(other.losses.records, 3U);
}

// The first zone whose serial goes backwards is named, in the arithmetic of RFC 1982.
TEST(LossesTest, Serials) {
  EXPECT_EQ(compared({{"a", 1, 7}, {"b", 1, 0xFFFFFFFF}}, {{"a", 1, 7}, {"b", 1, 3}}).backwards, "");
  EXPECT_EQ(
      compared({{"a", 1, 7}, {"b", 1, 9}, {"c", 1, 9}}, {{"a", 1, 7}, {"b", 1, 8}, {"c", 1, 8}}).backwards,
      "zone b. has serial 8 in the new image and 9 in service");
  EXPECT_NE(compared({{"a", 1, 3}}, {{"a", 1, 3 + 0x80000000U}}).backwards, "");
}

Losses losses(uint64_t zones, uint64_t of_zones, uint64_t records, uint64_t of_records) {
  return {.zones = zones, .zones_before = of_zones, .records = records, .records_before = of_records};
}

// A limit itself is not exceeded; one more is. The text names each limit that is.
TEST(LossLimitsTest, Shares) {
  const LossLimits limits;
  EXPECT_EQ(limits.exceeded_by(losses(1000, 10000, 100000, 1000000)), "");
  EXPECT_EQ(limits.exceeded_by(losses(1001, 10000, 0, 1000000)), "10% of the zones (reload.max-lost-zones)");
  EXPECT_EQ(limits.exceeded_by(losses(0, 10000, 100001, 1000000)),
            "10% of the records (reload.max-lost-records)");
  EXPECT_EQ((LossLimits{.zones = 0.5, .records = 2}.exceeded_by(losses(1, 100, 300, 10000))),
            "0.5% of the zones (reload.max-lost-zones) and 2% of the records (reload.max-lost-records)");
  EXPECT_EQ((LossLimits{.zones = 100, .records = 100}.exceeded_by(losses(5, 5, 900, 900))), "");
}

// In a small image an edit may take more than a few percent of the records, but not half of them; a zone out
// of three is too many. A limit of zero is for every record.
TEST(LossLimitsTest, SmallImages) {
  const LossLimits limits;
  EXPECT_EQ(limits.exceeded_by(losses(0, 3, 100, 250)), "");
  EXPECT_NE(limits.exceeded_by(losses(0, 3, 101, 250)), "");
  EXPECT_EQ(limits.exceeded_by(losses(0, 1, 4, 9)), "");
  EXPECT_NE(limits.exceeded_by(losses(0, 1, 5, 10)), "");
  EXPECT_NE(limits.exceeded_by(losses(1, 3, 3, 90)), "");
  EXPECT_NE((LossLimits{.zones = 0, .records = 0}.exceeded_by(losses(0, 3, 1, 250))), "");
}

}  // namespace
}  // namespace ptrd::swap
