// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/range.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "ptrd/image/leaf.hpp"

namespace ptrd::image {

namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// The text of each octet in decimal, its length in the last byte: one load and one store per step.
struct DecimalText {
  char text[4];
};
constexpr std::array<DecimalText, 256> decimal_texts(bool padded) {
  std::array<DecimalText, 256> all{};
  for (unsigned value = 0; value < 256; ++value) {
    const unsigned size = padded || value > 99 ? 3 : value > 9 ? 2 : 1;
    unsigned rest = value;
    for (unsigned i = size; i-- > 0; rest /= 10) all[value].text[i] = static_cast<char>('0' + rest % 10);
    all[value].text[3] = static_cast<char>(size);
  }
  return all;
}
constexpr auto kDecimal = decimal_texts(false);
constexpr auto kDecimal3 = decimal_texts(true);

uint8_t* put_decimal(const DecimalText& text, uint8_t* p) {
  std::memcpy(p, text.text, sizeof text.text);
  return p + text.text[3];
}

uint8_t* put_octet(uint8_t* p, uint8_t octet) {
  *p++ = static_cast<uint8_t>(kDigits[octet >> 4]);
  *p++ = static_cast<uint8_t>(kDigits[octet & 15]);
  return p;
}

/// Groups `from` to `to` of an IPv6 address separated by hyphens; `padded`: four digits each.
uint8_t* put_groups(const RangeAddress& address, unsigned from, unsigned to, bool padded, uint8_t* p) {
  for (unsigned i = from; i < to; ++i) {
    if (i > from) *p++ = '-';
    const unsigned group = address[2 * i] * 256U + address[2 * i + 1];
    const unsigned digits = padded || group > 0xFFF ? 4 : group > 0xFF ? 3 : group > 0xF ? 2 : 1;
    for (unsigned digit = digits; digit-- > 0;)
      *p++ = static_cast<uint8_t>(kDigits[group >> (4 * digit) & 15]);
  }
  return p;
}

/// RFC 5952 4 with hyphens: no leading zeros, and the first of the longest runs of at least two zero groups
/// is omitted. A `0` is added before it at the start and after it at the end: a label must not start or end
/// with a hyphen.
uint8_t* put_shortest(const RangeAddress& address, uint8_t* p) {
  unsigned end = 0;
  unsigned length = 1;
  for (unsigned i = 0, run = 0; i < 8; ++i) {
    run = (address[2 * i] | address[2 * i + 1]) == 0 ? run + 1 : 0;
    if (run > length) end = i + 1, length = run;
  }
  if (end == 0) return put_groups(address, 0, 8, false, p);
  if (end == length) *p++ = '0';
  p = put_groups(address, 0, end - length, false, p);
  *p++ = '-';
  *p++ = '-';
  if (end == 8) *p++ = '0';
  return put_groups(address, end, 8, false, p);
}

/// One step, except a literal or the end of a label.
uint8_t* put_step(uint8_t step, const RangeAddress& address, uint8_t* p) {
  const uint8_t octet = address[step & 15];
  switch (step & 0xF0) {
    case op::decimal:
      return put_decimal(kDecimal[octet], p);
    case op::decimal2:
      if (octet < 10) *p++ = '0';
      return put_decimal(kDecimal[octet], p);
    case op::decimal3:
      return put_decimal(kDecimal3[octet], p);
    case op::hex:
      if (octet > 15) return put_octet(p, octet);
      *p = static_cast<uint8_t>(kDigits[octet]);
      return p + 1;
    case op::hex2:
      return put_octet(p, octet);
    case op::nibble:
    case op::nibble + 16: {
      const unsigned n = step - op::nibble;
      *p = static_cast<uint8_t>(kDigits[n % 2 == 0 ? address[n / 2] >> 4 : address[n / 2] & 15]);
      return p + 1;
    }
    default:
      if (step == op::groups) return put_groups(address, 0, 8, true, p);
      if (step == op::shortest) return put_shortest(address, p);
      for (const uint8_t each : address) p = put_octet(p, each);
      return p;
  }
}

/// The most bytes that a step writes, the fewest are 1; empty: unknown step.
std::optional<size_t> most_of_step(uint8_t step, wire::Family family) {
  const bool v6 = family == wire::Family::v6;
  const bool octet_is_there = v6 || (step & 15) < 4;
  const auto only_if = [](bool there, size_t most) { return there ? std::optional(most) : std::nullopt; };
  switch (step & 0xF0) {
    case op::decimal:
    case op::decimal2:
    case op::decimal3:
      return only_if(octet_is_there, 3);
    case op::hex:
    case op::hex2:
      return only_if(octet_is_there, 2);
    case op::nibble:
    case op::nibble + 16:
      return only_if(v6 || step - op::nibble < 8, 1);
    default:
      if (step == op::nibbles) return only_if(v6, 32);
      return only_if(v6 && (step == op::groups || step == op::shortest), 39);
  }
}

}  // namespace

