// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/parent_zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "scanning.hpp"

namespace ptrd::rdns {
namespace {

struct Zone {
  std::vector<std::string> lines;
  ZoneCounts counts;
  std::vector<Finding> findings;
};

Zone zone_of(const std::vector<std::string>& objects, const std::string& apex = "196.in-addr.arpa") {
  std::string text;
  for (const std::string& object : objects) text += object;
  ParentZone zone({.apex = wire::Name::from_text(apex).value(),
                   .soa = soa_of_text("ns1.example.net h.example.net 1 2 3 4 5").value(),
                   .servers = {name_server("ns1.example.net").value()},
                   .ttl = 3600});
  uint32_t line = 0;
  for (const DomainObject& object : scan_text(text).objects) zone.add(object, {0, ++line});
  Zone out;
  char* data = nullptr;
  size_t size = 0;
  std::FILE* stream = open_memstream(&data, &size);
  out.counts =
      zone.write(stream, {"f"}, [&](Finding finding) { out.findings.push_back(std::move(finding)); });
  std::fclose(stream);
  std::istringstream all(std::string(data, size));
  std::free(data);
  for (std::string l; std::getline(all, l);) out.lines.push_back(l);
  return out;
}

bool has(const Zone& zone, const std::string& line) {
  return std::count(zone.lines.begin(), zone.lines.end(), line) == 1;
}

// NS records for each delegation, glue once if needed, DS at the cut.
TEST(ParentZone, NsGlueDs) {
  const std::string digest(64, 'A');
  const Zone zone =
      zone_of({good_object("1.1.196.in-addr.arpa", "ds-rdata: 7 13 2 " + digest + "\n",
                           "nserver: ns.1.1.196.in-addr.arpa 196.1.1.1\n"
                           "nserver: ns.1.1.196.in-addr.arpa 2001:db8::1\nnserver: ns2.example.net\n")});
  EXPECT_EQ(
      zone.lines,
      (std::vector<std::string>{
          "$ORIGIN 196.in-addr.arpa.", "$TTL 3600",
          "196.in-addr.arpa. IN SOA ns1.example.net. h.example.net. 1 2 3 4 5",
          "196.in-addr.arpa. IN NS ns1.example.net.", "1.1.196.in-addr.arpa. IN NS ns.1.1.196.in-addr.arpa.",
          "1.1.196.in-addr.arpa. IN NS ns2.example.net.", "1.1.196.in-addr.arpa. IN DS 7 13 2 " + digest,
          "ns.1.1.196.in-addr.arpa. IN A 196.1.1.1", "ns.1.1.196.in-addr.arpa. IN AAAA 2001:db8::1"}));
  EXPECT_EQ(zone.counts.records, 7U);
}

// A range with a dash: NS at its name, and a CNAME for each address of it and no other, five days long.
TEST(ParentZone, DashRange) {
  const Zone zone = zone_of({good_object("4-7.1.1.196.in-addr.arpa")});
  EXPECT_TRUE(has(zone, "4-7.1.1.196.in-addr.arpa. IN NS ns1.example.net."));
  for (const char* n : {"4", "5", "6", "7"})
    EXPECT_TRUE(has(
        zone, std::string(n) + ".1.1.196.in-addr.arpa. 432000 IN CNAME " + n + ".4-7.1.1.196.in-addr.arpa."));
  EXPECT_EQ(std::count_if(zone.lines.begin(), zone.lines.end(),
                          [](const auto& l) { return l.find("CNAME") != l.npos; }),
            4);
}

// Only the least specific is delegated, in any order; with its glue and not the other's.
TEST(ParentZone, LeastSpecificOnly) {
  const std::string below = good_object(
      "1.1.196.in-addr.arpa", {}, "nserver: ns.1.1.196.in-addr.arpa 196.1.1.1\nnserver: ns2.example.net\n");
  std::vector<std::string> objects = {below, good_object("1.196.in-addr.arpa"),
                                      good_object("0-7.9.2.196.in-addr.arpa"),
                                      good_object("4-15.9.2.196.in-addr.arpa")};
  const Zone zone = zone_of(objects);
  EXPECT_EQ(zone.counts.delegations, 2U);
  EXPECT_EQ(zone.counts.left_out, 2U);
  ASSERT_EQ(zone.findings.size(), 2U);
  EXPECT_EQ(zone.findings[0].rule, Rule::hierarchy_below);
  EXPECT_EQ(zone.findings[1].rule, Rule::hierarchy_overlap);
  for (const std::string& line : zone.lines) EXPECT_EQ(line.find("1.1.196"), std::string::npos) << line;
  std::reverse(objects.begin(), objects.end());
  EXPECT_EQ(zone_of(objects).lines, zone.lines);
}

// The apex itself, what is above and what only looks as if it were below are outside.
TEST(ParentZone, OnlyBelowTheApex) {
  for (const char* domain : {"196.in-addr.arpa", "1.197.in-addr.arpa", "6.ip6.arpa"})
    EXPECT_EQ(zone_of({good_object(domain)}).counts.delegations, 0U) << domain;
  EXPECT_EQ(zone_of({good_object("13.2.1.in-addr.arpa")}, "3.2.1.in-addr.arpa").counts.delegations, 0U);
  EXPECT_EQ(zone_of({good_object("d.0.1.0.0.2.ip6.arpa")}, "0.2.ip6.arpa").counts.delegations, 1U);
}

// An SOA is seven fields; a mail address for its rname is refused in words.
TEST(SoaOfText, Refuses) {
  EXPECT_TRUE(soa_of_text("a. b. 1 2 3 4 5"));
  for (const char* text : {"", "a. b. 1 2 3 4", "a. b. 1 2 3 4 5 6", "a. b. 1 2 3 4 x",
                           "a. b. 4294967296 2 3 4 5", "a..b c. 1 2 3 4 5"})
    EXPECT_FALSE(soa_of_text(text)) << text;
  EXPECT_NE(soa_of_text("a. h@b. 1 2 3 4 5").error().find("at sign"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::rdns
