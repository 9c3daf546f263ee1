// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/reader.hpp"

#include <gtest/gtest.h>

#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

using namespace std::string_literals;

// Relative and absolute names, an omitted owner, comments, a TTL and a class in either order.
TEST(ZoneReader, ReadsPlainRecords) {
  const auto got = read_text(
      "; comment\n1 PTR host1\n  60 IN PTR host2.test. ; more\n\n@ IN 1h30m NS ns\nA.b TXT \"x y\"\n");
  EXPECT_TRUE(got.good);
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"2 1.example. 3600 12 host1.example.", "3 1.example. 60 12 host2.test.",
                                "5 example. 5400 2 ns.example.", "6 A.b.example. 5400 16 03782079"}));
}

// A bad $ORIGIN in any form is reported, and the previous origin stays (found by the fuzzer).
TEST(ZoneReader, BadOriginLeavesTheLastOne) {
  for (const char* bad : {"$ORIGIN(2.0.192.in-add..rraap\n", "$ORIGIN a..b.\n", "$ORIGIN .x.\n", "$ORIGIN\n",
                          "$ORIGIN(01\n.)\n", "$\n$ORIGIN(2d..\n)\n", "I($\n$ORIGIN(22)\n$bad\n"}) {
    const auto got = read_text(std::string(bad) + "1 PTR host.\n2 PTR host.\n");
    EXPECT_FALSE(got.good) << bad;
    for (const std::string& record : got.records)
      EXPECT_NE(record.find(".example. "), std::string::npos) << bad << record;
  }
}

// A file is read whole, be it small enough to be copied or mapped: its last record is there, also without the
// newline, and nothing after it.
TEST(ZoneReader, ReadsFilesOfAnySize) {
  const Folder folder;
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{65535}, size_t{65536}, size_t{65537}, size_t{200000}}) {
    const std::string last = size == 0 ? "" : size == 1 ? ";" : "z PTR last";
    const std::string filler = size > 1 ? ';' + std::string(size - last.size() - 2, 'x') + '\n' : "";
    const auto got = read_file(folder.write("zone", filler + last));
    EXPECT_TRUE(got.good) << size;
    EXPECT_EQ(got.records, size > 1 ? Lines{"2 z.example. 3600 12 last.example."} : Lines()) << size;
  }
}

// The spans and numbers of a record are those of the wire form, the owner's case is kept.
TEST(ZoneReader, FillsARecord) {
  std::vector<Finding> findings;
  int count = 0;
  const auto options = example_options();
  EXPECT_TRUE(read_zone_text(
      "aB 7 A 192.0.2.1\n", "z", ".", options,
      [&](const Record& r) {
        ++count;
        EXPECT_EQ(std::string(r.owner.begin(), r.owner.end()), "\2aB\7example\0"s);
        EXPECT_EQ(std::vector<uint8_t>(r.rdata.begin(), r.rdata.end()), (std::vector<uint8_t>{192, 0, 2, 1}));
        EXPECT_EQ(r.type, 1);
        EXPECT_EQ(r.rclass, 1);
        EXPECT_EQ(r.ttl, 7U);
        EXPECT_EQ(r.file, "z");
        EXPECT_EQ(r.line, 1U);
      },
      findings));
  EXPECT_EQ(count, 1);
}

// Until a $TTL, a record without a TTL takes the last stated one (RFC 1035 5.1); after it, the $TTL's (RFC
// 2308 4), also when that equals the first default.
TEST(ZoneReader, InheritsTheTtl) {
  const auto got = read_text("a PTR x.\nb 60 PTR x.\nc PTR x.\n$TTL 3600\nd PTR x.\ne 5 PTR x.\nf PTR x.\n");
  EXPECT_EQ(got.records,
            (Lines{"1 a.example. 3600 12 x.", "2 b.example. 60 12 x.", "3 c.example. 60 12 x.",
                   "5 d.example. 3600 12 x.", "6 e.example. 5 12 x.", "7 f.example. 3600 12 x."}));
}

