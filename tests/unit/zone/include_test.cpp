// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

// A path is relative to the including file's folder, one level after the other.
TEST(ZoneInclude, IsRelativeToTheIncludingFile) {
  const Folder folder;
  const auto top = folder.write("top", "$INCLUDE sub/one\n$INCLUDE " + folder.path().string() + "/sub/two\n");
  folder.write("sub/one", "$INCLUDE two ; comment\n");
  folder.write("sub/two", "a PTR b\n");
  const auto got = read_file(top);
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"1 a.example. 3600 12 b.example.", "1 a.example. 3600 12 b.example."}));
}

// The origin argument holds in the file, the current origin else; the includer's origin and owner come back
// (RFC 1035 5.1).
TEST(ZoneInclude, RestoresOriginAndOwner) {
  const Folder folder;
  folder.write("sub", "a PTR b\n$ORIGIN other.\nc PTR d\n");
  const auto got = read_text("x PTR y\n$INCLUDE sub in.test.\n PTR z\n$INCLUDE sub\ne PTR f\n",
                             example_options(), folder.path());
  EXPECT_EQ(got.records, (Lines{"1 x.example. 3600 12 y.example.", "1 a.in.test. 3600 12 b.in.test.",
                                "3 c.other. 3600 12 d.other.", "3 x.example. 3600 12 z.example.",
                                "1 a.example. 3600 12 b.example.", "3 c.other. 3600 12 d.other.",
                                "5 e.example. 3600 12 f.example."}));
}

// As in BIND, the last owner is handed on, and a $TTL in the included file stays in force.
TEST(ZoneInclude, HandsOnOwnerAndTtl) {
  const Folder folder;
  folder.write("sub", " PTR b.\n$TTL 9\n PTR c.\n");
  const auto got = read_text("$TTL 5\nx PTR a.\n$INCLUDE sub\ny PTR d.\n", example_options(), folder.path());
  EXPECT_EQ(got.records, (Lines{"2 x.example. 5 12 a.", "1 x.example. 5 12 b.", "3 x.example. 9 12 c.",
                                "4 y.example. 9 12 d."}));
}

// $GENERATE works in an included file, and errors name that file; reading goes on in the includer.
TEST(ZoneInclude, NamesTheIncludedFile) {
  const Folder folder;
  const auto sub = folder.write("sub", "$GENERATE 1-2 $ PTR h$\nx FOO\n");
  const auto got = read_text("$INCLUDE sub\na PTR b.\n", example_options(), folder.path());
  EXPECT_EQ(got.records, (Lines{"1 1.example. 3600 12 h1.example.", "1 2.example. 3600 12 h2.example.",
                                "2 a.example. 3600 12 b."}));
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_TRUE(got.findings[0].starts_with(sub.string() + ":2: error: unsupported record type at 'FOO'"));
}

// A missing file is an error at the $INCLUDE's line.
TEST(ZoneInclude, NamesAMissingFile) {
  const auto got = read_text("a PTR b.\n$INCLUDE none\nc PTR d.\n$INCLUDE \"x y\" rel\n");
  EXPECT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.findings, (Lines{"zone:2: error: $INCLUDE '/nonexistent/none': No such file or directory",
                                 "zone:4: error: invalid origin in include directive at 'rel'; a domain name "
                                 "with a dot at its end is "
                                 "expected"}));
}

// A file that includes itself, by whatever path, ends with an error.
TEST(ZoneInclude, EndsALoop) {
  const Folder folder;
  const auto a = folder.write("a", "x PTR y.\n$INCLUDE b\n");
  const auto b = folder.write("b", "$INCLUDE ./../" + folder.path().filename().string() + "/a\n");
  const auto got = read_file(a);
  EXPECT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.findings, (Lines{b.string() + ":1: error: $INCLUDE '" + a.string() +
                                 "' is a loop: the file is being read already"}));
}

// The depth is limited; 0 refuses every $INCLUDE.
TEST(ZoneInclude, LimitsTheDepth) {
  const Folder folder;
  folder.write("1", "$INCLUDE 2\n");
  folder.write("2", "$INCLUDE 3\n");
  folder.write("3", "a PTR b.\n");
  auto options = example_options();
  options.max_include_depth = 3;
  EXPECT_TRUE(read_text("$INCLUDE 1\n", options, folder.path()).good);
  options.max_include_depth = 2;
  EXPECT_EQ(read_text("$INCLUDE 1\n", options, folder.path()).findings,
            (Lines{(folder.path() / "2").string() + ":1: error: $INCLUDE '" + (folder.path() / "3").string() +
                   "' is nested more than 2 deep"}));
  options.max_include_depth = 0;
  EXPECT_FALSE(read_text("$INCLUDE 1\n", options, folder.path()).good);
}

// Many $INCLUDEs in a file: libzscanner leaves an entry of its 16 entry stack behind with each.
TEST(ZoneInclude, TakesManyInOneFile) {
  const Folder folder;
  folder.write("one", "a PTR b.\n");
  folder.write("empty", "");
  std::string text;
  for (int i = 0; i < 100; ++i) text += "$INCLUDE one\n$INCLUDE empty\nx PTR a..b\n";
  auto options = example_options();
  options.max_findings = 1000;
  const auto got = read_text(text, options, folder.path());
  EXPECT_EQ(got.records.size(), 100U);
  EXPECT_EQ(got.findings.size(), 100U);
}

}  // namespace
}  // namespace ptrd::zone::test
