// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include "unit/zone/reading.hpp"
#include "zone/compile/compile.hpp"
#include "zone/sources/paths.hpp"

namespace ptrd::zone {
namespace {

using test::Folder;
using test::Lines;

/// Ranges of a text as `line prefix ttl`, and the findings.
struct Ranges {
  Lines found;
  Lines findings;
  Lines records;
};
Ranges read(std::string_view text) {
  Ranges out;
  ReadOptions options = test::example_options();
  options.range_sink = [&](const DeclaredRange& range) {
    out.found.push_back(fmt::format("{} {} {}", range.line, image::to_text(range.range.prefix), range.ttl));
  };
  std::vector<Finding> findings;
  read_zone_text(
      text, "zone", "/nonexistent", options,
      [&](const Record& record) { out.records.push_back(test::to_text(record)); }, findings);
  for (const Finding& finding : findings) out.findings.push_back(finding.to_text());
  return out;
}
std::string fault(std::string_view directive) {
  const auto out = read(directive);
  return out.findings.size() == 1 ? out.findings[0] : fmt::format("{} findings", out.findings.size());
}

// The directive uses the $TTL and $ORIGIN in force at its line; the records around it are read as usual.
TEST(RangeDirective, InPlace) {
  const auto out = read(
      ";@range 10.0.0.0/8 h{d}\n"
      "a 60 PTR x.\n"
      ";@range 10.1.0.0/16 h{d}\n"
      "$TTL 7200\n"
      ";@range 10.2.0.0/16 h{d}\n"
      "$ORIGIN other.\n"
      ";@range 10.3.0.0/16 h{d}.a. 5 ; a comment\n"
      "  PTR y\n"
      "b PTR (\n  z )\n"
      "\n"
      ";@range 2001:db8::/33 {nibbles}.a.");
  EXPECT_EQ(out.findings, Lines());
  EXPECT_EQ(out.found, (Lines{"1 10.0.0.0/8 3600", "3 10.1.0.0/16 60", "5 10.2.0.0/16 7200",
                              "7 10.3.0.0/16 5", "12 2001:db8::/33 7200"}));
  EXPECT_EQ(out.records, (Lines{"2 a.example. 60 12 x.", "8 a.example. 7200 12 y.other.",
                                "10 b.other. 7200 12 z.other."}));
}

// A default TTL of 2^31 and more is 0 for a range, as for a record (RFC 2181 8), with one warning for the
// $TTL (found by the fuzzer).
TEST(RangeDirective, LargeDefaultTtlIsZero) {
  const auto out = read(
      "$TTL 2471426049\n"
      ";@range 192.0.2.0/25 h{d}\n"
      ";@range 192.0.2.128/25 h{d}\n"
      "a PTR x.\n");
  EXPECT_EQ(out.findings,
            (Lines{"zone:2: warning: TTL 2471426049 is above 2147483647; it is taken as 0 (RFC 2181 8)"}));
  EXPECT_EQ(out.found, (Lines{"2 192.0.2.0/25 0", "3 192.0.2.128/25 0"}));
  EXPECT_EQ(out.records, (Lines{"4 a.example. 0 12 x."}));
}

// Other comments are comments, and without a sink all are.
TEST(RangeDirective, OnlyAtTheStartOfALine) {
  EXPECT_EQ(read("a PTR b ;@range nonsense\n ;@range nonsense\n;@ranges\n; @range\n").findings, Lines());
  EXPECT_EQ(test::read_text(";@range nonsense\na 1 PTR b\n").findings, Lines());
}

// An error is one line with the position, down to the column.
TEST(RangeDirective, Faults) {
  EXPECT_EQ(
      fault("\n;@range 10.0.0.0/8"),
      "zone:2:19: error: a range needs a prefix and a pattern: ;@range 192.0.2.0/24 host-{d}.example. [TTL]");
  EXPECT_EQ(fault(";@range 10.0.0.0 h{d}."),
            "zone:1:9: error: '10.0.0.0' is not an address prefix such as 192.0.2.0/24 or 2001:db8::/32");
  EXPECT_EQ(fault(";@range 10.0.0.0/33 h{d}."), "zone:1:9: error: invalid prefix length 33; at most 32");
  EXPECT_EQ(fault(";@range 10.0.0.1/8 h{d}."),
            "zone:1:9: error: 10.0.0.1/8 has host bits set; did you mean 10.0.0.0/8?");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 h{d}. 1h"),
            "zone:1:26: error: '1h' is not a TTL; use 0 to 2147483647 seconds");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 h{d}. 1 2"),
            "zone:1:28: error: too many words; a range is PREFIX PATTERN [TTL]");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 h{d}..x."), "zone:1:25: error: an empty label");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 h{d."), "zone:1:21: error: '{' without '}'");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 h!{d}."), "zone:1:21: error: '!' is not allowed in a host name");
  EXPECT_TRUE(fault(";@range 10.0.0.0/8 h{ip6}.")
                  .starts_with("zone:1:21: error: unknown placeholder '{ip6}'; use one of {a}"));
}