// A TTL of 2^31 and more is 0, with a warning (RFC 2181 8): 2^32 - 1 too, and one that the record inherits.
TEST(ZoneReader, TakesATtlAbove31BitsAsZero) {
  const auto got =
      read_text("a 2147483648 PTR x.\nb 2147483647 PTR x.\nc 4294967295 PTR x.\nd PTR x.\ne 24856d PTR x.\n");
  EXPECT_TRUE(got.good);
  const auto warning = [](int line, auto ttl) {
    return fmt::format("zone:{}: warning: TTL {} is above 2147483647; it is taken as 0 (RFC 2181 8)", line,
                       ttl);
  };
  EXPECT_EQ(got.findings,
            (Lines{warning(1, "2147483648"), warning(3, "4294967295"), warning(5, "2147558400")}));
  EXPECT_EQ(got.records, (Lines{"1 a.example. 0 12 x.", "2 b.example. 2147483647 12 x.",
                                "3 c.example. 0 12 x.", "4 d.example. 0 12 x.", "5 e.example. 0 12 x."}));
}

// One warning for a $TTL, not one for each record below it; and one for a $GENERATE.
TEST(ZoneReader, WarnsOnceOfALargeDefaultTtl) {
  const auto got = read_text(
      "$TTL 2147483648\na PTR x.\nb PTR x.\nc 5 PTR x.\nd PTR x.\n$GENERATE 1-3 $ 4294967295 PTR x.\n");
  EXPECT_EQ(got.findings.size(), 2U);
  EXPECT_EQ(got.records, (Lines{"2 a.example. 0 12 x.", "3 b.example. 0 12 x.", "4 c.example. 5 12 x.",
                                "5 d.example. 0 12 x.", "6 1.example. 0 12 x.", "6 2.example. 0 12 x.",
                                "6 3.example. 0 12 x."}));
}

// $ORIGIN changes what relative names end in; it may be relative itself, also twice in a row (RFC 1035 5.1).
TEST(ZoneReader, FollowsTheOrigin) {
  const auto got = read_text(
      "$ORIGIN test.\na PTR b\n$ORIGIN sub\n$origin deep ; comment\n@ PTR c\n$ORIGIN test.\n$ORIGIN x\nd PTR "
      "e\n"
      "$ORIGIN y\ng PTR h\n");
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"2 a.test. 3600 12 b.test.", "5 deep.sub.test. 3600 12 c.deep.sub.test.",
                                "8 d.x.test. 3600 12 e.x.test.", "10 g.y.x.test. 3600 12 h.y.x.test."}));
}

// A $ORIGIN that is wrong leaves the one before it in force, and reading goes on.
TEST(ZoneReader, KeepsTheOriginWhenTheNextOneIsWrong) {
  const auto got = read_text("$ORIGIN test.\n$ORIGIN long-label.a..b.\na PTR b\n$ORIGIN\nc PTR d\n");
  EXPECT_EQ(got.findings.size(), 2U);
  EXPECT_EQ(got.findings[0], "zone:2: error: $ORIGIN: invalid name 'long-label.a..b.': empty label");
  EXPECT_EQ(got.findings[1], "zone:4: error: $ORIGIN needs one domain name");
  EXPECT_EQ(got.records, (Lines{"3 a.test. 3600 12 b.test.", "5 c.test. 3600 12 d.test."}));
}

// RFC 3597 5: any type by number, data in hex.
TEST(ZoneReader, ReadsUnknownTypes) {
  const auto got = read_text("a TYPE65280 \\# 3 abcdef\nb PTR \\# 1 00\n");
  EXPECT_EQ(got.records, (Lines{"1 a.example. 3600 65280 abcdef", "2 b.example. 3600 12 ."}));
}

