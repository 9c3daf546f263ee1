// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Converts the name of a whole address, in a query, to the address: without a branch that depends on a digit
// or a label's length, which are unpredictable. `scan_simd` needs SSE4.1, `scan_swar` only 64-bit words; both
// give the same result. Include it only where one call per query would be too expensive.
#pragma once

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include <array>
#include <cstdint>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::wire {

namespace detail {

constexpr uint64_t word_of(const char* text) {
  uint64_t w = 0;
  for (int i = 7; i >= 0; --i) w = w << 8 | static_cast<uint8_t>(text[i]);
  return w;
}
/// Bytes that are letters, which may differ in case.
constexpr uint64_t case_bits(uint64_t lowered) {
  uint64_t mask = 0;
  for (int i = 0; i < 8; ++i) {
    const auto c = static_cast<uint8_t>(lowered >> (8 * i));
    if (c >= 'a' && c <= 'z') mask |= 0x20ULL << (8 * i);
  }
  return mask;
}
/// Bits that are set where the eight bytes at `p` differ from kText, ignoring case.
template <uint64_t kText>
[[nodiscard]] inline uint64_t differs(const uint8_t* p) {
  return (load_raw<uint64_t>(p) | case_bits(kText)) ^ kText;
}

[[nodiscard]] inline bool ends_ip6_arpa(const uint8_t* p) {
  return (differs<word_of("\3ip6\4arp")>(p) | differs<word_of("p6\4arpa\0")>(p + 2)) == 0;
}

}  // namespace detail

namespace scan_swar {

/// Whether `\7in-addr\4arpa\0` is at `p`, ignoring case. Reads 14 bytes.
[[nodiscard]] inline bool ends_in_addr_arpa(const uint8_t* p) {
  using detail::differs;
  using detail::word_of;
  return (differs<word_of("\7in-addr")>(p) | differs<word_of("dr\4arpa\0")>(p + 6)) == 0;
}

/// Values of decimal labels by their digits' low nibbles and their length: `length << 12 | second << 8 |
/// third << 4 | first`, missing digits as 0. Only few of its cache lines are ever used. 0x100: not the
/// canonical form of 0 to 255.
struct OctetTable {
  static constexpr uint16_t kBad = 0x100;
  std::array<uint16_t, 1 << 14> value{};
  constexpr OctetTable() {
    value.fill(kBad);
    for (uint16_t v = 0; v < 256; ++v) {
      const unsigned length = v > 99 ? 3 : v > 9 ? 2 : 1;
      const unsigned digits[3] = {v / 100U, v / 10U % 10, v % 10U};
      unsigned index = length << 12;
      constexpr unsigned kShift[3] = {0, 8, 4};
      for (unsigned i = 0; i < length; ++i) index |= digits[3 - length + i] << kShift[i];
      value[index] = v;
    }
  }
};
inline constexpr OctetTable kOctets;

/// Bits of a label's digits, by its length, in the word that starts with the length octet.
inline constexpr uint32_t kDigitBits[4] = {0, 0x0000FF00, 0x00FFFF00, 0xFFFFFF00};

/// One decimal octet label at `p`: its value, its total size in `advance`, bits in `wrong` if it is not the
/// canonical form of 0 to 255.
[[nodiscard]] inline uint32_t scan_octet(const uint8_t* p, uint32_t& advance, uint32_t& wrong) {
  const auto word = load_raw<uint32_t>(p);
  const uint32_t length = word & 3;
  const uint32_t bits = kDigitBits[length];
  wrong |= (word & 0xFC) | ((word ^ 0x30303000U) & bits & 0xF0F0F000U);
  const uint32_t nibbles = (word & bits & 0x0F0F0F00U) >> 8;
  const uint32_t value = kOctets.value[length << 12 | ((nibbles | nibbles >> 12) & 0xFFF)];
  wrong |= value & OctetTable::kBad;
  advance = length + 1;
  return value & 0xFF;
}

/// Four octet labels at `p`: the address, and their size in bytes; 0 if they are not that. Reads 16 bytes.
[[nodiscard]] inline size_t scan_octets(const uint8_t* p, uint32_t& address) {
  uint32_t wrong = 0;
  size_t at = 0;
  address = 0;
  for (unsigned i = 0; i < 4; ++i) {
    uint32_t advance = 0;
    address |= scan_octet(p + at, advance, wrong) << (8 * i);
    at += advance;
  }
  return wrong == 0 ? at : 0;
}

/// Four `\1 hexdigit` labels in one word to four nibbles (the first label's lowest); sets bits in `wrong` if
/// one is not that.
[[nodiscard]] inline uint64_t scan_four_nibbles(uint64_t word, uint64_t& wrong) {
  constexpr uint64_t kEach = 0x0001000100010001ULL;
  const uint64_t c = (word >> 8) & (kEach * 0xFF);
  const uint64_t low = c | kEach * 0x20;  // lower case; digits already have this bit
  // Per 16-bit lane, bit 15 tells "c >= bound" for c + (0x8000 - bound).
  const auto at_least = [&](uint64_t x, uint64_t bound) { return x + kEach * (0x8000 - bound); };
  const uint64_t digit = at_least(c, '0') & ~at_least(c, '9' + 1);
  const uint64_t letter = at_least(low, 'a') & ~at_least(low, 'f' + 1);
  wrong |= ((word ^ kEach) & (kEach * 0xFF)) | (~(digit | letter) & (kEach << 15));
  const uint64_t is_letter = (letter >> 15) & kEach;
  const uint64_t n = (c & (kEach * 15)) + is_letter * 9;
  return (n | n >> 12 | n >> 24 | n >> 36) & 0xFFFF;
}

/// 32 nibble labels at `p`, starting with the address's last: the address in the form of QuestionName. False
/// if they are not that. Reads 64 bytes.
[[nodiscard]] inline bool scan_nibbles(const uint8_t* p, std::array<uint64_t, 2>& address) {
  uint64_t wrong = 0;
  for (unsigned half = 0; half < 2; ++half) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 4; ++i)
      bits |= scan_four_nibbles(load_raw<uint64_t>(p + 32 * half + 8 * i), wrong) << (16 * i);
    address[1 - half] = bits;
  }
  return wrong == 0;
}

}  // namespace scan_swar

