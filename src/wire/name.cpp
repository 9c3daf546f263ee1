// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/name.hpp"

#include <algorithm>

#include "ptrd/wire/message.hpp"

namespace ptrd::wire {

namespace {

using Unexpected = tl::unexpected<std::string>;

/// One octet of presentation form at `text[i]`, unescaped; `i` moves past it. Empty: a bad escape.
std::optional<uint8_t> next_octet(std::string_view text, size_t& i) {
  if (text[i] != '\\') return static_cast<uint8_t>(text[i++]);
  ++i;
  if (i >= text.size()) return std::nullopt;
  if (!is_digit(text[i])) return static_cast<uint8_t>(text[i++]);
  if (i + 3 > text.size() || !is_digit(text[i + 1]) || !is_digit(text[i + 2])) return std::nullopt;
  const int value = (text[i] - '0') * 100 + (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
  i += 3;
  if (value > 255) return std::nullopt;
  return static_cast<uint8_t>(value);
}

}  // namespace

namespace {

bool same8(const uint8_t* a, const uint8_t* b) {
  const auto x = load_raw<uint64_t>(a);
  const auto y = load_raw<uint64_t>(b);
  return x == y || lower8(x) == lower8(y);
}

}  // namespace

// Eight octets at a time, the last of which may overlap the previous ones: names are compared for every
// query.
bool same_ignoring_case(Bytes a, Bytes b) {
  const size_t size = a.size();
  if (b.size() != size) return false;
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) {
      if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
  }
  for (size_t i = 0; i + 8 < size; i += 8) {
    if (!same8(&a[i], &b[i])) return false;
  }
  return same8(&a[size - 8], &b[size - 8]);
}

tl::expected<Name, std::string> Name::from_text(std::string_view text) {
  if (text.empty()) return Unexpected("empty name");
  Name name;
  if (text == ".") return name;
  size_t label_at = 0;
  size_t size = 1;
  const auto close_label = [&]() -> const char* {
    const size_t length = size - label_at - 1;
    if (length == 0) return "empty label";
    if (length > kMaxLabel) return "label longer than 63 octets";
    name.bytes_[label_at] = static_cast<uint8_t>(length);
    label_at = size;
    return nullptr;
  };
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '.') {
      if (const char* wrong = close_label()) return Unexpected(wrong);
      if (size >= kMaxName) return Unexpected("name longer than 255 octets");
      ++size;
      ++i;
      continue;
    }
    const auto octet = next_octet(text, i);
    if (!octet) return Unexpected("bad escape");
    if (size >= kMaxName) return Unexpected("name longer than 255 octets");
    name.bytes_[size++] = *octet;
  }
  if (size > label_at + 1) {
    if (const char* wrong = close_label()) return Unexpected(wrong);
    if (size >= kMaxName) return Unexpected("name longer than 255 octets");
    ++size;
  }
  name.bytes_[size - 1] = 0;
  name.size_ = static_cast<uint8_t>(size);
  return name;
}

tl::expected<Name, std::string> Name::from_wire(Bytes bytes) {
  Name name;
  if (!name.assign(bytes)) return Unexpected("not a whole, uncompressed name of at most 255 octets");
  return name;
}

bool Name::assign(Bytes bytes) {
  const auto size = plain_name_size(bytes, 0);
  if (!size) return false;
  std::copy_n(bytes.begin(), *size, bytes_.begin());
  size_ = static_cast<uint8_t>(*size);
  return true;
}

size_t Name::label_count() const {
  return Labels(bytes()).count;
}

Name Name::parent() const {
  if (is_root()) return *this;
  const size_t first = bytes_[0] + 1U;
  Name up;
  std::copy(bytes_.begin() + static_cast<ptrdiff_t>(first), bytes_.begin() + size_, up.bytes_.begin());
  up.size_ = static_cast<uint8_t>(size_ - first);
  return up;
}

std::string label_to_text(Bytes label) {
  std::string text;
  for (const uint8_t c : label) {
    if (c <= ' ' || c > '~') {
      text += '\\';
      for (const int unit : {100, 10, 1}) text += static_cast<char>('0' + c / unit % 10);
    } else {
      if (std::string_view(".\\\"();@$").find(static_cast<char>(c)) != std::string_view::npos) text += '\\';
      text += static_cast<char>(c);
    }
  }
  return text;
}

std::string Name::to_text() const {
  if (is_root()) return ".";
  std::string text;
  const Labels labels(bytes());
  for (size_t i = 0; i < labels.count; ++i) text += label_to_text(labels.label(bytes(), i)) + '.';
  return text;
}

Name Name::lowered() const {
  Name low = *this;
  // Length octets are at most 63, below 'A', so lower() does not change them.
  std::transform(low.bytes_.begin(), low.bytes_.begin() + size_, low.bytes_.begin(), lower);
  return low;
}

bool Name::is_below_or_at(const Name& other) const {
  Bytes rest = bytes();
  while (rest.size() > other.size()) rest = rest.subspan(rest[0] + 1U);
  return same_ignoring_case(rest, other.bytes());
}