// A last line without a newline is read, as a record, a directive that makes records, and an error.
TEST(ZoneReader, ReadsALastLineWithoutNewline) {
  EXPECT_EQ(read_text("a PTR b.\nc PTR d.").records,
            (Lines{"1 a.example. 3600 12 b.", "2 c.example. 3600 12 d."}));
  EXPECT_EQ(read_text("$GENERATE 1-1 $ PTR d$.").records, (Lines{"1 1.example. 3600 12 d1."}));
  EXPECT_EQ(
      read_text("a PTR b.\nc FOO").findings,
      (Lines{"zone:2: error: unsupported record type at 'FOO'; write other types as TYPE123 \\# length hex "
             "(RFC 3597 5)"}));
}

// Nothing at all and nothing but comments are files without records, not errors.
TEST(ZoneReader, ReadsEmptyFiles) {
  for (const auto text : {"", "\n", "; c", " \t\n"}) {
    const auto got = read_text(text);
    EXPECT_TRUE(got.good) << text;
    EXPECT_EQ(got.records.size() + got.findings.size(), 0U) << text;
  }
}

// Indented comments and lines of blanks before the first record are not records without an owner.
TEST(ZoneReader, TakesIndentedCommentsAtTheStart) {
  const auto got = read_text("  ; a comment\n\t\n \n$TTL 5\n ;\na PTR b.\n  ; c\n PTR d.\n");
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"6 a.example. 5 12 b.", "8 a.example. 5 12 d."}));
}

// A file with DOS line ends is read like another, $GENERATE and multi-line records included.
TEST(ZoneReader, ReadsDosLineEnds) {
  const auto got = read_text("a PTR b.\r\n$GENERATE 1-1 $ PTR c.\r\nd MX (\r\n 1 e. )\r\nf PTR g.\r\n");
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"1 a.example. 3600 12 b.", "2 1.example. 3600 12 c.",
                                "4 d.example. 3600 15 0001016500", "5 f.example. 3600 12 g."}));
}

// Lines that end in CR LF and lines that end in LF may alternate, whichever the first one has; CRs may pile
// up before an LF, and one may end the text.
TEST(ZoneReader, ReadsMixedLineEnds) {
  const Lines records = {"1 a.example. 3600 12 b.", "2 c.example. 3600 12 d.", "3 e.example. 3600 12 f."};
  for (const auto text : {"a PTR b.\nc PTR d.\r\ne PTR f.\n", "a PTR b.\r\nc PTR d.\ne PTR f.\r\n",
                          "a PTR b. ; c\nc PTR d. ; c\r\r\ne PTR f.\r"}) {
    const auto got = read_text(text);
    EXPECT_EQ(got.findings, Lines()) << text;
    EXPECT_EQ(got.records, records) << text;
  }
}

// A lone CR is data in quotes, as for BIND, and an error elsewhere.
TEST(ZoneReader, TakesALoneCarriageReturnAsDataInQuotes) {
  EXPECT_EQ(read_text("a TXT \"x\ry\"\n").records, (Lines{"1 a.example. 3600 16 03780d79"}));
  EXPECT_EQ(
      read_text("a PTR b.\rc PTR d.\n").findings,
      (Lines{"zone:1: error: 'b.\\013c' contains a carriage return without a newline; end lines with LF "
             "or CR LF"}));
}

// Parentheses and quotes may hold lines that look like directives; lines are counted through both.
TEST(ZoneReader, LeavesDirectivesInParenthesesAndQuotesAlone) {
  const auto got = read_text(
      "a TXT ( \"x\n$GENERATE 1-2 $ PTR y\n\" )\nb TXT (\n$GENERATE\n) ; $GENERATE\n; \n"
      ";$GENERATE 1-2 $ PTR y\nc PTR d.\n");
  EXPECT_EQ(got.findings, Lines());
  ASSERT_EQ(got.records.size(), 3U);
  EXPECT_TRUE(got.records[0].starts_with("3 a.example. 3600 16 "));
  EXPECT_EQ(got.records[1], "6 b.example. 3600 16 092447454e4552415445");
  EXPECT_EQ(got.records[2], "9 c.example. 3600 12 d.");
}

