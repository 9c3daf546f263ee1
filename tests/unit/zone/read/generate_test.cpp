// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/generate.hpp"

#include <gtest/gtest.h>

#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

/// The lines that a directive's arguments expand to; the fault as the only line.
Lines expand(std::string_view arguments) {
  const auto generator = Generator::parse(arguments);
  if (!generator) return {generator.error()};
  Lines out;
  for (uint64_t i = 0; i < generator->count(); ++i) {
    std::string line;
    generator->append_line(i, line);
    EXPECT_TRUE(line.ends_with('\n'));
    line.pop_back();
    out.push_back(line);
  }
  return out;
}

/// What one number field becomes for the iterator 27.
std::string field(const std::string& braces) {
  const auto lines = expand(" 27-27 x PTR \"" + braces + "\"");
  return lines[0].starts_with("x PTR ") ? lines[0].substr(6) : lines[0];
}

// The iterator replaces each $, in owner and data; the step skips; the last value need not be the range's
// end.
TEST(Generate, CountsThroughTheRange) {
  EXPECT_EQ(expand(" 1-3 $ PTR host-$-$"), (Lines{"1 PTR host-1-1", "2 PTR host-2-2", "3 PTR host-3-3"}));
  EXPECT_EQ(expand(" 0-5/2 $ PTR h"), (Lines{"0 PTR h", "2 PTR h", "4 PTR h"}));
  EXPECT_EQ(expand("\t7-7/2147483647 @ NS ns$"), (Lines{"@ NS ns7"}));
}

// Decimal, octal and both hexadecimal cases, zero padded to a width that counts the sign (values seen with
// BIND 9.18).
TEST(Generate, FormatsNumbers) {
  EXPECT_EQ(field("$"), "27");
  EXPECT_EQ(field("${1}"), "28");
  EXPECT_EQ(field("${+1}"), "28");
  EXPECT_EQ(field("${-20,3}"), "007");
  EXPECT_EQ(field("${0,4,d}"), "0027");
  EXPECT_EQ(field("${0,0,o}"), "33");
  EXPECT_EQ(field("${0,4,x}"), "001b");
  EXPECT_EQ(field("${0,1,X}"), "1B");
}

// BIND refuses no value below zero: a sign in decimal, 32 bits else.
TEST(Generate, FormatsNumbersBelowZero) {
  EXPECT_EQ(field("${-30}"), "-3");
  EXPECT_EQ(field("${-30,4}"), "-003");
  EXPECT_EQ(field("${-30,0,x}"), "fffffffd");
  EXPECT_EQ(field("${-30,0,n}"), "d.f.f.f.f.f.f.f");
}

// Nibbles come in reverse; the width counts the dots, so an even one ends in a dot.
TEST(Generate, FormatsNibbles) {
  EXPECT_EQ(field("${0,0,n}"), "b.1");
  EXPECT_EQ(field("${0,1,n}"), "b.1");
  EXPECT_EQ(field("${0,4,n}"), "b.1.");
  EXPECT_EQ(field("${0,7,N}"), "B.1.0.0");
}

// `\$` and `$$` are a literal $, escaped for the scanner; other escapes stay.
TEST(Generate, KeepsLiteralDollars) {
  EXPECT_EQ(expand(" 1-1 a\\$$ PTR b$$-\\065$"), (Lines{"a\\$1 PTR b\\$-\\0651"}));
  EXPECT_EQ(read_text("$GENERATE 1-1 $$ORIGIN PTR h\\$\n").records,
            (Lines{"1 \\$ORIGIN.example. 3600 12 h\\$.example."}));
}

// TTL and class are optional, in either order.
TEST(Generate, TakesTtlAndClassInEitherOrder) {
  for (const auto words : {"60 IN", "in 60"}) {
    EXPECT_EQ(read_text(fmt::format("$GENERATE 1-1 $ {} PTR h.\n", words)).records,
              (Lines{"1 1.example. 60 12 h."}));
  }
  EXPECT_EQ(read_text("$TTL 1h\n$GENERATE 1-1 $ IN PTR h.\n").records, (Lines{"2 1.example. 3600 12 h."}));
  EXPECT_EQ(read_text("$GENERATE 1-1 $ 5 PTR h.\na PTR b.\n").records[1], "2 a.example. 5 12 b.");
}

// One quoted string is the data without its quotes, as in BIND; several words are taken unchanged.
TEST(Generate, TakesDataOfSeveralWords) {
  EXPECT_EQ(expand(" 1-1 $ MX \"10 mail$\" ; c"), (Lines{"1 MX 10 mail1"}));
  EXPECT_EQ(expand(" 1-1 $ MX 10 mail$\t; c \"("), (Lines{"1 MX 10 mail1"}));
  EXPECT_EQ(expand(" 1-1 $ TXT \"\\\"a; $\\\"\""), (Lines{"1 TXT \"a; 1\""}));
  EXPECT_EQ(expand(" 1-1 $ TXT \"a; $\" \"b\""), (Lines{"1 TXT \"a; 1\" \"b\""}));
  EXPECT_EQ(read_text("$GENERATE 1-1 $ TYPE65280 \\# 2 ab${10,2}\n").records,
            (Lines{"1 1.example. 3600 65280 ab11"}));
}

