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

/// One attribute: comments removed, continuation lines joined by a blank, no surrounding blanks. Octets as
/// they are (Latin-1 in the registries' files); the views are valid only during the callback.
struct RpslAttribute {
  std::string_view name;  // as written
  std::string_view value;
  uint64_t line = 0;  // from 1
};

/// An object; its class is the name of its first attribute (RFC 2622 2).
struct RpslObject {
  std::vector<RpslAttribute> attributes;  // never empty

  [[nodiscard]] std::string_view class_name() const { return attributes.front().name; }
  [[nodiscard]] uint64_t line() const { return attributes.front().line; }
  /// The value of the first attribute with this name; empty if there is none.
  [[nodiscard]] std::string_view value_of(std::string_view name) const;
};

/// Callbacks of a reader, in the order of the text.
class RpslSink {
 public:
  virtual ~RpslSink() = default;
  /// Whether to collect objects of a class; others are skipped.
  [[nodiscard]] virtual bool wants(std::string_view class_name) = 0;
  virtual void object(const RpslObject& object) = 0;
  virtual void passed_over(std::string_view class_name) = 0;
  /// `object` is the value of the current object's first attribute, escaped; empty outside objects.
  virtual void fault(Rule rule, uint64_t line, std::string object, std::string text) = 0;
};

/// Whether two attribute or class names are equal, ignoring case (RFC 2622 2).
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

/// Reads RPSL text (RFC 2622 2) that comes in pieces of any size: attributes `name: value`, continuation
/// lines that start with a blank, a tab or `+`, comments after `#`, lines of the server's own that start with
/// `%` or `#`, objects separated by empty or blank lines, CR LF or LF. Accepts any octets. Memory is bounded
/// by the two limits, whatever the text.
class RpslReader {
 public:
  /// Octets of a line, and of an object's collected text, that are kept; more is a finding.
  static constexpr size_t kMaxLine = 64 * 1024;
  static constexpr size_t kMaxObject = 1024 * 1024;

  explicit RpslReader(RpslSink& sink) : sink_(sink) {}

  void feed(std::string_view piece);
  /// The end of a file: ends the current object. The reader may then take the next file, from line 1.
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
  std::string partial_;    // a line whose end has not been read yet
  bool skipping_ = false;  // skipping the rest of a line that is too long
  uint64_t line_ = 0;
  State state_ = State::between;
  std::string text_;  // names and values of the object so far
  std::vector<Slice> slices_;
  bool too_big_ = false;
  bool rubbish_ = false;  // report a run of lines outside objects only once
  RpslObject object_;     // its memory is reused
};

}  // namespace ptrd::rdns
