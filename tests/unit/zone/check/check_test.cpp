// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <regex>

#include "ptrd/image/format.hpp"
#include "zone/compile/compile.hpp"
#include "zone/reading.hpp"
#include "zone/sources/paths.hpp"

namespace ptrd::zone::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHead =
    "@ IN SOA ns1.example.net. hostmaster.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ IN NS "
    "ns2.example.net.\n";

/// The findings of all zones that the paths name, sorted.
std::vector<Finding> check_paths(const std::vector<fs::path>& paths) {
  std::vector<Finding> findings;
  std::vector<Source> sources;
  for (const fs::path& path : paths) {
    const auto more = sources_of(path.string(), findings);
    sources.insert(sources.end(), more.begin(), more.end());
  }
  SetCheck checks;
  Progress progress;
  load(sources, 2, nullptr, checks, findings, progress);
  checks.finish(findings);
  sort_findings(findings);
  return findings;
}

/// The findings of zones as lines, file names without their folder. A zone's text is appended to `kHead`; its
/// origin is the name.
Lines check(const std::map<std::string, std::string>& zones) {
  const Folder folder;
  for (const auto& [name, text] : zones) folder.write(name + ".zone", kHead + text);
  Lines lines;
  for (const Finding& finding : check_paths({folder.path()})) {
    lines.push_back(finding.to_text());
    for (size_t at; (at = lines.back().find(folder.path().string() + '/')) != std::string::npos;) {
      lines.back().erase(at, folder.path().string().size() + 1);
    }
  }
  return lines;
}

/// The findings that a wrong zone's own comments announce, `;! severity: part of the text` on the line: as
/// `line severity` with the part.
using Expected = std::vector<std::pair<std::string, std::string>>;
Expected expected_of(const fs::path& file) {
  static const std::regex pattern(";! (file )?(error|warning): ([^;]*[^; ])");
  std::ifstream in(file);
  Expected expected;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    for (std::sregex_iterator it(line.begin(), line.end(), pattern), end; it != end; ++it) {
      expected.emplace_back(fmt::format("{} {}", (*it)[1].matched ? 0 : number, (*it)[2].str()),
                            (*it)[3].str());
    }
  }
  return expected;
}

// Each zone in wrong/ has just the findings that its comments announce, on their lines.
TEST(ZoneCheck, FindsWhatIsWrong) {
  const fs::path folder = fs::path(PTRD_UNIT_TESTS) / "zone" / "wrong";
  std::map<std::string, std::vector<Finding>> found;
  for (Finding& finding : check_paths({folder})) found[finding.file].push_back(std::move(finding));
  size_t zones = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++zones;
    auto& findings = found[entry.path().string()];
    for (const auto& expected : expected_of(entry.path())) {
      const auto it = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) {
        const char* severity = f.severity == Severity::error ? "error" : "warning";
        return fmt::format("{} {}", f.line, severity) == expected.first &&
               f.text.find(expected.second) != std::string::npos;
      });
      ASSERT_NE(it, findings.end()) << entry.path() << ": not found: " << expected.first << ' '
                                    << expected.second;
      findings.erase(it);
    }
    for (const Finding& rest : findings) ADD_FAILURE() << "not expected: " << rest.to_text();
  }
  EXPECT_GT(zones, 60U);
}

// The zones that a newcomer starts with are clean, those of RFC 7534 and 7535 with their odd timers included.
// Only the texts for several zones, which need APEX=FILE, have a note.
TEST(ZoneCheck, FindsNothingInTheExamples) {
  for (const Finding& finding : check_paths({fs::path(PTRD_UNIT_TESTS) / "../../zones"})) {
    if (finding.severity != Severity::note) ADD_FAILURE() << finding.to_text();
  }
}