// The directive follows the current origin and is known in any case.
TEST(Generate, FollowsTheOrigin) {
  const auto got = read_text(
      "$ORIGIN 2.0.192.in-addr.arpa.\n$generate 1-2 $ CNAME $.0\n$ORIGIN a\n$GENERATE 3-3 $ PTR @\n");
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"2 1.2.0.192.in-addr.arpa. 3600 5 1.0.2.0.192.in-addr.arpa.",
                                "2 2.2.0.192.in-addr.arpa. 3600 5 2.0.2.0.192.in-addr.arpa.",
                                "4 3.a.2.0.192.in-addr.arpa. 3600 12 a.2.0.192.in-addr.arpa."}));
}

// It does not become the owner of a record that starts with a blank.
TEST(Generate, LeavesTheOwnerAlone) {
  EXPECT_EQ(read_text("x PTR a.\n$GENERATE 1-1 $ PTR b.\n PTR c.\n").records[2], "3 x.example. 3600 12 c.");
}

// More records than fit in one block come out in order and without a gap.
TEST(Generate, CrossesBlocks) {
  const auto got = read_text("$GENERATE 0-4999 $ PTR h$.\nlast PTR x.\n");
  ASSERT_EQ(got.records.size(), 5001U);
  for (size_t i = 0; i < 5000; ++i) ASSERT_EQ(got.records[i], fmt::format("1 {0}.example. 3600 12 h{0}.", i));
}

// Each part that is wrong is named.
TEST(Generate, NamesWhatIsWrong) {
  const auto braces = [](auto b) {
    return fmt::format("'{}' is not ${{offset[,width[,base]]}} with a base of d, o, x, X, n or N", b);
  };
  const auto range = [](auto r) {
    return fmt::format("range '{}' is not start-stop[/step] with numbers up to 2147483647", r);
  };
  EXPECT_EQ(expand(" 3-1 $ PTR x"), (Lines{"range '3-1' ends before it starts"}));
  EXPECT_EQ(expand(" 1-3/0 $ PTR x"), (Lines{"the step of range '1-3/0' must be at least 1"}));
  for (const std::string bad : {"1", "1-", "-1-3", "1-3/", "1-3x", "1-2147483648", "a-b"}) {
    EXPECT_EQ(expand(" " + bad + " $ PTR x"), (Lines{range(bad)}));
  }
  for (const std::string bad :
       {"${1,2,q}", "${}", "${,3}", "${1,}", "${1,2,}", "${1,2,dx}", "${1", "${", "${1,2,d", "${+-1}"}) {
    EXPECT_EQ(expand(" 1-3 $ PTR x" + bad), (Lines{braces(bad)}));
  }
  EXPECT_EQ(field("${0,128}"), "'${0,128}' is wider than 127");
  EXPECT_EQ(field("${2147483647}"), "offset 2147483647 gives a value above 2147483647");
  EXPECT_EQ(expand(" 1-3 $ CH TXT x"), (Lines{"class CH is not supported"}));
  EXPECT_EQ(expand(" 1-3 $ PTR"), (Lines{"$GENERATE has no data after its type"}));
  EXPECT_EQ(expand(" 1-3 $ ; PTR x"), (Lines{"$GENERATE needs a range, an owner, a type and data"}));
  EXPECT_EQ(expand(""), (Lines{"$GENERATE needs a range, an owner, a type and data"}));
  EXPECT_EQ(expand(" 1-3 \"$\" PTR x"), (Lines{"'\"' is allowed only in the data"}));
  EXPECT_EQ(expand(" 1-3 $ TXT \"x"), (Lines{"unclosed quote"}));
  EXPECT_EQ(expand(" 1-3 $ TXT ( x"), (Lines{"unbalanced parentheses; the directive must be on one line"}));
  EXPECT_EQ(expand(" 1-3 $ PTR x\\"), (Lines{"the data ends in a backslash"}));
}

// An error in the made records names the line and the iterator, once a directive; reading goes on.
TEST(Generate, StopsAtTheFirstBadRecord) {
  const auto got = read_text("\n$GENERATE 250-300 $ A 10.0.0.$\na PTR b.\n$GENERATE 2-1 $ PTR x\nc PTR d.\n");
  EXPECT_EQ(got.records.size(), 8U);  // 250 to 255, a and c
  EXPECT_EQ(got.findings, (Lines{"zone:2: error: $GENERATE at 256: invalid IPv4 address at '10.0.0.256'",
                                 "zone:4: error: range '2-1' ends before it starts"}));
}

// The limit counts all directives of a file together; one that goes above it makes nothing, and reading goes
// on.
TEST(Generate, IsLimited) {
  auto options = example_options();
  options.max_generated = 10;
  const auto got = read_text(
      "$GENERATE 1-6 $ PTR x.\n$GENERATE 0-2147483647 $ PTR x.\n$GENERATE 1-4 $ PTR x.\na PTR b.\n", options);
  EXPECT_EQ(got.records.size(), 11U);
  EXPECT_EQ(got.findings, (Lines{"zone:2: error: $GENERATE would make 2147483648 records; the limit for all "
                                 "directives together is 10 (6 already made)"}));
}

// If BIND deviates from its own manual (an offset also applies to a later bare $), we follow the manual, with
// a warning.
TEST(Generate, WarnsWhereBindDiffers) {
  const auto got = read_text("$GENERATE 1-1 $ PTR ${5}-$.\n$GENERATE 1-1 $-${5} PTR ${5}-${0}.\n");
  EXPECT_TRUE(got.good);
  EXPECT_EQ(got.records[0], "1 1.example. 3600 12 6-1.");
  EXPECT_EQ(got.findings,
            (Lines{"zone:1: warning: $ after ${offset} in the same field has no offset here, but in BIND it "
                   "has that one; write ${0}"}));
}

}  // namespace
}  // namespace ptrd::zone::test
