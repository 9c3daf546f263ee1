// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ptrd::zone {

/// The longest record whose words are looked at, in bytes of text: four times what the longest data take when
/// each octet is written as `\DDD`.
inline constexpr size_t kMaxRecordText = 1 << 20;

/// The size of the record at the start of `text`: up to the newline outside parentheses, or the end (RFC 1035
/// 5.1). Empty if a parenthesis is still open there, or after kMaxRecordText.
[[nodiscard]] std::optional<size_t> record_size(std::string_view text);

/// A word of a record.
struct Word {
  std::string_view text;  // as it is written, a quoted one with its quotes
  size_t line = 0;        // newlines of the record before it

  [[nodiscard]] bool quoted() const { return text.front() == '"'; }
  /// Whether the quote that starts the word has its end.
  [[nodiscard]] bool closed() const;
};

/// Why a word is invalid wherever it is: outside quotes it consists of printable ASCII, and a quote has an
/// end. Empty if it is valid.
[[nodiscard]] std::optional<std::string> word_fault(const Word& word);

/// A word in printable ASCII: other octets, which may be in quotes, as `\DDD`.
[[nodiscard]] std::string escaped_word(std::string_view word);

/// Takes a record apart: parentheses, comments and line ends separate words, as blanks do.
class WordReader {
 public:
  /// What a quote inside a word does.
  enum class Quotes {
    start_a_word,  // as everywhere else
    belong,        // to `key="value"` (RFC 9460 2.1)
  };

  /// `record` must outlive the reader; it starts at the start of a line.
  explicit WordReader(std::string_view record) : text_(record) {}

  /// The next word; empty at the end.
  [[nodiscard]] std::optional<Word> next(Quotes quotes = Quotes::start_a_word);
  /// Newlines up to here.
  [[nodiscard]] size_t line() const { return line_; }
  /// Whether every `)` so far had its `(`.
  [[nodiscard]] bool balanced() const { return balanced_; }

 private:
  void skip_separators();
  void skip_quoted();

  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 0;
  size_t depth_ = 0;
  bool balanced_ = true;
};

/// The first word of a record that starts `at` octets from its start, or later.
[[nodiscard]] std::optional<Word> first_word_from(std::string_view record, size_t at);

}  // namespace ptrd::zone
