// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "ptrd/image/name_hash.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// Sets labels in wire form to lower case, word by word: up to seven more bytes are read and written. The
/// lengths are below 'A', so they do not change.
inline void lower_words(uint8_t* text, size_t size) {
  for (size_t at = 0; at < size; at += sizeof(uint64_t))
    wire::store_raw(text + at, wire::lower8(wire::load_raw<uint64_t>(text + at)));
}

/// A copy of one label in wire form, in lower case: word by word, as up to seven more bytes can be read.
class LoweredLabel {
 public:
  explicit LoweredLabel(wire::Bytes label) { copy(label, text_.data()); }
  /// Seven more bytes may be read.
  [[nodiscard]] const uint8_t* bytes() const { return text_.data(); }

 private:
  // Not inlined: with the array's size known, hardened builds check each copy of eight bytes by a call.
  [[gnu::noinline]] static void copy(wire::Bytes label, uint8_t* to) {
    for (size_t at = 0; at < label.size(); at += sizeof(uint64_t))
      wire::store_raw(to + at, wire::lower8(wire::load_raw<uint64_t>(label.data() + at)));
    wire::store_raw<uint64_t>(to + label.size(), 0);
  }

  std::array<uint8_t, 1 + wire::kMaxLabel + sizeof(uint64_t)> text_;
};

/// A copy of a name in lower case, with the hashes of the names above it for look-ups in the label index:
/// each of its labels is hashed at most once. Uninitialised until `assign`.
class HashedName {
 public:
  /// A complete, uncompressed name; `key` is that of the image's label index, which must outlive this.
  void assign(wire::Bytes name, const image::IndexKey& key) {
    std::memcpy(text_.data(), name.data(), name.size());
    wire::store_raw<uint64_t>(text_.data() + name.size(), 0);
    lower_words(text_.data(), name.size());
    count_ = 0;
    for (size_t at = 0; text_[at] != 0; at += text_[at] + 1U) starts_[count_++] = static_cast<uint8_t>(at);
    size_ = static_cast<uint8_t>(name.size());
    key_ = &key;
    hashes_[0] = image::root_hash(key);
    hashed_ = 0;
  }

  /// Labels without the root.
  [[nodiscard]] uint8_t count() const { return count_; }
  /// The first label of its suffix of `labels` labels, 1 to `count()`, in wire form. Seven more bytes may be
  /// read.
  [[nodiscard]] const uint8_t* label(unsigned labels) const { return &text_[starts_[count_ - labels]]; }
  /// The suffix of `labels` labels, at least 1.
  [[nodiscard]] wire::Bytes suffix(unsigned labels) const {
    const size_t start = starts_[count_ - labels];
    return {&text_[start], size_ - start};
  }
  /// The hash of its suffix of `labels` labels.
  [[nodiscard]] uint64_t hash(unsigned labels) {
    const image::IndexKey key = *key_;
    uint64_t hash = hashes_[hashed_];
    for (; hashed_ < labels; hashes_[++hashed_] = hash)
      hash = image::hash_below(key, hash, label(hashed_ + 1));
    return hashes_[labels];
  }
  /// Labels that are hashed already.
  [[nodiscard]] unsigned hashed() const { return hashed_; }

 private:
  std::array<uint8_t, wire::kMaxName + 1 + sizeof(uint64_t)> text_;
  std::array<uint8_t, wire::kMaxLabels> starts_;
  std::array<uint64_t, wire::kMaxLabels + 1> hashes_;
  const image::IndexKey* key_;
  unsigned hashed_;
  uint8_t count_;
  uint8_t size_;
};

}  // namespace ptrd::answer
