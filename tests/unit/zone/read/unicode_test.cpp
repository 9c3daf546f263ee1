// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/unicode.hpp"

#include <gtest/gtest.h>

#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

using namespace std::string_literals;

/// `text` in UTF-16.
std::string utf16(std::string_view text, bool big_endian) {
  std::string out;
  for (const char c : text) out += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

// A byte order mark is skipped, with a warning: the first line is read as if it were not there.
TEST(Unicode, ByteOrderMarkIsSkipped) {
  const Lines warning = {
      "zone:1: warning: the byte order mark at the start is skipped; BIND, Knot and NSD refuse it"};
  const auto got = read_text("\xEF\xBB\xBF$TTL 5\na PTR b.\r\nc PTR a+b.\n");
  EXPECT_TRUE(got.good);
  EXPECT_EQ(got.findings, warning);
  EXPECT_EQ(got.records, (Lines{"2 a.example. 5 12 b.", "3 c.example. 5 12 a+b."}));
  EXPECT_EQ(read_text("\xEF\xBB\xBF").findings, warning);
  EXPECT_EQ(read_text("\xEF\xBB\xBF; c").findings, warning);
  EXPECT_FALSE(read_text("a PTR b.\n\xEF\xBB\xBF c PTR d.\n").good);  // not at the start
}

// An included file may have one too.
TEST(Unicode, ByteOrderMarkOfAnIncludedFile) {
  const Folder folder;
  const auto sub = folder.write("sub",
                                "\xEF\xBB\xBF"
                                "a PTR b.\n");
  const auto got = read_text("$INCLUDE sub\n", example_options(), folder.path());
  EXPECT_EQ(got.records, (Lines{"1 a.example. 3600 12 b."}));
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_TRUE(got.findings[0].starts_with(sub.string() + ":1: warning: the byte order mark"))
      << got.findings[0];
}

// UTF-16 is one error for the file, with the command that converts it, with and without a byte order mark.
TEST(Unicode, Utf16IsNamed) {
  const std::string text = "$TTL 1\na PTR b.\n";
  for (const bool big : {false, true}) {
    const std::string mark = big ? "\xFE\xFF" : "\xFF\xFE";
    EXPECT_EQ(read_text(mark + utf16(text, big)).findings,
              (Lines{"zone: error: the file is UTF-16; convert it to UTF-8 with iconv -f UTF-16 -t UTF-8"}));
    const auto got = read_text(utf16(text, big));
    EXPECT_EQ(got.findings,
              (Lines{fmt::format("zone: error: the file is UTF-16; convert it to UTF-8 with iconv "
                                 "-f UTF-16{} -t UTF-8",
                                 big ? "BE" : "LE")}));
    EXPECT_TRUE(got.records.empty());
  }
  for (const std::string& other : {"a"s, "a\0"s, "\0\0\0\0"s, "a\0\0b"s, "ab\0c"s, "a\0b\0c"s})
    EXPECT_EQ(utf16_fault(other), std::nullopt);
}

// The first character beyond ASCII is named by its code point; by its octet where it is not UTF-8.
TEST(Unicode, NamesTheFirstCharacterBeyondAscii) {
  const std::string advice = "; write names in ASCII (xn--...), and other text in quotes";
  EXPECT_EQ(fault_beyond_ascii("plain"), std::nullopt);
  EXPECT_EQ(fault_beyond_ascii("a\u00FC\u20AC"), "U+00FC" + advice);
  EXPECT_EQ(fault_beyond_ascii("\u20AC"), "U+20AC" + advice);
  EXPECT_EQ(fault_beyond_ascii("\U0001F600!"), "U+1F600" + advice);
  EXPECT_EQ(fault_beyond_ascii("m\xFCnchen"), "byte 252" + advice);  // Latin-1
  EXPECT_EQ(fault_beyond_ascii("\xE2\x82"), "byte 226" + advice);    // cut
  EXPECT_EQ(fault_beyond_ascii("\xC3\x28"), "byte 195" + advice);    // no continuation
  EXPECT_EQ(fault_beyond_ascii("\xC0\xAF"), "byte 192" + advice);    // overlong
  EXPECT_EQ(fault_beyond_ascii("\x80"), "byte 128" + advice);
}

// What an editor puts in place of ASCII, or leaves where files are joined, is an error that says what to
// write instead; in quotes it is data.
TEST(Unicode, ExplainsLookalikes) {
  const std::string quote = "a typographic quotation mark; replace it with '\"'";
  const std::string mark = "U+FEFF, a byte order mark; remove it: only the start of a file may have one";
  for (const auto& [line, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a\u00A0PTR b.", "'a\\194\\160PTR' contains U+00A0, a no-break space; replace it with a blank"},
           {"a TXT \u201Cb c\u201D", "'\\226\\128\\156b' contains U+201C, " + quote},
           {"a TXT \u2018b\u2019", "'\\226\\128\\152b\\226\\128\\153' contains U+2018, " + quote},
           {"a CAA 0 issue \u00ABb\u00BB", "'\\194\\171b\\194\\187' contains U+00AB, " + quote},
           {"a PTR b\u2013c.",
            "'b\\226\\128\\147c.' contains U+2013, a typographic dash; replace it with '-'"},
           {"\uFEFF$ORIGIN b.", "'\\239\\187\\191$ORIGIN' contains " + mark},
           {"\uFEFF", "'\\239\\187\\191' contains " + mark},
           {"\uFEFF; b", "'\\239\\187\\191' contains " + mark}}) {
    const auto got = read_text("x PTR y.\n" + line + "\nz PTR y.\n");
    EXPECT_EQ(got.findings, Lines{"zone:2: error: " + expected}) << line;
    EXPECT_EQ(got.records.size(), 2U) << line;
  }
  EXPECT_EQ(read_text("a TXT \"\uFEFF\u201C\u2013\u201D\"\n").findings, Lines());
}

}  // namespace
}  // namespace ptrd::zone::test