bool Name::prepend(Bytes label) {
  if (label.empty() || label.size() > kMaxLabel || label.size() + 1 + size_ > kMaxName) return false;
  std::copy_backward(bytes_.begin(), bytes_.begin() + size_,
                     bytes_.begin() + static_cast<ptrdiff_t>(size_ + label.size() + 1));
  bytes_[0] = static_cast<uint8_t>(label.size());
  std::copy(label.begin(), label.end(), bytes_.begin() + 1);
  size_ = static_cast<uint8_t>(size_ + label.size() + 1);
  return true;
}

std::weak_ordering Name::canonical_compare(const Name& other) const {
  const Labels a(bytes());
  const Labels b(other.bytes());
  const size_t common = std::min(a.count, b.count);
  for (size_t i = 1; i <= common; ++i) {
    const Bytes x = a.label(bytes(), a.count - i);
    const Bytes y = b.label(other.bytes(), b.count - i);
    const auto order = std::lexicographical_compare_three_way(
        x.begin(), x.end(), y.begin(), y.end(),
        [](uint8_t p, uint8_t q) -> std::weak_ordering { return lower(p) <=> lower(q); });
    if (order != 0) return order;
  }
  return a.count <=> b.count;
}

// A label has at least one byte and is followed by the root, so there are at most kMaxLabels.
Labels::Labels(Bytes name) {
  const size_t end = std::min(name.size(), kMaxName);
  const uint8_t* const bytes = name.data();
  unsigned labels = 0;
  for (size_t at = 0; at < end;) {
    const unsigned length = bytes[at];
    const size_t next = at + length + 1;
    if (length - 1U >= kMaxLabel || next >= end) break;
    offset[labels++] = static_cast<uint8_t>(at);
    at = next;
  }
  count = static_cast<uint8_t>(labels);
}

std::optional<size_t> plain_name_size(Bytes bytes, size_t offset) {
  const size_t end =
      bytes.size() - std::min(bytes.size(), offset) > kMaxName ? offset + kMaxName : bytes.size();
  for (size_t at = offset; at < end;) {
    const unsigned length = bytes.data()[at];
    if (length == 0) return at + 1 - offset;
    if (length > kMaxLabel) return std::nullopt;
    at += length + 1U;
  }
  return std::nullopt;
}

bool is_plain_name(Bytes bytes) {
  return plain_name_size(bytes, 0) == bytes.size();
}

namespace {

constexpr uint8_t kPointer = 0xC0;
constexpr size_t kPointerSize = 2;

}  // namespace

std::optional<size_t> skip_name(Bytes message, size_t offset) {
  const size_t end = std::min(message.size(), offset + kMaxName);
  size_t at = offset;
  uint8_t length = 0;
  // A root's length is above all others when one is subtracted.
  for (; at < end; at += length + 1U) {
    length = message[at];
    if (static_cast<uint8_t>(length - 1) >= kMaxLabel) break;
  }
  if (at >= end) return std::nullopt;
  if (length == 0) return at + 1;
  if (length < kPointer || at + kPointerSize > message.size()) return std::nullopt;
  const size_t target = load16(&message[at]) & 0x3FFFU;
  if (target < kHeaderSize || target >= offset) return std::nullopt;
  return at + kPointerSize;
}

/// Builds a Name label by label while it is read from a message.
class NameReader {
 public:
  explicit NameReader(Name& out) : out_(out) { out_.size_ = 0; }
  /// `label` includes its length octet; false if the name would exceed 255 octets.
  bool append(Bytes label) {
    if (out_.size_ + label.size() > kMaxName) return false;
    std::copy(label.begin(), label.end(), out_.bytes_.begin() + out_.size_);
    out_.size_ = static_cast<uint8_t>(out_.size_ + label.size());
    return true;
  }

 private:
  Name& out_;
};

std::optional<size_t> read_name(Bytes message, size_t offset, Name& out) {
  Name name;
  NameReader reader(name);
  size_t at = offset;
  size_t lowest = offset;  // every pointer must point before everything read so far
  size_t behind = 0;       // end of the name in place, once a pointer was followed
  unsigned pointers = 0;
  while (at < message.size()) {
    const uint8_t length = message[at];
    if (length >= kPointer) {
      if (at + 2 > message.size()) return std::nullopt;
      const size_t target = load16(&message[at]) & 0x3FFFU;
      if (target >= lowest || ++pointers > kMaxPointers) return std::nullopt;
      if (behind == 0) behind = at + 2;
      at = lowest = target;
      continue;
    }
    if (length > kMaxLabel || at + length + 1U > message.size()) return std::nullopt;
    if (!reader.append(message.subspan(at, length + 1U))) return std::nullopt;
    at += length + 1U;
    if (length == 0) {
      out = name;
      return behind != 0 ? behind : at;
    }
  }
  return std::nullopt;
}

}  // namespace ptrd::wire
