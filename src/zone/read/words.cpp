// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "zone/master_text.hpp"
#include "zone/read/unicode.hpp"

namespace ptrd::zone {
namespace {

bool ends_word(char c) {
  return is_blank(c) || c == '\n' || c == '(' || c == ')' || c == ';' || c == '"';
}

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

}  // namespace

std::optional<size_t> record_size(std::string_view text) {
  size_t depth = 0;
  bool quoted = false;
  bool comment = false;
  const size_t end = std::min(text.size(), kMaxRecordText);
  for (size_t i = 0; i < end; ++i) {
    const char c = text[i];
    if (c == '\n') {
      if (depth == 0) return i;
      comment = false;
    } else if (comment) {
      continue;
    } else if (c == '\\') {
      if (i + 1 < end && text[i + 1] != '\n') ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      continue;
    } else if (c == ';') {
      comment = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    }
  }
  return depth == 0 && end == text.size() ? std::optional(end) : std::nullopt;
}

bool Word::closed() const {
  bool escaped = false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"' && !escaped) return true;
    escaped = text[i] == '\\' && !escaped;
  }
  return false;
}

std::optional<std::string> word_fault(const Word& word) {
  if (word.quoted() && !word.closed())
    return fmt::format("the quote at '{}' has no end on its line", printable(word.text));
  const std::string_view text = word.text.substr(0, word.text.find('"'));  // of `key="value"`
  const auto* const bad = std::find_if_not(text.begin(), text.end(), is_printable);
  if (bad == text.end()) return std::nullopt;
  const auto shown = printable(word.text);
  if (const auto fault = fault_beyond_ascii(text)) return fmt::format("'{}' contains {}", shown, *fault);
  if (*bad == '\r')
    return fmt::format("'{}' contains a carriage return without a newline; end lines with LF or CR LF",
                       shown);
  return fmt::format("'{}' contains a control character; remove it, or write it as '\\{:03}'", shown,
                     static_cast<uint8_t>(*bad));
}

std::string escaped_word(std::string_view word) {
  std::string out;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 1 < word.size() && is_printable(word[i + 1])) {
      out += word.substr(i++, 2);
    } else if (is_printable(word[i])) {
      // A backslash before an octet that is escaped anyway says nothing.
      if (word[i] != '\\' || i + 1 == word.size()) out += word[i];
    } else {
      out += fmt::format("\\{:03}", static_cast<uint8_t>(word[i]));
    }
  }
  return out;
}

void WordReader::skip_separators() {
  for (bool comment = false; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      comment = false;
    } else if (comment) {
      continue;
    } else if (c == ';') {
      comment = true;
    } else if (c == '(') {
      ++depth_;
    } else if (c == ')') {
      if (depth_ == 0) balanced_ = false;
      if (depth_ > 0) --depth_;
    } else if (!is_blank(c)) {
      return;
    }
  }
}

/// Moves from a quote past the one that ends it; a newline is a part of what they hold.
void WordReader::skip_quoted() {
  for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    if (text_[at_] == '\n') ++line_;
  }
  if (at_ < text_.size()) ++at_;
}

std::optional<Word> WordReader::next(Quotes quotes) {
  skip_separators();
  if (at_ == text_.size()) return std::nullopt;
  const size_t begin = at_;
  const size_t line = line_;
  if (text_[at_] == '"') {
    skip_quoted();
  } else {
    while (at_ < text_.size()) {
      if (text_[at_] == '"' && quotes == Quotes::belong) {
        skip_quoted();
        continue;
      }
      if (ends_word(text_[at_])) break;
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
    }
  }
  return Word{text_.substr(begin, at_ - begin), line};
}

std::optional<Word> first_word_from(std::string_view record, size_t at) {
  WordReader words(record);
  auto word = words.next();
  while (word && word->text.data() < record.data() + at) word = words.next();
  return word;
}

}  // namespace ptrd::zone
