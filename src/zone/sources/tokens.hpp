// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ptrd::zone {

/// A token of a server's configuration, and where it starts.
struct Token {
  enum class Kind : uint8_t {
    word,
    string,  // in double quotes
    open,    // {
    close,   // }
    semicolon,
    end,
    unclosed_string,
    unclosed_comment,
  };
  Kind kind = Kind::end;
  std::string_view text;  // word; string, without its quotes and with its escapes
  uint32_t line = 1;      // from 1
  uint32_t column = 1;    // from 1, in bytes

  [[nodiscard]] bool is_text() const { return kind == Kind::word || kind == Kind::string; }
  /// Whether this is a word or string that equals `keyword`, which is in lower case, ignoring case.
  [[nodiscard]] bool is(std::string_view keyword) const;
};

/// The two languages. Both have comments from # to the end of the line where a token could start, and strings
/// in double quotes.
enum class Language : uint8_t {
  named,  // braces and semicolons are tokens; comments from // and between /* and */ as well
  nsd,    // a word ends only with white space or a quote
};

/// Splits a configuration into tokens. Each call costs what the token is long, and its comments.
class Tokens {
 public:
  /// `text` must outlive the tokens.
  Tokens(std::string_view text, Language language) : text_(text), language_(language) {}

  [[nodiscard]] Token next();

 private:
  [[nodiscard]] bool skip_blank();
  [[nodiscard]] bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  [[nodiscard]] bool ends_word(size_t at) const;
  void advance_to(size_t at);

  std::string_view text_;
  Language language_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

/// A string's value in named.conf, where a backslash before a double quote is removed.
[[nodiscard]] std::string unescaped(const Token& token);

}  // namespace ptrd::zone