// A finding names the included file that contains the record; another record in the same file is named by
// line only.
TEST(ZoneCheck, NamesTheIncludedFile) {
  const Folder folder;
  const auto part = folder.write("part", "1 PTR a.example.net.\n1 PTR A.example.net.\n1 PTR 10.0.0.1.\n");
  const auto top =
      folder.write("2.0.192.in-addr.arpa.zone",
                   std::string(kHead) +
                       "2 60 PTR b.example.net.\n$INCLUDE part\n$INCLUDE part 0.2.0.192.in-addr.arpa.\n"
                       "1 61 PTR a.example.net.\n");
  const auto findings = check_paths({top});
  Lines lines;
  for (const Finding& finding : findings) lines.push_back(finding.to_text());
  const std::string p = part.string();
  const std::string literal = "PTR target 10.0.0.1. is an address; a host name is expected";
  EXPECT_EQ(
      lines,
      (Lines{
          top.string() + ":7: warning: 1.2.0.192.in-addr.arpa. PTR: TTL 61 differs from 60 at " + p +
              ":1; an RRset has one TTL (RFC 2181 5.2), the smallest is used",
          top.string() + ":7: warning: 1.2.0.192.in-addr.arpa. PTR: duplicate of the record at " + p + ":1",
          p + ":1: warning: 1.0.2.0.192.in-addr.arpa. is not the name of an address: 5 octets, 1 too many",
          p + ":2: warning: 1.0.2.0.192.in-addr.arpa. PTR: duplicate of the record at line 1",
          p + ":2: warning: 1.2.0.192.in-addr.arpa. PTR: duplicate of the record at line 1",
          p + ":3: warning: " + literal}));  // twice the same
}

// A target that is an alias in another zone of the set is found, whatever the order of the zones.
TEST(ZoneCheck, FollowsTargetsIntoOtherZones) {
  EXPECT_EQ(
      check({{"2.0.192.in-addr.arpa", "1 PTR www.a.example.\n2 PTR web.a.example.\n@ NS www.z.example.\n"},
             {"a.example", "www CNAME web\nweb A 192.0.2.1\n@ MX 1 www.z.example.\n"},
             {"z.example", "www CNAME web\nweb A 192.0.2.1\n"}}),
      (Lines{"2.0.192.in-addr.arpa.zone:4: warning: PTR target www.a.example. is an alias (CNAME at "
             "a.example.zone:4)",
             "2.0.192.in-addr.arpa.zone:6: warning: NS target www.z.example. is an alias (CNAME at "
             "z.example.zone:4)",
             "a.example.zone:6: warning: MX target www.z.example. is an alias (CNAME at z.example.zone:4)"}));
}

// Two texts with one apex: the second one is refused, whichever is read faster.
TEST(ZoneCheck, RefusesAZoneThatIsThereAlready) {
  const Folder folder;
  const auto one = folder.write("one.zone", "$ORIGIN a.example.\n" + std::string(kHead));
  const auto two = folder.write("two.zone", "$ORIGIN A.Example.\n" + std::string(kHead));
  const auto findings = check_paths({one, two});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].to_text(), two.string() + ":2: error: duplicate zone a.example.");

  std::string comments;
  for (int i = 0; i < 100'000; ++i) comments += "; a long text before the SOA record\n";
  folder.write("one.zone", comments + "$ORIGIN a.example.\n" + std::string(kHead));
  const auto slow = check_paths({one, two});
  ASSERT_EQ(slow.size(), 1U);
  EXPECT_EQ(slow[0].to_text(), two.string() + ":2: error: duplicate zone a.example.");
}

// Missing records are not reported if they may be in a line that could not be read.
TEST(ZoneCheck, MissesNothingInATextThatIsNotWhole) {
  const Folder folder;
  const auto file =
      folder.write("a.example.zone", "@ SOA ns.a.example. h.a.example. 1 4h 1h 2w 1h\n@ NS\n@ NS ns\n");
  ASSERT_EQ(check_paths({file}).size(), 1U);
  const auto no_soa = folder.write("b.example.zone", "@ SOA ns.a.example. h.a.example. 1 4h 1h 2w\n");
  ASSERT_EQ(check_paths({no_soa}).size(), 1U);
}

// A rule that is broken all over a zone gives a hundred findings and a number.
TEST(ZoneCheck, CountsWhatIsWrongAllOver) {
  const auto lines =
      check({{"2.0.192.in-addr.arpa",
              "$GENERATE 0-199 $ PTR h_$.example.\n200 PTR a_b.example.\n201 PTR 10.0.0.1.\n"}});
  ASSERT_EQ(lines.size(), 102U);
  EXPECT_EQ(lines[99],
            "2.0.192.in-addr.arpa.zone:4: warning: PTR target h_99.example. is not a host name: label 'h_99' "
            "contains '_'");
  EXPECT_EQ(
      lines[100],
      "2.0.192.in-addr.arpa.zone:5: warning: and 101 more up to here: a PTR target that is not a host name");
  EXPECT_EQ(
      lines[101],
      "2.0.192.in-addr.arpa.zone:6: warning: PTR target 10.0.0.1. is an address; a host name is expected");
}