#ifdef __SSE4_1__
namespace scan_simd {

/// The layout of four octet labels of given lengths in the 16 bytes from their start; one cache line.
struct alignas(64) Shape {
  uint8_t from[16];   // pshufb: length, hundreds, tens, units of each label; 0x80 for missing digits
  uint8_t base[16];   // what to subtract from those: the length itself, '0' from digits
  uint32_t least[4];  // of each octet's value: no leading zero
  uint8_t size = 0;   // bytes of the four labels; 0: not a valid layout
};
static_assert(sizeof(Shape) == 64);

/// Layouts by a hash of which of the 16 bytes are below '0': the length octets, and those of the fixed end.
struct ShapeTable {
  static constexpr unsigned kBits = 8;
  /// Found by trial: no two of the 81 layouts collide.
  static constexpr uint32_t kFactor = 0x223E6477;
  static constexpr uint32_t place(uint32_t low_bytes) { return (low_bytes * kFactor) >> (32 - kBits); }

  std::array<Shape, 1 << kBits> shape{};
  bool perfect = true;

  constexpr ShapeTable() {
    for (unsigned n = 0; n < 81; ++n) add({n % 3 + 1, n / 3 % 3 + 1, n / 9 % 3 + 1, n / 27 + 1});
  }

 private:
  constexpr void add(std::array<unsigned, 4> lengths) {
    Shape made{};
    uint32_t low_bytes = 0;
    unsigned at = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned length = lengths[i];
      low_bytes |= 1U << at;
      made.from[4 * i] = static_cast<uint8_t>(at);
      made.base[4 * i] = static_cast<uint8_t>(length);
      for (unsigned digit = 1; digit <= 3; ++digit) {
        const bool there = digit > 3 - length;
        made.from[4 * i + digit] = static_cast<uint8_t>(there ? at + digit - (3 - length) : 0x80);
        made.base[4 * i + digit] = there ? '0' : 0;
      }
      made.least[i] = length == 3 ? 100 : length == 2 ? 10 : 0;
      at += length + 1;
    }
    made.size = static_cast<uint8_t>(at);
    constexpr unsigned kLowInEnd[] = {0, 3, 8, 13};  // "\7in-addr\4arpa\0"
    for (const unsigned low : kLowInEnd) low_bytes |= at + low < 16 ? 1U << (at + low) : 0;
    Shape& place_of_it = shape[place(low_bytes)];
    perfect = perfect && place_of_it.size == 0;
    place_of_it = made;
  }
};
inline constexpr ShapeTable kShapes;
static_assert(kShapes.perfect);

[[nodiscard]] inline __m128i load(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}

/// Whether `\7in-addr\4arpa\0` is at `p`, ignoring case. Reads 16 bytes.
[[nodiscard]] inline bool ends_in_addr_arpa(const uint8_t* p) {
  const __m128i text = _mm_setr_epi8(7, 'i', 'n', '-', 'a', 'd', 'd', 'r', 4, 'a', 'r', 'p', 'a', 0, 0, 0);
  const __m128i letters = _mm_setr_epi8(0, 32, 32, 0, 32, 32, 32, 32, 0, 32, 32, 32, 32, 0, 0, 0);
  const __m128i all = _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0);
  return _mm_testz_si128(_mm_xor_si128(_mm_or_si128(load(p), letters), text), all) != 0;
}

