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

// As in BIND and NSD, all paths can be relative to one folder; what may be read stays below the zone file's
// own.
TEST(ZoneInclude, IsRelativeToOneFolder) {
  const Folder folder;
  const auto top = folder.write("pz/top", "$INCLUDE pz/sub/one\n$INCLUDE other\n");
  folder.write("pz/sub/one", "$INCLUDE pz/two\n");
  folder.write("pz/two", "a PTR b\n");
  folder.write("other", "c PTR d\n");
  ReadOptions options = example_options();
  options.include_base = folder.path();
  const auto got = read_file(top, options);
  EXPECT_EQ(got.records, Lines{"1 a.example. 3600 12 b.example."});
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_NE(got.findings[0].find("other': outside the zone file's directory"), std::string::npos);
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

// The origin argument may be relative to the current origin, and have any printable octet (RFC 1035 5.1); so
// may the file's name, in quotes.
TEST(ZoneInclude, TakesARelativeOrigin) {
  const Folder folder;
  folder.write("sub", "a PTR @\n");
  folder.write("m\u00FCnchen \"x\".zone", "b PTR @\n");
  const auto got = read_text(
      "$INCLUDE sub rel ; c\n$INCLUDE \"sub\" a+b.test.\n$INCLUDE sub @\n"
      "$INCLUDE \"m\u00FCnchen \\\"x\\\".zone\" a=b\nx PTR y\n",
      example_options(), folder.path());
  EXPECT_EQ(got.findings, Lines());
  EXPECT_EQ(got.records, (Lines{"1 a.rel.example. 3600 12 rel.example.", "1 a.a+b.test. 3600 12 a+b.test.",
                                "1 a.example. 3600 12 example.", "1 b.a=b.example. 3600 12 a=b.example.",
                                "5 x.example. 3600 12 y.example."}));
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
  const auto got = read_text("a PTR b.\n$INCLUDE none\nc PTR d.\n$INCLUDE \"x y\" a..b\n");
  EXPECT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.findings, (Lines{"zone:2: error: $INCLUDE '/nonexistent/none': No such file or directory",
                                 "zone:4: error: $INCLUDE: invalid name 'a..b': empty label"}));
}

// A file that includes itself, by whatever path, ends with an error.
TEST(ZoneInclude, EndsALoop) {
  const Folder folder;
  const auto a = folder.write("a", "x PTR y.\n$INCLUDE b\n");
  const auto b = folder.write("b", "$INCLUDE ./../" + folder.path().filename().string() + "/a\n");
  const auto got = read_file(a);
  EXPECT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.findings, (Lines{b.string() + ":1: error: $INCLUDE '" + a.string() +
                                 "' is a loop: that file is already being read"}));
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

// Only what is below the zone file's folder is read, links and `..` resolved; the message names the option,
// and nothing of the other file.
TEST(ZoneInclude, StaysBelowTheZoneFilesFolder) {
  const Folder folder;
  const Folder other;
  const auto secret = other.write("secret", "topsecret words in here\n");
  folder.write("sub/in", "$INCLUDE ../beside\n");
  folder.write("beside", "a PTR b.\n");
  std::filesystem::create_symlink(secret, folder.path() / "link");
  std::filesystem::create_symlink("beside", folder.path() / "inner");
  const auto refused = [](const std::string& shown) {
    return "zone:1: error: $INCLUDE '" + shown +
           "': outside the zone file's directory; permit it with --allow-include PATH";
  };
  const auto read = [&](const std::string& include, const ReadOptions& options = example_options()) {
    return read_text("$INCLUDE " + include + "\n", options, folder.path());
  };
  EXPECT_EQ(read(secret).findings, Lines{refused(secret)});
  EXPECT_EQ(read(secret.parent_path().string() + "/none").findings,
            Lines{refused(secret.parent_path() / "none")});
  EXPECT_EQ(read("link").findings, Lines{refused(folder.path() / "link")});
  const std::string up = "../" + other.path().filename().string() + "/secret";
  EXPECT_EQ(read(up).findings, Lines{refused(secret)});
  EXPECT_EQ(read("/dev/zero").findings, Lines{refused("/dev/zero")});
  EXPECT_TRUE(read("inner").good);
  EXPECT_TRUE(read("sub/in").good);
}

// Folders named by the operator are allowed too; errors in their files are reported without quoting the text.
TEST(ZoneInclude, ReadsWhatIsAllowedAndQuotesNothingOfIt) {
  const Folder folder;
  const Folder other;
  const auto good = other.write("deep/good", "a PTR b.\n");
  const auto secret =
      other.write("deep/secret", "topsecret FOO\n$GENERATE topsecret $ PTR h$\n$INCLUDE topsecret\n");
  auto options = example_options();
  options.include_paths = {other.path().string()};
  EXPECT_TRUE(read_text("$INCLUDE " + good.string() + "\n", options, folder.path()).good);
  const auto got = read_text("$INCLUDE " + secret.string() + "\n", options, folder.path());
  ASSERT_EQ(got.findings.size(), 3U);
  for (const std::string& finding : got.findings) {
    EXPECT_NE(finding.find("its contents are not shown"), std::string::npos) << finding;
    EXPECT_EQ(finding.find("topsecret"), std::string::npos) << finding;
  }
  options.include_paths = {good.string()};
  EXPECT_TRUE(read_text("$INCLUDE " + good.string() + "\n", options, folder.path()).good);
  EXPECT_FALSE(read_text("$INCLUDE " + secret.string() + "\n", options, folder.path()).good);
  EXPECT_FALSE(read_text("$INCLUDE " + good.string() + "er\n", options, folder.path()).good);
  options.include_paths = {"/"};
  EXPECT_EQ(read_text("$INCLUDE /dev/zero\n", options, folder.path()).findings,
            Lines{"zone:1: error: $INCLUDE '/dev/zero': not a regular file"});
}

// A file name is untrusted: it cannot split a line in two.
TEST(ZoneInclude, NameStaysOnItsLine) {
  const Folder folder;
  folder.write("x\ny", "a FOO\n");
  const auto got = read_text("$INCLUDE \"x\\010y\"\n", example_options(), folder.path());
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_EQ(got.findings[0].find('\n'), std::string::npos) << got.findings[0];
}

// Many $INCLUDEs in a file: libzscanner leaks an entry of its 16-entry stack with each.
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
