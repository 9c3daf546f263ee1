// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include <array>
#include <cstdint>

#include "answer/proof/octet_order.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::answer {

/// A name of an address of so many octets, or of the start of one, with an NSEC record.
template <size_t kOctets>
struct AddressCover {
  uint32_t leaf = 0;                      // its unit
  uint32_t node = 0;                      // or the line of its Node
  uint8_t units = 0;                      // octets or nibbles of the name
  uint8_t shared = 0;                     // of these, from the first on: those of the address asked
  std::array<uint8_t, kOctets> key = {};  // network order; the first `units` are the name's
};

/// The name of an IPv4 address, with room for copies in chunks.
class OctetName {
 public:
  static constexpr unsigned kUnits = 4;
  static constexpr size_t kLabels = 4 * kUnits;  // bytes of them, at most
  static constexpr size_t kCopied = 32;          // by copy_name

  void write(const std::array<uint8_t, kUnits>& key) {
    uint8_t* p = name_.data();
    for (unsigned i = kUnits; i > 0; --i) {
      const auto label = wire::load_raw<uint32_t>(&kOctetOrder.text[key[i - 1]].size);
      start_[i] = static_cast<uint8_t>(p - name_.data());
      image::copy_words<sizeof label>(p, reinterpret_cast<const uint8_t*>(&label));
      p += (label & 3) + 1;
    }
    start_[0] = static_cast<uint8_t>(p - name_.data());
    image::copy_words<16>(p, reinterpret_cast<const uint8_t*>("\7in-addr\4arpa\0\0"));
  }
  /// The offset of the name of the first `units` octets.
  [[nodiscard]] size_t start(unsigned units) const { return start_[units]; }
  [[nodiscard]] size_t size() const { return start_[0] + wire::kInAddrSuffixSize; }
  /// Copies the labels from an offset on, `size` bytes, and up to 15 after them.
  void copy_labels(size_t from, size_t, uint8_t* out) const {
    image::copy_words<kLabels>(out, name_.data() + from);
  }
  /// Copies the name from an offset on; kCopied bytes are written.
  void copy_name(size_t from, uint8_t* out) const { image::copy_words<kCopied>(out, name_.data() + from); }
  [[nodiscard]] const uint8_t* data() const { return name_.data(); }

 private:
  std::array<uint8_t, kUnits + 1> start_;
  std::array<uint8_t, kLabels + kCopied> name_;
};

/// The same of an IPv6 address, by nibbles.
class NibbleName {
 public:
  static constexpr unsigned kUnits = 32;
  static constexpr size_t kLabels = 2 * kUnits;
  static constexpr size_t kCopied = 80;

  void write(const std::array<uint8_t, kUnits / 2>& key) {
    uint8_t* const out = name_.data();
#ifdef __SSE4_1__
    const __m128i last_first = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i digits =
        _mm_set_epi8('f', 'e', 'd', 'c', 'b', 'a', '9', '8', '7', '6', '5', '4', '3', '2', '1', '0');
    const __m128i low = _mm_set1_epi8(15);
    const __m128i size = _mm_set1_epi8(1);
    const __m128i octets =
        _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(key.data())), last_first);
    const __m128i second = _mm_shuffle_epi8(digits, _mm_and_si128(octets, low));
    const __m128i first = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi16(octets, 4), low));
    const auto put = [&](size_t at, __m128i labels) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), _mm_unpacklo_epi8(size, labels));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at + 16), _mm_unpackhi_epi8(size, labels));
    };
    put(0, _mm_unpacklo_epi8(second, first));
    put(32, _mm_unpackhi_epi8(second, first));
#else
    for (unsigned i = kUnits / 2; i-- > 0;) {
      uint8_t* const labels = out + start(2 * i + 2);
      labels[0] = labels[2] = 1;
      labels[1] = static_cast<uint8_t>("0123456789abcdef"[key[i] & 15]);
      labels[3] = static_cast<uint8_t>("0123456789abcdef"[key[i] >> 4]);
    }
#endif
    std::memcpy(out + start(0), "\3ip6\4arpa", wire::kIp6SuffixSize);
  }
  [[nodiscard]] static constexpr size_t start(unsigned units) {
    return 2 * size_t{kUnits - units};
  }
  [[nodiscard]] static constexpr size_t size() {
    return wire::kIp6NameSize;
  }
  void copy_labels(size_t from, size_t size, uint8_t* out) const {
    image::copy_chunks(out, name_.data() + from, size);
  }
  void copy_name(size_t from, uint8_t* out) const {
    image::copy_words<kCopied>(out, name_.data() + from);
  }
  [[nodiscard]] const uint8_t* data() const {
    return name_.data();
  }

 private:
  std::array<uint8_t, kLabels + kCopied> name_;
};

// There is room for what is copied too much: an RRSIG record follows, and its size is known.
static_assert(OctetName::kCopied >= OctetName::kLabels + wire::kInAddrSuffixSize);
static_assert(NibbleName::kCopied >= wire::kIp6NameSize);
static_assert(image::kRecordFixed + image::kMaxNextPrefix + NibbleName::kCopied <= image::kMaxLeafNsec);

}  // namespace ptrd::answer