/// Like scan_swar's, but including the fixed end after the labels. A layout that is not the name's leaves a
/// length or a digit that does not match.
[[nodiscard]] inline size_t scan_octets(const uint8_t* p, uint32_t& address) {
  const __m128i bytes = load(p);
  const auto low = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8('0'))));
  const Shape& shape = kShapes.shape[ShapeTable::place(low)];
  const __m128i digits = _mm_sub_epi8(_mm_shuffle_epi8(bytes, load(shape.from)), load(shape.base));
  // Lengths must be 0 now, digits at most 9.
  const __m128i too_large = _mm_subs_epu8(digits, _mm_set1_epi32(0x09090900));
  const __m128i values =
      _mm_madd_epi16(_mm_maddubs_epi16(digits, _mm_set1_epi32(0x010A6400)), _mm_set1_epi16(1));
  const __m128i out_of_range =
      _mm_or_si128(_mm_cmpgt_epi32(values, _mm_set1_epi32(255)), _mm_cmplt_epi32(values, load(shape.least)));
  const __m128i wrong = _mm_or_si128(too_large, out_of_range);
  const __m128i kLowBytes = _mm_set1_epi32(0x0C080400);
  address = static_cast<uint32_t>(_mm_cvtsi128_si32(_mm_shuffle_epi8(values, kLowBytes)));
  return _mm_testz_si128(wrong, wrong) != 0 ? shape.size : 0;
}

/// 16 hexadecimal digits to their values; above 15 for anything else.
[[nodiscard]] inline __m128i hex_values(__m128i text) {
  // Digits are moved to the upper end of a byte's range, so that a saturating subtraction removes everything
  // else.
  const __m128i top = _mm_subs_epu8(_mm_add_epi8(text, _mm_set1_epi8('\xFF' - '9')), _mm_set1_epi8(6));
  const __m128i digit = _mm_sub_epi8(top, _mm_set1_epi8('\xF0'));
  const __m128i upper = _mm_and_si128(text, _mm_set1_epi8('\xDF'));
  const __m128i letter = _mm_adds_epu8(_mm_sub_epi8(upper, _mm_set1_epi8('A')), _mm_set1_epi8(10));
  return _mm_min_epu8(digit, letter);
}

/// As scan_swar's.
[[nodiscard]] inline bool scan_nibbles(const uint8_t* p, std::array<uint64_t, 2>& address) {
  const __m128i a = load(p);
  const __m128i b = load(p + 16);
  const __m128i c = load(p + 32);
  const __m128i d = load(p + 48);
  const __m128i lower = hex_values(_mm_packus_epi16(_mm_srli_epi16(a, 8), _mm_srli_epi16(b, 8)));
  const __m128i upper = hex_values(_mm_packus_epi16(_mm_srli_epi16(c, 8), _mm_srli_epi16(d, 8)));
  const __m128i one = _mm_set1_epi16(1);
  const __m128i lengths = _mm_or_si128(_mm_or_si128(_mm_xor_si128(a, one), _mm_xor_si128(b, one)),
                                       _mm_or_si128(_mm_xor_si128(c, one), _mm_xor_si128(d, one)));
  const __m128i too_large = _mm_subs_epu8(_mm_max_epu8(lower, upper), _mm_set1_epi8(15));
  const __m128i wrong = _mm_or_si128(_mm_and_si128(lengths, _mm_set1_epi16(0xFF)), too_large);
  // Pairs of nibbles to bytes; the first label is the lowest nibble.
  const __m128i weights = _mm_set1_epi16(0x1001);
  const __m128i whole =
      _mm_packus_epi16(_mm_maddubs_epi16(lower, weights), _mm_maddubs_epi16(upper, weights));
  address[1] = static_cast<uint64_t>(_mm_cvtsi128_si64(whole));
  address[0] = static_cast<uint64_t>(_mm_extract_epi64(whole, 1));
  return _mm_testz_si128(wrong, wrong) != 0;
}

}  // namespace scan_simd
namespace scan = scan_simd;
#else
namespace scan = scan_swar;
#endif

/// Whether the name at `p`, with `room` bytes left in the message, is that of a whole address; if so, sets
/// `out`. Reads up to `kScanSlack` bytes at `p`.
[[nodiscard, gnu::always_inline]] inline bool scan_address(const uint8_t* p, size_t room, QuestionName& out) {
  if (room >= kIp6NameSize && detail::ends_ip6_arpa(p + 64) && scan::scan_nibbles(p, out.v6)) {
    out.kind = QuestionName::Kind::v6;
    out.size = kIp6NameSize;
    return true;
  }
  const size_t labels = scan::scan_octets(p, out.v4);
  if (labels == 0 || labels + kInAddrSuffixSize > room || !scan::ends_in_addr_arpa(p + labels)) return false;
  out.kind = QuestionName::Kind::v4;
  out.size = static_cast<uint8_t>(labels + kInAddrSuffixSize);
  return true;
}

}  // namespace ptrd::wire