// A name may have records of as many types as an image has room for, however many of each.
TEST(ZoneCheck, TooManyTypesOfAName) {
  std::string text;
  for (size_t i = 0; i < image::kMaxRrsets; ++i) {
    const std::string type = " TYPE" + std::to_string(1000 + i);
    text += "many" + type + " \\# 1 00\nmany" + type + " \\# 1 01\n";
  }
  EXPECT_EQ(check({{"x.example", text}}), Lines{});
  const auto lines = check({{"x.example", text + "many TXT x\nmany TYPE65000 \\# 0\n"}});
  EXPECT_EQ(lines, Lines{"x.example.zone:1026: error: many.x.example. has records of 514 types; at most "
                         "512 can be served"});
}

// Sorting is by file, then by the line's number, then by text, so that the order does not depend on threads;
// findings on the file as a whole come first. Findings of two zones in a text that they share are listed
// once.
TEST(ZoneCheck, SortsFindings) {
  std::vector<Finding> findings = {{"b", 1, {}, "1"}, {"a", 10, {}, "2"}, {"a", 9, {}, "4"},
                                   {"a", 9, {}, "3"}, {"a", 0, {}, "5"},  {"a", 9, {}, "4"}};
  sort_findings(findings);
  std::string order;
  for (const Finding& finding : findings) order += finding.text;
  EXPECT_EQ(order, "53421");
}

// PTR records at whole addresses, in any order, have the duplicates and the differing TTLs that a plain look
// at all pairs finds.
TEST(ZoneCheck, ComparesPlainRecordsInAnyOrder) {
  std::mt19937 random(7);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (const bool v4 : {true, false}) {
    for (int round = 0; round < 60; ++round) {
      struct One {
        std::string owner;
        std::string target;
        unsigned ttl;
      };
      std::vector<One> records;
      std::string text;
      size_t duplicates = 0;
      std::map<std::string, std::vector<unsigned>> ttls;
      const unsigned addresses = 1 + below(40);
      for (unsigned i = 0; i < 60; ++i) {
        const unsigned address = below(addresses);
        One one{
            .owner = v4 ? std::to_string(address * 6) : fmt::format("{:x}.{:x}", address % 16, address / 16),
            .target = fmt::format("h{}.example.", below(3)),
            .ttl = below(20) == 0 ? 60U : 61U};
        duplicates += std::any_of(records.begin(), records.end(), [&](const One& other) {
          return other.owner == one.owner && other.target == one.target;
        });
        ttls[one.owner].push_back(one.ttl);
        text += fmt::format("{} {} PTR {}\n", one.owner, one.ttl,
                            below(2) == 0 ? one.target : "H" + one.target.substr(1));
        records.push_back(one);
      }
      const auto differing = std::count_if(ttls.begin(), ttls.end(), [](const auto& entry) {
        return std::ranges::count(entry.second, entry.second[0]) !=
               static_cast<ptrdiff_t>(entry.second.size());
      });
      std::string zone = "2.0.192.in-addr.arpa";
      if (!v4) {
        zone = "8.b.d.0.1.0.0.2.ip6.arpa";
        for (int i = 0; i < 22; ++i) zone = "0." + zone;
      }
      const auto lines = check({{zone, text}});
      const auto with = [&](const char* words) {
        return std::ranges::count_if(
            lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
      };
      EXPECT_EQ(with(": duplicate of"), static_cast<ptrdiff_t>(duplicates)) << text;
      EXPECT_EQ(with(" differs from "), differing) << text;
      EXPECT_EQ(lines.size(), duplicates + static_cast<size_t>(differing));
    }
  }
}

// Cuts, DNAMEs and aliases reach the addresses below them and no others, in both families, whatever the order
// of the records.
TEST(ZoneCheck, FindsAddressesBelowNames) {
  const std::string v4 =
      "255.1 PTR a.example.net.\n0.2 PTR a.example.net.\n0.1 PTR a.example.net.\n255.0 PTR a.example.net.\n";
  EXPECT_EQ(
      check({{"18.198.in-addr.arpa",
              v4 + "1 NS ns1.example.net.\n1 NS ns2.example.net.\n0.2 CNAME b\n255.0 DNAME c\n"}}),
      (Lines{
          "18.198.in-addr.arpa.zone:4: warning: 255.1.18.198.in-addr.arpa. PTR is hidden by the zone cut "
          "1.18.198.in-addr.arpa. at line 8",
          "18.198.in-addr.arpa.zone:6: warning: 0.1.18.198.in-addr.arpa. PTR is hidden by the zone cut "
          "1.18.198.in-addr.arpa. at line 8",
          "18.198.in-addr.arpa.zone:10: error: CNAME and other data: 0.2.18.198.in-addr.arpa. also has PTR, "
          "at line 5"}));
  std::string zone = "8.b.d.0.1.0.0.2.ip6.arpa";
  for (int i = 0; i < 21; ++i) zone = "0." + zone;
  const std::string v6 =
      "f.f.2 PTR a.example.net.\n0.0.3 PTR a.example.net.\n0.0.2 PTR a.example.net.\nf.f.1 PTR "
      "a.example.net.\n";
  const auto lines = check({{zone, v6 + "2 DNAME example.net.\nf.f.1 CNAME b\n"}});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with(zone + ".zone:4: error: f.f.2.")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with(zone + ".zone:6: error: 0.0.2.")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with(zone + ".zone:9: error: CNAME and other data: f.f.1.")) << lines[2];
}

