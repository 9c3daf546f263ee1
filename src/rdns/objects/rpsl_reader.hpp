// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rdns/finding.hpp"

namespace ptrd::rdns {

/// One attribute: comments gone, continuation lines joined by a blank, no blanks around. Octets as they are
/// (Latin-1 in the registries' files); the views hold during the callback only.
struct RpslAttribute {
  std::string_view name;  // as it was written
  std::string_view value;
  uint64_t line = 0;  // from 1
};

/// An object; its class is the name of its first attribute (RFC 2622 2).
struct RpslObject {
  std::vector<RpslAttribute> attributes;  // never empty

  [[nodiscard]] std::string_view class_name() const { return attributes.front().name; }
  [[nodiscard]] uint64_t line() const { return attributes.front().line; }
};

/// What a reader calls, in the text's order.
class RpslSink {
 public:
  virtual ~RpslSink() = default;
  /// Whether objects of a class are gathered; the others are passed over unread.
  [[nodiscard]] virtual bool wants(std::string_view class_name) = 0;
  virtual void object(const RpslObject& object) = 0;
  virtual void passed_over(std::string_view class_name) = 0;
  /// `object` is the value of the object's first attribute so far, escaped; empty outside of objects.
  virtual void fault(Rule rule, uint64_t line, std::string object, std::string text) = 0;
};

/// Whether two attribute or class names are the same: their case does not matter (RFC 2622 2).
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

/// Reads RPSL text (RFC 2622 2) that comes in pieces of any size: attributes `name: value`, continuation
/// lines that begin with a blank, a tab or `+`, comments behind `#`, lines of the server's own that begin
/// with `%` or
/// `#`, objects parted by empty or blank lines, CR LF or LF. Takes any octets. Memory is bounded by the two
/// limits, whatever the text.
class RpslReader {
 public:
  /// Octets of a line, and of an object's gathered text, that are kept; what is beyond them is a finding.
  static constexpr size_t kMaxLine = 64 * 1024;
  static constexpr size_t kMaxObject = 1024 * 1024;

  explicit RpslReader(RpslSink& sink) : sink_(sink) {}

  void feed(std::string_view piece);
  /// The end of a file: ends the object that is open. The reader may then take the next file, from line 1.
  void finish();

 private:
  enum class State : uint8_t { between, gathering, passing };
  struct Slice {
    size_t name, name_size, value, value_size;
    uint64_t line;
  };

  void line(std::string_view text);
  void attribute(std::string_view text);
  void begin(std::string_view class_name);
  void continuation(std::string_view text);
  void append(std::string_view text);
  bool fits(size_t more);
  void end_object();
  void fault(Rule rule, std::string text);
  [[nodiscard]] std::string object_name() const;

  RpslSink& sink_;
  std::string partial_;    // a line whose end has not come yet
  bool skipping_ = false;  // the rest of a line that is too long
  uint64_t line_ = 0;
  State state_ = State::between;
  std::string text_;  // names and values of the object so far
  std::vector<Slice> slices_;
  bool too_big_ = false;
  bool rubbish_ = false;  // told once for each run of lines outside of objects
  RpslObject object_;     // its room is used again
};

}  // namespace ptrd::rdns
