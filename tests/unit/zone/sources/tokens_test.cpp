// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/tokens.hpp"

#include <gtest/gtest.h>

#include "unit/processor_time.hpp"

namespace ptrd::zone {
namespace {

/// The tokens as "LINE:COLUMN TEXT", a string in quotes.
std::string tokens_of(std::string_view text, Language language) {
  Tokens tokens(text, language);
  std::string out;
  for (;;) {
    const Token token = tokens.next();
    out += std::to_string(token.line) + ":" + std::to_string(token.column) + " ";
    switch (token.kind) {
      case Token::Kind::string:
        out += "'" + unescaped(token) + "' ";
        break;
      case Token::Kind::end:
        return out + "end";
      case Token::Kind::unclosed_string:
        return out + "unclosed string";
      case Token::Kind::unclosed_comment:
        return out + "unclosed comment";
      default:
        out += std::string(token.text) + " ";
    }
  }
}

// named.conf: comments in three styles, braces and semicolons without spaces, strings with escaped quotes.
TEST(Tokens, Named) {
  EXPECT_EQ(tokens_of("zone \"a\\\"b\"{type/*x\n*/master;};// c\n# d\nx#y", Language::named),
            "1:1 zone 1:6 'a\"b' 1:12 { 1:13 type 2:3 master 2:9 ; 2:10 } 2:11 ; 4:1 x#y 4:4 end");
  EXPECT_EQ(tokens_of("a//b\nc/d /e", Language::named), "1:1 a 2:1 c/d 2:5 /e 2:7 end");
  EXPECT_EQ(tokens_of("", Language::named), "1:1 end");
  EXPECT_EQ(tokens_of("a \"b", Language::named), "1:1 a 1:3 unclosed string");
  EXPECT_EQ(tokens_of("a \"b\\\"", Language::named), "1:1 a 1:3 unclosed string");
  EXPECT_EQ(tokens_of("a\n /* b", Language::named), "1:1 a 2:2 unclosed comment");
  EXPECT_EQ(tokens_of("a /*/ b", Language::named), "1:1 a 1:3 unclosed comment");
}

// nsd.conf: braces and slashes are letters, a quote ends a word.
TEST(Tokens, Nsd) {
  EXPECT_EQ(tokens_of("zonefile:\"a b\" {x;//y} #z\nq\"r\"", Language::nsd),
            "1:1 zonefile: 1:10 'a b' 1:16 {x;//y} 2:1 q 2:2 'r' 2:5 end");
}

// A configuration in a single line costs no more than one with many.
TEST(Tokens, LongLines) {
  std::string line;
  for (int i = 0; i < 20'000; ++i) line += "zone a{type b;};";
  const double seconds = ptrd::test::least_processor_time([&] {
    Tokens tokens(line, Language::named);
    size_t count = 0;
    while (tokens.next().kind != Token::Kind::end) ++count;
    EXPECT_EQ(count, 20'000U * 8);
  });
  EXPECT_LT(seconds, 2);
}

}  // namespace
}  // namespace ptrd::zone