// NSEC3 records and their signatures are below an apex with a DNAME too; a signature over something else is
// not.
TEST(ZoneCheck, LeavesNsec3BelowADnameAtTheApex) {
  const std::string hash = "3uhpplv6tghqfbr1laph8hr8gv47rk4k";
  const auto below = [&](const std::string& covered) {
    const auto lines =
        check({{"2.0.192.in-addr.arpa",
                "@ DNAME example.net.\n" + hash + " NSEC3 1 0 0 - " + hash + " NS\n" + hash + " RRSIG " +
                    covered + " 13 6 3600 20300101000000 20200101000000 1 2.0.192.in-addr.arpa. AAAA\n"}});
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.find("is below the DNAME") != std::string::npos;
    });
  };
  EXPECT_EQ(below("NSEC3"), 0);
  EXPECT_EQ(below("PTR"), 1);
}

// A DNAME at the apex affects every address, in any order.
TEST(ZoneCheck, FindsAddressesBelowADnameAtTheApex) {
  const auto lines =
      check({{"2.0.192.in-addr.arpa", "9 PTR a.example.net.\n1 PTR a.example.net.\n@ DNAME example.net.\n"}});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(
      lines[0].starts_with("2.0.192.in-addr.arpa.zone:4: error: 9.2.0.192.in-addr.arpa. PTR is below"));
  EXPECT_TRUE(
      lines[1].starts_with("2.0.192.in-addr.arpa.zone:5: error: 1.2.0.192.in-addr.arpa. PTR is below"));
}

// Wildcards answer for name servers (RFC 4592), but not below an empty non-terminal, an address or a cut, nor
// as glue.
TEST(ZoneCheck, LooksThroughWildcards) {
  const std::string any = "*.x A 192.0.2.1\n";
  EXPECT_EQ(check({{"a.example", any + "@ NS a.x\n@ NS b.a.x\n"}}), Lines());
  EXPECT_EQ(
      check({{"a.example", any + "@ NS a.x\nd.a.x TXT y\n"}}),
      (Lines{"a.example.zone:5: warning: NS target a.x.a.example. has no address (A or AAAA) in its zone"}));
  EXPECT_EQ(check({{"a.example", "*.x CNAME y\n@ NS a.x\n"}}),
            (Lines{"a.example.zone:5: warning: NS target a.x.a.example. is an alias (CNAME at line 4)"}));
  EXPECT_EQ(check({{"a.example", "*.b A 192.0.2.1\nb NS ns.b\nb NS ns1.example.net.\n"}}),
            (Lines{"a.example.zone:4: warning: *.b.a.example. A is not glue and is hidden by the zone cut "
                   "b.a.example. at line 5",
                   "a.example.zone:5: warning: NS target ns.b.a.example. is below the zone cut b.a.example. "
                   "and has no glue "
                   "(A or AAAA)"}));
  EXPECT_EQ(
      check({{"2.0.192.in-addr.arpa", "1 PTR a.example.net.\n* A 192.0.2.1\n@ NS ns.1\n@ NS ns.2\n"}}),
      (Lines{"2.0.192.in-addr.arpa.zone:6: warning: NS target ns.1.2.0.192.in-addr.arpa. has no address "
             "(A or AAAA) in "
             "its zone; is the final dot missing?"}));
}

