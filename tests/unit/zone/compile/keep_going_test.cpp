// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/keep_going.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/image_maker.hpp"
#include "zone/compile/compile.hpp"
#include "zone/reading.hpp"
#include "zone/sources/paths.hpp"
#include "zone/threads.hpp"

namespace ptrd::zone::test {
namespace {

using image::Line;
using ptrd::test::same_lines;

constexpr const char* kZoneTop =
    "$TTL 3600\n@ IN SOA ns1.example.net. hostmaster.example.net. 7 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ "
    "IN NS ns2.example.net.\n";
constexpr const char* kBad = "9 PTR (\n";  // the parenthesis is never closed

/// Texts of zones, appended to `kZoneTop`, by the zone's name.
using Texts = std::map<std::string, std::string>;

struct Compiled {
  std::vector<Line> lines;
  std::vector<FaultyInput> faulty;
  LeftOut left_out;
};

/// `paths` are as on the command line, with `%` for the folder of `texts`. File names in messages come
/// without that. `now`: seconds since 1970.
Compiled compile(const Texts& texts, unsigned jobs = 2, const std::vector<Line>& previous = {},
                 const std::vector<std::string>& paths = {"%"}, bool strict = false, int64_t now = 0) {
  const Folder folder;
  for (const auto& [name, text] : texts) folder.write(name + ".zone", kZoneTop + text);
  const std::string prefix = folder.path().string();
  std::vector<Finding> findings;
  std::vector<Source> sources;
  for (std::string path : paths) {
    if (const size_t at = path.find('%'); at != std::string::npos) path.replace(at, 1, prefix);
    const auto more = sources_of(path, findings);
    sources.insert(sources.end(), more.begin(), more.end());
  }
  SetCheck checks;
  image::Builder builder;
  Progress progress;
  const auto zones = load(sources, jobs, &builder, checks, findings, progress);
  checks.finish(findings);
  const Previous from{"old.ptri", image::View(previous)};
  if (!previous.empty()) {
    for (Finding& finding : find_expired(sources, zones, builder, from, now))
      findings.push_back(std::move(finding));
  }
  for (Finding& finding : findings) {
    if (strict) finding.severity = Severity::error;
  }
  Compiled out;
  out.faulty = faulty_inputs(sources, zones, findings);
  out.left_out = leave_out(out.faulty, builder, previous.empty() ? nullptr : &from);
  for (std::string& line : out.left_out.lines) {
    for (size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
  }
  out.lines = builder.build(on_threads(jobs)).value();
  EXPECT_TRUE(image::verify(out.lines).has_value());
  return out;
}

/// Zones within each other, in both trees, with ranges, records that follow a rule, and other types.
Texts good_zones() {
  Texts texts;
  std::string upper =
      ";@range 10.1.0.0/16 up-{ip}.example.net.\n2 TXT hidden\n9.2 PTR hidden.example.net.\n3.3 PTR "
      "a.example.net.\n";
  std::string ruled = "5 TXT five\n0-63 NS ns1.example.net.\n0-63 NS ns2.example.net.\n";
  for (int i = 6; i < 200; ++i) ruled += fmt::format("{} PTR h{}.pool.example.net.\n", i, i);
  texts["10.in-addr.arpa"] = upper;
  texts["2.10.in-addr.arpa"] =
      "1.1 PTR one.example.net.\n1.1 PTR two.example.net.\n;@range 10.2.4.0/23 r{d}.example.net. 60\n";
  texts["7.2.10.in-addr.arpa"] = ruled;
  texts["8.2.10.in-addr.arpa"] = ruled;
  texts["8.b.d.0.1.0.0.2.ip6.arpa"] =
      ";@range 2001:db8:1::/48 v6-{ip6}.example.net.\n"
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.example.net.\n";
  texts["example.com"] = "www A 192.0.2.1\nwww TXT \"some text\"\n*.sub MX 10 www\n";
  return texts;
}

// The good zones are written as if the bad ones had not been there, byte for byte, with any number of
// threads; wherever the bad ones lie.
TEST(KeepGoing, SameBytesAsGoodZonesAlone) {
  const Texts good = good_zones();
  for (const auto& [bad, text] : good) {
    Texts rest = good;
    rest.erase(bad);
    const auto alone = compile(rest);
    ASSERT_TRUE(alone.faulty.empty());
    Texts all = good;
    all[bad] += kBad;
    for (const unsigned jobs : {1U, 2U, 5U}) {
      const auto kept = compile(all, jobs);
      ASSERT_EQ(kept.faulty.size(), 1U) << bad;
      EXPECT_EQ(kept.faulty[0].errors, 1U);
      EXPECT_EQ(kept.left_out.left_out, 1U);
      EXPECT_EQ(kept.left_out.taken, 0U);
      EXPECT_TRUE(same_lines(kept.lines, alone.lines)) << bad << ", " << jobs << " jobs";
    }
  }
}

// A bad zone that is taken from the previous image gives the bytes of a compile of its previous text, with
// any number of threads.
TEST(KeepGoing, SameBytesAsThePreviousText) {
  const Texts good = good_zones();
  for (const auto& [bad, text] : good) {
    // What lies below it hides nothing in the previous image.
    const auto previous = compile({{bad, text + "77.77 PTR earlier.example.net.\n"}});
    Texts with = good;
    with[bad] += "77.77 PTR earlier.example.net.\n";
    const auto wanted = compile(with);
    Texts all = good;
    all[bad] = "8 PTR new.example.net.\n" + std::string(kBad) + text;
    for (const unsigned jobs : {1U, 2U, 5U}) {
      const auto kept = compile(all, jobs, previous.lines);
      EXPECT_EQ(kept.left_out.left_out, 0U) << bad;
      EXPECT_EQ(kept.left_out.taken, 1U) << bad;
      EXPECT_EQ(kept.left_out.lines.size(), 1U) << bad;
      EXPECT_TRUE(same_lines(kept.lines, wanted.lines)) << bad << ", " << jobs << " jobs";
    }
  }
}

// Every input with errors is named once: a zone, however many errors or texts it has; a file without a zone;
// a path that names no file.
TEST(KeepGoing, NamesEachInput) {
  const auto out = compile({{"a.example", "1 A 300.1.1.1\n2 A 300.1.1.1\n"},
                            {"b.example", "@ SOA . . 1 1 1 1 1\n@ SOA . . 2 1 1 1 1\n"},
                            {"ok.example", ""}},
                           2, {},
                           {"%", "%/missing.zone", "z.example=%/a.example.zone", "..=x",
                            "ok.example=%/ok.example.zone", "/nonexistent/zones/"});
  EXPECT_EQ(out.left_out.lines,
            (Lines{"zone a.example. is left out: 2 errors, the first at /a.example.zone:5",
                   "zone b.example. is left out: 2 errors, the first at /b.example.zone:5",
                   "zone ok.example. is left out: 1 error at /ok.example.zone:2",
                   "/missing.zone is left out: 1 error",
                   "zone z.example. is left out: 2 errors, the first at /a.example.zone:5",
                   "..=x is left out: 1 error", "/nonexistent/zones/ is left out: 1 error"}));
  EXPECT_EQ(out.left_out.left_out, 7U);
  EXPECT_EQ(image::View(out.lines).header().zone_count, 0U);
}

// A name server that is an alias in another zone is a finding of the zone that names it, whether the other
// one is left out or not: as `check` says.
TEST(KeepGoing, ReadsFindingsAcrossZones) {
  Texts texts = {{"a.example", "@ NS w.b.example.\n"}, {"b.example", "w CNAME z.example.net.\n"}};
  const std::string line = "zone a.example. is left out: 1 error at /a.example.zone:5";
  EXPECT_EQ(compile(texts, 2, {}, {"%"}, true).left_out.lines, (Lines{line}));
  texts["b.example"] += kBad;
  EXPECT_EQ(compile(texts, 2, {}, {"%"}, true).left_out.lines,
            (Lines{line, "zone b.example. is left out: 1 error at /b.example.zone:6"}));
}

// Warnings leave nothing out unless they count as errors, as with --strict.
TEST(KeepGoing, SeverityDecides) {
  const std::vector<Source> sources = {{"one.zone", {}}, {"two.zone", {}}};
  std::vector<Finding> findings = {{"one.zone", 3, Severity::warning, "odd"}};
  findings[0].source = 0;
  EXPECT_TRUE(faulty_inputs(sources, {1, 2}, findings).empty());
  findings[0].severity = Severity::error;
  const auto faulty = faulty_inputs(sources, {1, 2}, findings);
  ASSERT_EQ(faulty.size(), 1U);
  EXPECT_EQ(faulty[0].zone, 1U);
  EXPECT_EQ(faulty[0].file, "one.zone");
}

// An upper zone that answers instead is named; the nearest one that is there.
TEST(KeepGoing, WarnsOfUpperZones) {
  const auto out = compile({{"10.in-addr.arpa", ""},
                            {"2.10.in-addr.arpa", kBad},
                            {"1.2.10.in-addr.arpa", ""},
                            {"7.1.2.10.in-addr.arpa", kBad},
                            {"11.in-addr.arpa", kBad}});
  EXPECT_EQ(
      out.left_out.lines,
      (Lines{"zone 11.in-addr.arpa. is left out: 1 error at /11.in-addr.arpa.zone:5",
             "zone 2.10.in-addr.arpa. is left out: 1 error at /2.10.in-addr.arpa.zone:5",
             "zone 7.1.2.10.in-addr.arpa. is left out: 1 error at /7.1.2.10.in-addr.arpa.zone:5",
             "warning: zone 10.in-addr.arpa. answers for the names of 2.10.in-addr.arpa., which is left out",
             "warning: zone 1.2.10.in-addr.arpa. answers for the names of 7.1.2.10.in-addr.arpa., which is "
             "left out"}));
}

// A zone that was above another one in the previous image has no records there: if nobody answers for these
// names now, there is a warning.
TEST(KeepGoing, WarnsOfGaps) {
  const auto previous = compile({{"10.in-addr.arpa", "5.5.1 PTR hidden.example.net.\n"},
                                 {"1.10.in-addr.arpa", ""},
                                 {"5.1.10.in-addr.arpa", ""},
                                 {"2.10.in-addr.arpa", ""},
                                 {"11.in-addr.arpa", ""}});
  const auto out = compile({{"10.in-addr.arpa", kBad}, {"2.10.in-addr.arpa", ""}}, 2, previous.lines);
  EXPECT_EQ(
      out.left_out.lines,
      (Lines{"zone 10.in-addr.arpa. is taken from old.ptri, serial 7: 1 error at /10.in-addr.arpa.zone:5",
             "warning: zone 10.in-addr.arpa. has no names below 1.10.in-addr.arpa.: that was a zone of "
             "old.ptri"}));
}

// A file that gives no zone stands for the zone of its name, unless another file gives that.
TEST(KeepGoing, GuessesTheZone) {
  const auto previous = compile({{"a.example", ""}, {"b.example", ""}});
  const auto out = compile({{"b.example", "new TXT text\n"}}, 2, previous.lines,
                           {"%/a.example.zone", "b.example=%/missing", "c.example=%/missing", "%"});
  EXPECT_EQ(out.left_out.lines,
            (Lines{"zone a.example. is taken from old.ptri, serial 7: 1 error in /a.example.zone",
                   "/missing is left out: 1 error", "/missing is left out and not in old.ptri: 1 error"}));
  EXPECT_EQ(image::View(out.lines).header().records, 3U + 4U);
}

// Two texts of one zone: neither is used, whichever was read first.
TEST(KeepGoing, NeitherOfTwoTexts) {
  const auto previous = compile({{"a.example", "old TXT text\n"}});
  for (const unsigned jobs : {1U, 2U}) {
    const auto out = compile({{"a.example", "one TXT text\n"}, {"b.example", ""}}, jobs, previous.lines,
                             {"%", "a.example=%/a.example.zone"});
    EXPECT_EQ(out.left_out.taken, 1U);
    EXPECT_TRUE(same_lines(out.lines, compile({{"a.example", "old TXT text\n"}, {"b.example", ""}}).lines));
  }
}

// A zone of which not even the apex is known to be right is taken under the name that was asked for, and each
// zone once.
TEST(KeepGoing, TakesAZoneOnce) {
  const auto previous = compile({{"a.example", "old TXT text\n"}});
  const auto out = compile({{"a.example", kBad}}, 2, previous.lines, {"a.example=%/missing", "%"});
  EXPECT_EQ(out.left_out.lines, (Lines{"/missing is left out: 1 error",
                                       "zone a.example. is taken from old.ptri, serial 7: 1 error at "
                                       "/a.example.zone:5"}));
  EXPECT_TRUE(same_lines(out.lines, previous.lines));
}

/// A signed zone with one name, whose first signature ends at this time (YYYYMMDDHHmmSS).
std::string signed_until(const std::string& apex, const std::string& end, const std::string& name) {
  const auto rrsig = [&](const char* covered, const std::string& until) {
    return fmt::format("@ RRSIG {} 13 3 3600 {} 20260101000000 4711 {}. YWJj\n", covered, until, apex);
  };
  return fmt::format(
      "@ DNSKEY 256 3 13 {}==\n{}{}@ NSEC {}.{}. NS SOA RRSIG NSEC DNSKEY\n{} TXT text\n"
      "{} NSEC {}. TXT RRSIG NSEC\n",
      std::string(86, 'A'), rrsig("SOA", end), rrsig("NS", "20380101000000"), name, apex, name, name, apex);
}

// A zone with signatures that have expired is taken from the previous image if those there have not; not one
// that is not in it, was not signed, or has expired there, too. Others stay as they are.
TEST(KeepGoing, ExpiredSignatures) {
  constexpr int64_t kNow = 1'800'000'000;  // 2027-01-15T08:00:00Z
  const std::string before = "20270115075959", at = "20270115080000", later = "20270120000000";
  const auto previous = compile({{"a.example", signed_until("a.example", at, "old")},
                                 {"b.example", signed_until("b.example", before, "old")},
                                 {"c.example", "old TXT text\n"},
                                 {"e.example", signed_until("e.example", later, "old")}});
  Texts texts = {{"a.example", signed_until("a.example", before, "new")},
                 {"b.example", signed_until("b.example", before, "new")},
                 {"c.example", signed_until("c.example", before, "new")},
                 {"d.example", signed_until("d.example", before, "new")},
                 {"e.example", signed_until("e.example", at, "new")}};
  const auto out = compile(texts, 2, previous.lines, {"%"}, false, kNow);
  ASSERT_EQ(out.faulty.size(), 1U);
  EXPECT_EQ(out.faulty[0].first.text,
            "zone a.example. has signatures that have expired, the first on 2027-01-15T07:59:59Z; those in "
            "old.ptri are valid until 2027-01-15T08:00:00Z");
  EXPECT_EQ(out.left_out.lines, (Lines{"zone a.example. is taken from old.ptri, serial 7: 1 error in "
                                       "/a.example.zone"}));
  texts["a.example"] = signed_until("a.example", at, "old");
  EXPECT_TRUE(same_lines(out.lines, compile(texts).lines));
  EXPECT_TRUE(compile(texts, 2, previous.lines, {"%"}, false, kNow).faulty.empty());
}

}  // namespace
}  // namespace ptrd::zone::test
