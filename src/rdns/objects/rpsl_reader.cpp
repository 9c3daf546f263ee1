// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/rpsl_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace ptrd::rdns {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr bool is_name_character(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Control characters are invalid in RPSL; Latin-1 has its own from 0x80 to 0x9F.
constexpr bool is_control(char c) {
  const auto octet = static_cast<uint8_t>(c);
  return (octet < 0x20 && c != '\t') || octet == 0x7F;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The text before a comment, without surrounding blanks.
std::string_view content(std::string_view text) {
  return trim(text.substr(0, text.find('#')));
}

/// The name before the colon; empty if the line is not an attribute.
std::string_view attribute_name(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view name = text.substr(0, colon);
  return std::all_of(name.begin(), name.end(), is_name_character) ? name : std::string_view();
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view RpslObject::value_of(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const RpslAttribute& attribute) {
    return same_word(attribute.name, name);
  });
  return found == attributes.end() ? std::string_view() : found->value;
}

void RpslReader::feed(std::string_view piece) {
  while (!piece.empty()) {
    const size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (end == std::string_view::npos || !partial_.empty() || skipping_) {
      const size_t room = kMaxLine - partial_.size();
      skipping_ = skipping_ || part.size() > room;
      partial_.append(part.substr(0, room));
    }
    if (end == std::string_view::npos) return;
    piece.remove_prefix(end + 1);
    if (partial_.empty()) {
      skipping_ = part.size() > kMaxLine;
      line(part.substr(0, kMaxLine));
    } else {
      line(partial_);
      partial_.clear();
    }
  }
}

void RpslReader::finish() {
  if (!partial_.empty()) {
    line(partial_);
    partial_.clear();
    fault(Rule::no_final_newline, "the last line has no newline; is the file truncated?");
  }
  end_object();
  line_ = 0;
}

void RpslReader::line(std::string_view text) {
  ++line_;
  const bool cut = std::exchange(skipping_, false);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (trim(text).empty()) return end_object();
  if (text.front() == '#' || (text.front() == '%' && state_ == State::between)) return;
  if (state_ == State::passing) return;
  if (is_blank(text.front()) || text.front() == '+') {
    continuation(text);
  } else {
    attribute(text);
  }
  if (state_ != State::gathering) return;
  if (cut)
    fault(Rule::line_too_long,
          fmt::format("the line is longer than {} octets; the rest is ignored", kMaxLine));
  const auto control = std::find_if(text.begin(), text.end(), is_control);
  if (control != text.end())
    fault(Rule::control_character, fmt::format("a control character, \\{:03}, at octet {}",
                                               static_cast<uint8_t>(*control), control - text.begin() + 1));
}

void RpslReader::attribute(std::string_view text) {
  const std::string_view name = attribute_name(text);
  if (name.empty()) {
    // Outside objects one finding covers a run of lines: a binary file has no lines worth reporting.
    if (state_ == State::between && std::exchange(rubbish_, true)) return;
    return fault(Rule::syntax, fmt::format("'{}' is not an attribute: expected a name followed by a colon",
                                           printable(text, 40)));
  }
  if (state_ == State::between) {
    begin(name);
    if (state_ == State::passing) return;
  }
  const std::string_view value = content(text.substr(name.size() + 1));
  if (!fits(name.size() + value.size())) return;
  slices_.push_back({text_.size(), name.size(), text_.size() + name.size(), value.size(), line_});
  append(name);
  append(value);
}

void RpslReader::begin(std::string_view class_name) {
  rubbish_ = false;
  if (sink_.wants(class_name)) {
    state_ = State::gathering;
  } else {
    state_ = State::passing;
    sink_.passed_over(class_name);
  }
}

void RpslReader::continuation(std::string_view text) {
  if (state_ == State::between) {
    if (!std::exchange(rubbish_, true))
      fault(Rule::syntax, "a continuation line without an attribute before it");
    return;
  }
  const std::string_view value = content(text.substr(1));
  if (value.empty() || slices_.empty() || !fits(value.size() + 1)) return;
  Slice& last = slices_.back();
  if (last.value_size > 0) {
    append(" ");
    ++last.value_size;
  }
  append(value);
  last.value_size += value.size();
}

void RpslReader::append(std::string_view text) {
  text_.append(text);
}

bool RpslReader::fits(size_t more) {
  // The memory of an attribute beside its text also counts, or empty ones would be free.
  if (text_.size() + more + (slices_.size() + 1) * sizeof(Slice) <= kMaxObject) return true;
  if (!std::exchange(too_big_, true))
    fault(Rule::object_too_big,
          fmt::format("the object is larger than {} octets; the rest is ignored", kMaxObject));
  return false;
}

void RpslReader::end_object() {
  if (state_ == State::gathering && !slices_.empty()) {
    object_.attributes.clear();
    const std::string_view text = text_;
    for (const Slice& slice : slices_)
      object_.attributes.push_back(
          {text.substr(slice.name, slice.name_size), text.substr(slice.value, slice.value_size), slice.line});
    sink_.object(object_);
  }
  state_ = State::between;
  rubbish_ = too_big_ = false;
  text_.clear();
  slices_.clear();
}

void RpslReader::fault(Rule rule, std::string text) {
  sink_.fault(rule, line_, object_name(), std::move(text));
}

std::string RpslReader::object_name() const {
  if (slices_.empty()) return {};
  const Slice& first = slices_.front();
  return printable(std::string_view(text_).substr(first.value, first.value_size));
}

}  // namespace ptrd::rdns