// All errors of a file are listed with their lines, and the good records between them are read.
TEST(ZoneReader, ListsAllErrors) {
  const auto got = read_text(
      " PTR a\na CH TXT x\nb CLASS3 PTR x\nc PTR\nd A 1.2.3\ne PTR a b\n$FOO\n$TTL x\nf PTR a..b\ng PTR "
      "h.\ni MX x a\n");
  EXPECT_FALSE(got.good);
  EXPECT_EQ(got.records, (Lines{"10 g.example. 3600 12 h."}));
  EXPECT_EQ(
      got.findings,
      (Lines{"zone:1: error: previous owner is invalid; the line starts with a blank, but has "
             "no previous owner",
             "zone:2: error: class CH is not supported", "zone:3: error: class CLASS3 is not supported",
             "zone:4: error: invalid record data at 'PTR'", "zone:5: error: invalid IPv4 address at '1.2.3'",
             "zone:6: error: unexpected data at 'b'",
             "zone:7: error: invalid directive at '$FOO'; use $ORIGIN, $TTL, $INCLUDE or $GENERATE",
             "zone:8: error: invalid zone TTL at 'x'; expected seconds, or a duration such as 1h30m",
             "zone:9: error: invalid name 'a..b': empty label", "zone:11: error: invalid number at 'x'"}));
}

// A parenthesis that never closes swallows the file: the error is named where it opens.
TEST(ZoneReader, NamesWhereAnOpenParenthesisStands) {
  const auto got = read_text("a PTR b.\n; (\nb TXT \"(\" (\nc PTR d.\ne PTR f.\n");
  EXPECT_EQ(got.findings, (Lines{"zone:3: error: the record's '(' has no matching ')'"}));
}

// A quote without its end is an error of its line only.
TEST(ZoneReader, ReadsOnBehindAnOpenQuote) {
  const auto got = read_text("a TXT \"x\nb PTR c.\n");
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_EQ(got.findings[0], "zone:1: error: the quote at '\"x' has no end on its line");
  EXPECT_EQ(got.records, (Lines{"2 b.example. 3600 12 c."}));
}

// NUL and control bytes are errors and show as \DDD.
TEST(ZoneReader, ShowsStrangeBytesEscaped) {
  const auto got = read_text("a PTR x\0y\nb PTR c.\n"s);
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_NE(got.findings[0].find("'x\\000y'"), std::string::npos) << got.findings[0];
  EXPECT_EQ(got.records.size(), 1U);
}

// Reading stops after `max_findings` errors, and the last finding says so.
TEST(ZoneReader, StopsAfterManyErrors) {
  auto options = example_options();
  options.max_findings = 3;
  std::string text;
  for (int i = 0; i < 10; ++i) text += "a FOO\n";
  const auto got = read_text(text, options);
  ASSERT_EQ(got.findings.size(), 4U);
  EXPECT_EQ(got.findings[3], "zone:3: error: stopped reading here, after 3 errors");
}

// A file that is not there, or is a folder, is one finding without a line.
TEST(ZoneReader, NamesAFileThatCannotBeRead) {
  const Folder folder;
  const auto missing = folder.path() / "none";
  EXPECT_EQ(read_file(missing).findings, (Lines{missing.string() + ": error: No such file or directory"}));
  EXPECT_EQ(read_file(folder.path()).findings, (Lines{folder.path().string() + ": error: Is a directory"}));
  EXPECT_FALSE(read_file(missing).good);
}

// An origin whose text form has over 1,000 characters is taken too.
TEST(ZoneReader, TakesALongEscapedOrigin) {
  std::vector<uint8_t> wire;
  for (int label = 0; label < 3; ++label) {
    wire.push_back(63);
    wire.insert(wire.end(), 63, 1);
  }
  wire.push_back(55);
  wire.insert(wire.end(), 55, 1);
  wire.push_back(0);
  auto options = example_options();
  options.origin = *wire::Name::from_wire(wire);
  EXPECT_EQ(read_text("a PTR @\nb PTR x.\n", options).records.size(), 2U);
}

}  // namespace
}  // namespace ptrd::zone::test
