// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptrd::zone {
namespace {

using Lines = std::vector<std::string>;

/// The words of a record, each with the line that it is on.
Lines words_of(std::string_view record, WordReader::Quotes quotes = WordReader::Quotes::start_a_word) {
  WordReader reader(record);
  Lines out;
  while (const auto word = reader.next(quotes))
    out.push_back(std::to_string(word->line) + ' ' + std::string(word->text));
  return out;
}

// Blanks, parentheses, line ends and comments separate words; an escaped separator does not.
TEST(Words, AreSeparated) {
  EXPECT_EQ(words_of("a\tb  c(d)e;f"), (Lines{"0 a", "0 b", "0 c", "0 d", "0 e"}));
  EXPECT_EQ(words_of("a ( b ; ) \"\n c )"), (Lines{"0 a", "0 b", "1 c"}));
  EXPECT_EQ(words_of("a\\ b\\;c \\(d\\\\ e\\"), (Lines{"0 a\\ b\\;c", "0 \\(d\\\\", "0 e\\"}));
  EXPECT_EQ(words_of(" ; c"), Lines());
}

// A quote starts a word wherever it is, and holds separators and line ends; it belongs to `key="value"`.
TEST(Words, HoldWhatIsQuoted) {
  EXPECT_EQ(words_of("a\"b c\"d \"e\\\"f;(\"\"\""),
            (Lines{"0 a", "0 \"b c\"", "0 d", "0 \"e\\\"f;(\"", "0 \"\""}));
  EXPECT_EQ(words_of("( \"a\nb\" c\nd )"), (Lines{"0 \"a\nb\"", "1 c", "2 d"}));
  EXPECT_EQ(words_of("k=\"a b\" l=\"c\"d", WordReader::Quotes::belong), (Lines{"0 k=\"a b\"", "0 l=\"c\"d"}));
}

// The reader says whether a parenthesis was closed that was not open.
TEST(Words, KnowAboutParentheses) {
  for (const auto& [text, good] : std::vector<std::pair<const char*, bool>>{
           {"a ( b ) (( c ))", true}, {"a )", false}, {"a ( ) ) (", false}, {"a \")\" ; )", true}}) {
    WordReader reader(text);
    while (reader.next()) {
    }
    EXPECT_EQ(reader.balanced(), good) << text;
  }
}

// A record ends at a newline outside parentheses, whether or not a quote is open there.
TEST(Words, RecordEnds) {
  EXPECT_EQ(record_size("a b\nc"), 3U);
  EXPECT_EQ(record_size("a b"), 3U);
  EXPECT_EQ(record_size(""), 0U);
  EXPECT_EQ(record_size("a ( b ; )\n c ) d\ne"), 16U);
  EXPECT_EQ(record_size("a \"b (\nc"), 6U);
  EXPECT_EQ(record_size("a ( \"b )\n\" )\nc"), 12U);
  EXPECT_EQ(record_size("a \\(\nb"), 4U);
  EXPECT_EQ(record_size("a \\\nb"), 3U);
  EXPECT_EQ(record_size("a ( b\nc"), std::nullopt);
}

// A parenthesis that is not closed costs a look at a bounded part of the rest.
TEST(Words, RecordIsBounded) {
  const std::string long_one = "a ( " + std::string(kMaxRecordText, ' ') + ")\n";
  EXPECT_EQ(record_size(long_one), std::nullopt);
  EXPECT_EQ(record_size(std::string(kMaxRecordText + 1, 'a')), std::nullopt);
}

// What is wrong with a word by itself, and that quotes allow more.
TEST(Words, NamesWhatIsWrong) {
  const auto fault = [](std::string_view text) { return word_fault({text}).value_or("none"); };
  EXPECT_EQ(fault("a~!b"), "none");
  EXPECT_EQ(fault("\"m\u00FC\nb\""), "none");
  EXPECT_EQ(fault("k=\"m\u00FC\""), "none");
  EXPECT_EQ(fault("m\u00FC"),
            "'m\\195\\188' contains U+00FC; write names in ASCII (xn--...), and other text in quotes");
  EXPECT_EQ(fault("a\u00A0b"), "'a\\194\\160b' contains U+00A0, a no-break space; replace it with a blank");
  EXPECT_EQ(fault("a\rb"),
            "'a\\013b' contains a carriage return without a newline; end lines with LF or CR LF");
  EXPECT_EQ(fault("a\x7F"), "'a\\127' contains a control character; remove it, or write it as '\\127'");
  EXPECT_EQ(fault("\"a\\\""), "the quote at '\"a\\\"' has no end on its line");
}

// Octets that cannot be printed, and a backslash before one, become `\DDD`; other escapes stay.
TEST(Words, AreEscaped) {
  EXPECT_EQ(escaped_word("\"a\\\"\\\\ b\\065\""), "\"a\\\"\\\\ b\\065\"");
  EXPECT_EQ(escaped_word("\"m\u00FC\n\""), "\"m\\195\\188\\010\"");
  EXPECT_EQ(escaped_word("\"\\\u00FC\""), "\"\\195\\188\"");
  EXPECT_EQ(escaped_word("a\\"), "a\\");
}

}  // namespace
}  // namespace ptrd::zone