size_t run_program(const uint8_t* program, size_t size, const RangeAddress& address, uint8_t* out) {
  if (size == 0) return 0;
  const uint8_t* end = program + size;
  uint8_t* label = out;  // its length is written here when it is known
  uint8_t* p = out + 1;
  while (program < end) {
    const uint8_t step = *program++;
    if (step > op::kMaxLiteral) {
      p = put_step(step, address, p);
    } else if (step != op::label) {
      copy_chunks(p, program, step);
      p += step;
      program += step;
    } else {
      *label = static_cast<uint8_t>(p - label - 1);
      label = p++;
    }
  }
  *label = static_cast<uint8_t>(p - label - 1);
  return static_cast<size_t>(p - out);
}

size_t write_range_record(const View& view, const Range& range, const RangeAddress& address, uint8_t* out) {
  // Not through `range.program`: the program may extend past the line.
  const auto* program = reinterpret_cast<const uint8_t*>(&range) + offsetof(Range, program);
  const size_t head = run_program(program, range.program_size, address, out + kRecordFixed);
  return finish_record(view, range.tail, head, out);
}

std::optional<Addresses4> addresses_below(const wire::Name& apex) {
  static const wire::Name kTop = wire::name_of_key({.family = wire::Family::v4});
  if (kTop.is_below_or_at(apex)) return Addresses4{};
  const auto key = wire::key_of_name(apex);
  if (!key || key->family != wire::Family::v4) return std::nullopt;
  return Addresses4{wire::load32(key->address.data()), static_cast<uint8_t>(8 * key->units)};
}

bool has_prefix(const RangeAddress& address, const uint8_t* key, unsigned bits) {
  uint64_t differs = 0;
  for (unsigned half = 0; half < 2 && bits > 64 * half; ++half) {
    const unsigned in_half = std::min(bits - 64 * half, 64U);
    const uint64_t mask = ~0ULL << (64 - in_half);
    differs |= __builtin_bswap64(wire::load_raw<uint64_t>(&address[8 * half]) ^
                                 wire::load_raw<uint64_t>(key + 8 * half)) &
               mask;
  }
  return differs == 0;
}

ProgramSize measure_program(wire::Bytes program, wire::Family family, size_t room) {
  if (program.empty()) return {};
  size_t label = 0;
  size_t head = 0;
  for (size_t at = 0; at <= program.size(); ++at) {
    if (at == program.size() || program[at] == op::label) {
      if (label == 0) return {.fault = "an empty label", .head = 0};
      if (label > wire::kMaxLabel) return {.fault = "a label of more than 63 octets", .head = 0};
      head += 1 + label;
      label = 0;
    } else if (program[at] <= op::kMaxLiteral) {
      label += program[at];
      at += program[at];
      if (at >= program.size()) return {.fault = "an unterminated literal", .head = 0};
    } else {
      const auto most = most_of_step(program[at], family);
      if (!most) return {.fault = "an unknown step", .head = 0};
      label += *most;
    }
  }
  if (head > room) return {.fault = "a name of more than 255 octets", .head = head};
  return {.fault = nullptr, .head = head};
}

}  // namespace ptrd::image
