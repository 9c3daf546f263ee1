// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/tokens.hpp"

#include <algorithm>

#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

}  // namespace

bool Token::is(std::string_view keyword) const {
  return is_text() &&
         std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(), [](char a, char b) {
           return wire::lower(static_cast<uint8_t>(a)) == static_cast<uint8_t>(b);
         });
}

void Tokens::advance_to(size_t at) {
  const std::string_view passed = text_.substr(0, at);
  for (size_t newline = passed.find('\n', at_); newline != std::string_view::npos;
       newline = passed.find('\n', newline + 1)) {
    ++line_;
    line_start_ = newline + 1;
  }
  at_ = at;
}

/// False: a comment has no end.
bool Tokens::skip_blank() {
  for (;;) {
    advance_to(std::min(text_.find_first_not_of(kSpace, at_), text_.size()));
    if (starts("#") || (language_ == Language::named && starts("//"))) {
      advance_to(std::min(text_.find('\n', at_), text_.size()));
    } else if (language_ == Language::named && starts("/*")) {
      const size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return false;
      advance_to(end + 2);
    } else {
      return true;
    }
  }
}

bool Tokens::ends_word(size_t at) const {
  const char c = text_[at];
  if (c == '"' || kSpace.find(c) != std::string_view::npos) return true;
  if (language_ != Language::named) return false;
  if (c == '{' || c == '}' || c == ';') return true;
  return c == '/' && at + 1 < text_.size() && (text_[at + 1] == '/' || text_[at + 1] == '*');
}

Token Tokens::next() {
  using Kind = Token::Kind;
  const bool ended = skip_blank();
  Token token{.line = line_, .column = static_cast<uint32_t>(at_ - line_start_ + 1)};
  const auto take = [&](Kind kind, size_t from, size_t to, size_t behind) {
    token.kind = kind;
    token.text = text_.substr(from, to - from);
    advance_to(behind);
    return token;
  };
  if (!ended) return take(Kind::unclosed_comment, at_, at_, text_.size());
  if (at_ == text_.size()) return token;
  const char c = text_[at_];
  if (c == '"') {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return take(Kind::unclosed_string, at_, at_, text_.size());
    return take(Kind::string, at_ + 1, end, end + 1);
  }
  if (language_ == Language::named && (c == '{' || c == '}' || c == ';')) {
    const Kind kind = c == '{' ? Kind::open : c == '}' ? Kind::close : Kind::semicolon;
    return take(kind, at_, at_ + 1, at_ + 1);
  }
  size_t end = at_ + 1;
  while (end < text_.size() && !ends_word(end)) ++end;
  return take(Kind::word, at_, end, end);
}

std::string unescaped(const Token& token) {
  std::string out;
  for (size_t i = 0; i < token.text.size(); ++i) {
    const bool escape = token.text[i] == '\\' && i + 1 < token.text.size() && token.text[i + 1] == '"';
    if (!escape) out += token.text[i];
  }
  return out;
}

}  // namespace ptrd::zone
