// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ptrd::zone {

/// One `$GENERATE` directive as BIND 9 defines it (ARM, "$GENERATE directive"), which can be expanded line by
/// line.
class Generator {
 public:
  /// `arguments` is the rest of the line after `$GENERATE`: range, owner, optional TTL and class in either
  /// order, type, data, comment. Error: a sentence fragment that names the invalid part.
  static tl::expected<Generator, std::string> parse(std::string_view arguments);

  /// The number of records that the directive generates; at least 1.
  [[nodiscard]] uint64_t count() const { return (stop_ - start_) / step_ + 1; }
  /// The iterator's value for the record `index` (from 0).
  [[nodiscard]] uint64_t value(uint64_t index) const { return start_ + index * step_; }
  /// Whether BIND deviates from its manual here: a bare `$` after `${5}` in the same field gets the offset 5
  /// there, not 0 (seen with BIND 9.18.49).
  [[nodiscard]] bool differs_from_bind() const { return differs_from_bind_; }
  /// Appends record `index` as one line of master file text, including the newline.
  void append_line(uint64_t index, std::string& out) const;

 private:
  /// `${offset,width,base}`; a bare `$` is `${0,0,d}`.
  struct Number {
    int32_t offset = 0;
    uint32_t width = 0;
    char base = 'd';
  };
  struct Piece {
    std::string before;
    Number number;
  };

  static tl::expected<Number, std::string> parse_braces(std::string_view& text);
  static void append_number(const Number& number, int64_t iterator, std::string& out);
  [[nodiscard]] tl::expected<void, std::string> parse_range(std::string_view range);
  [[nodiscard]] tl::expected<void, std::string> add_template(std::string_view text);

  uint64_t start_ = 0;
  uint64_t stop_ = 0;
  uint64_t step_ = 1;
  bool differs_from_bind_ = false;
  std::vector<Piece> pieces_;
  std::string tail_;  // the text after the last number
};

}  // namespace ptrd::zone
