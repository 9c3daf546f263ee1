// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The labels of octets in canonical order.
struct OctetOrder {
  struct Text {
    uint8_t size;
    std::array<uint8_t, 3> digits;
  };
  static_assert(sizeof(Text) == 4, "the label in wire form");
  static constexpr unsigned kOctets = 256;
  std::array<uint8_t, kOctets> octet{};  // by place
  std::array<uint8_t, kOctets> place{};  // by octet
  std::array<Text, kOctets> text{};      // by octet

  constexpr OctetOrder() {
    unsigned next = 0;
    // A number is followed by those that go on with another digit.
    const auto add = [&](auto& self, unsigned value, Text digits) -> void {
      if (value >= kOctets) return;
      octet[next] = static_cast<uint8_t>(value);
      place[value] = static_cast<uint8_t>(next++);
      text[value] = digits;
      if (value == 0) return;
      for (unsigned digit = 0; digit < 10 && digits.size < 3; ++digit) {
        Text longer = digits;
        longer.digits[longer.size++] = static_cast<uint8_t>('0' + digit);
        self(self, 10 * value + digit, longer);
      }
    };
    for (unsigned digit = 0; digit < 10; ++digit) add(add, digit, {1, {static_cast<uint8_t>('0' + digit)}});
  }
  [[nodiscard]] constexpr wire::Bytes label(uint8_t value) const {
    return wire::Bytes(text[value].digits).first(text[value].size);
  }
};
inline constexpr OctetOrder kOctetOrder;

/// The last of the octets in the first `end` places that has something other than a Range in a table of
/// either kind, and its Ref; -1: none.
[[gnu::always_inline]] inline int last_octet(const image::View& view, image::Ref table, unsigned end,
                                             image::Ref& ref) {
  const auto exists = [](image::Ref each) { return !each.is_none() && !each.is(image::Ref::Kind::range); };
  if (table.is(image::Ref::Kind::few_octets)) [[unlikely]] {
    const auto& few = view.at<image::FewOctets>(table.line());
    int last = -1;
    for (unsigned i = 0; i < few.count; ++i) {
      const uint8_t place = kOctetOrder.place[few.octet[i]];
      if (place < end && exists(few.ref[i]) &&
          (last < 0 || place > kOctetOrder.place[static_cast<uint8_t>(last)])) {
        last = few.octet[i];
        ref = few.ref[i];
      }
    }
    return last;
  }
  const auto& refs = view.at<image::OctetTable>(table.line()).ref;
  for (unsigned place = end; place-- > 0;) {
    const uint8_t octet = kOctetOrder.octet[place];
    ref = refs[octet];
    if (exists(ref)) return octet;
  }
  return -1;
}
[[gnu::always_inline]] inline int last_octet(const image::View& view, image::Ref table, unsigned end) {
  image::Ref ref;
  return last_octet(view, table, end, ref);
}

}  // namespace ptrd::answer