// A set that no message can hold is an error, whether it is at an address or elsewhere, and whether or not
// its records follow one another in the text. A set that only ptrd's answers cannot hold is a warning.
TEST(ZoneCheck, RefusesWhatNoMessageHolds) {
  const auto only = [](const Lines& lines) {
    return lines.size() == 1 ? lines[0] : fmt::format("{} lines", lines.size());
  };
  const auto records = [](const char* owner, int count, const char* target) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += fmt::format("{} PTR {}\n", owner, fmt::format(fmt::runtime(target), i));
    return text;
  };
  const std::string zone = "2.0.192.in-addr.arpa";
  EXPECT_EQ(only(check({{zone, records("1", 2900, "host-{:04}.example.net.")}})),
            zone + ".zone:4: error: 1." + zone +
                ". PTR: an answer with these 2900 records takes at least 69641 octets, a DNS message "
                "has at most 65535");
  EXPECT_EQ(only(check({{zone, records("0-63", 2900, "host-{:04}.example.net.")}})).substr(0, 70),
            (zone + ".zone:4: error: 0-63." + zone + ". PTR: an answer with these").substr(0, 70));
  EXPECT_EQ(check({{zone, records("1", 2700, "host-{:04}.example.net.")}}), Lines());
  // Two sets with their records in turn: their names are not known, 14 octets is what each takes at least.
  std::string in_turn;
  for (int i = 0; i < 4700; ++i) in_turn += fmt::format("1 PTR a{0}.example.\n2 PTR b{0}.example.\n", i);
  const auto lines = check({{zone, in_turn}});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("4700 records takes at least 65"), std::string::npos) << lines[0];
  std::string many_domains;
  for (int i = 0; i < 1700; ++i)
    many_domains += fmt::format("1 PTR www.c{0:04}.example.\n1 PTR c{0:04}.example.\n", i);
  EXPECT_EQ(only(check({{zone, many_domains}})),
            zone + ".zone:4: warning: 1." + zone +
                ". PTR: ptrd's answer with these 3400 records takes more than 65535 octets and "
                "is truncated, over TCP too");
  std::string text;
  for (int i = 0; i < 256; ++i) text += '"' + std::string(i < 255 ? 255 : 230, 'x') + "\" ";
  EXPECT_EQ(only(check({{"a.example", "t TXT " + text + "\n"}})).substr(0, 45),
            "a.example.zone:4: error: t.a.example. TXT: an");
}

// The builder gets every valid record, whatever else is found; the rest is rejected.
TEST(ZoneCheck, HandsGoodRecordsToTheBuilder) {
  const Folder folder;
  const auto file = folder.write("2.0.192.in-addr.arpa.zone",
                                 std::string(kHead) +
                                     "1 PTR a_b.example.\n1.3.0.192.in-addr.arpa. PTR a.example.\n"
                                     "1.2.0.192.IN-ADDR.ARPA. PTR c.example.\n");
  std::vector<Finding> findings;
  SetCheck checks;
  image::Builder builder;
  Progress progress;
  load(sources_of(file.string(), findings), 1, &builder, checks, findings, progress);
  EXPECT_EQ(checks.zones(), 1U);
  EXPECT_EQ(checks.records(), 5U);
  checks.finish(findings);
  EXPECT_EQ(findings.size(), 2U);
  EXPECT_TRUE(builder.build().has_value());
}

}  // namespace
}  // namespace ptrd::zone::test
