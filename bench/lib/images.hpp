// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::bench {

/// Sizes that are measured, in records, and what they are called.
struct Size {
  size_t records;
  const char* name;
};
inline constexpr std::array kSizes = {Size{1'000, "1k"}, Size{1'000'000, "1M"}, Size{10'000'000, "10M"}};
/// Not measured unless asked for: it takes up to 10 GB to build.
inline constexpr Size kLargest = {100'000'000, "100M"};

/// An image of the zones 10.in-addr.arpa, 11.in-addr.arpa ... and 8.b.d.0.1.0.0.2.ip6.arpa, with as many of
/// the records of records.hpp. Ends the program where it cannot be built.
[[nodiscard]] std::vector<image::Line> make_image(size_t v4_records, size_t v6_records);

/// The same zones, signed: each record and each NSEC or NSEC3 has a signature of 64 bytes, which no key made.
[[nodiscard]] std::vector<image::Line> make_signed_image(wire::Family family, size_t records,
                                                         image::Denial denial);
/// The image of `records` records of one family: built when first asked for, kept to the program's end.
[[nodiscard]] const image::View& image_of(wire::Family family, size_t records);
/// An image in which a range for each /8 makes the records at the same IPv4 addresses, and others between.
[[nodiscard]] const image::View& image_of_ranges(size_t records);
/// The target that it has for an address in host order.
[[nodiscard]] wire::Name target_in_range(uint32_t address);

/// From now on images lie in huge pages, as ptrd's do, if the system gives them.
void use_huge_pages();

}  // namespace ptrd::bench