// Every address has a legal name; otherwise the range is refused, and the error shows an address without one.
TEST(RangeDirective, LegalNames) {
  EXPECT_EQ(fault(";@range 10.0.0.0/8 {d}-.x."),
            "zone:1:20: error: 10.0.0.0 gets '0-', a label that ends with a hyphen");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 -{d}.x."),
            "zone:1:20: error: 10.0.0.0 gets '-0', a label that starts with a hyphen");
  EXPECT_EQ(fault(";@range 10.0.0.0/8 {d}--{c}.x."),
            "zone:1:20: error: 10.0.0.10 gets '10--0', a label with hyphens in the third and fourth position "
            "(RFC 5891 4.2.3.1)");
  // Only where the octet has two digits.
  EXPECT_EQ(read(";@range 10.0.0.128/25 {d}--{c}.x.").findings, Lines());
  EXPECT_EQ(read(";@range 10.0.0.0/29 {d}--{c}.x.").findings, Lines());
  EXPECT_EQ(fault(";@range ::/0 {ip6}.x."),
            "zone:1:14: error: 10:: gets '10--0', a label with hyphens in the third and fourth position (RFC "
            "5891 4.2.3.1)");
  EXPECT_EQ(read(";@range 2001:db8::/32 {ip6}.x.\n;@range ::/0 ip6-{ip6}.x.").findings, Lines());
  EXPECT_EQ(fault(";@range ::/0 {ip6}{nibbles}.x."),
            "zone:1:14: error: the pattern can produce a label of more than 63 octets");
  EXPECT_EQ(read(";@range ::/0 {n0-n31}{n31-n1}.x.").findings, Lines());
}

/// Findings of a set with one zone file, as `line: text`.
Lines load_findings(std::string_view text) {
  const Folder folder;
  const auto file = folder.write("10.in-addr.arpa.zone", text);
  std::vector<Finding> findings;
  const auto sources = sources_of(file.string(), findings);
  SetCheck checks;
  image::Builder builder;
  Progress progress;
  load(sources, 1, &builder, checks, findings, progress);
  Lines lines;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::error)
      lines.push_back(fmt::format("{}: {}", finding.line, finding.text));
  }
  return lines;
}

constexpr std::string_view kApex = "@ 60 SOA ns. host. 1 1 1 1 1\n@ NS ns.\n";

// Conflicts with the rest of the zone.
TEST(RangeDirective, InItsZone) {
  const std::string apex(kApex);
  EXPECT_EQ(load_findings(apex + ";@range 10.0.0.0/8 h{d}.x.\n"), Lines());
  EXPECT_EQ(load_findings(apex + ";@range 11.0.0.0/8 h{d}.x.\n"),
            Lines{"3: range 11.0.0.0/8 is not in the zone 10.in-addr.arpa."});
  EXPECT_EQ(load_findings(apex + ";@range 10.0.0.0/7 h{d}.x.\n"),
            Lines{"3: range 10.0.0.0/7 is not in the zone 10.in-addr.arpa."});
  EXPECT_EQ(load_findings(apex + ";@range 10.0.0.0/9 h{d}.x.\n;@range 10.0.0.0/9 g{d}.x.\n"),
            Lines{"4: range 10.0.0.0/9 is a duplicate of the range on line 3"});
  EXPECT_EQ(load_findings(apex + ";@range 10.0.0.0/9 h{d}.x.\n@ DNSKEY 256 3 8 AAAA\n"),
            Lines{"3: range 10.0.0.0/9 is in the signed zone 10.in-addr.arpa.; synthesised records have no "
                  "signatures"});
}

// The output of `dump` for a range is read as the same range.
TEST(RangeDirective, TextAndBack) {
  for (const std::string text : {";@range 10.0.0.0/9 host-{a}-{b:02}-{c:03}-{d:x}{d:02x}.pool.x. 60",
                                 ";@range 10.64.0.0/12 {d}.{c}.x. 1", ";@range 10.0.0.0/8 nobody.x. 0",
                                 ";@range 10.0.0.0/8 h{d}. 0"}) {
    const auto range = parse_range_directive(text, wire::Name());
    ASSERT_TRUE(range) << text;
    image::Builder builder;
    const auto apex = wire::Name::from_text("10.in-addr.arpa.").value();
    const auto zone = builder.add_zone(apex).value();
    builder.add(
        zone, apex.bytes(), 6, 60,
        wire::Bytes(reinterpret_cast<const uint8_t*>("\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"), 22));
    ASSERT_TRUE(
        builder.add_range(zone, range->prefix, range->pattern.program, range->pattern.tail, *range->ttl));
    const auto lines = builder.build().value();
    const image::View view(lines);
    EXPECT_EQ(range_to_text(view, view.at<image::Range>(view.header().ranges), range->prefix), text);
  }
}

}  // namespace
}  // namespace ptrd::zone
