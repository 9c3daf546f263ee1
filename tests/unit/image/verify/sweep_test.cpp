// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Every 32-bit word of an image in turn gets values at which sums and comparisons go wrong, and those of its
// neighbours. An image that still passes verification is used. With PTRD_LONG set (tools/test --long) the
// image is the large one.
#include <gtest/gtest.h>

#include <cstdlib>

#include "fuzz/image_use.hpp"
#include "fuzz/rich_image.hpp"
#include "image/checksum.hpp"

namespace ptrd::image {
namespace {

bool takes_long() {
  const char* set = std::getenv("PTRD_LONG");
  return set != nullptr && *set != '\0';
}

TEST(Sweep, EveryWord) {
  constexpr uint32_t kValues[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};
  const auto good = takes_long() ? test::rich_image() : test::small_rich_image();
  auto lines = std::vector<Line>(good.begin(), good.end());
  auto* words = reinterpret_cast<uint32_t*>(lines.data());
  const size_t count = lines.size() * kLineSize / sizeof *words;
  // A full use is for the long sweep.
  const test::Effort effort{.visits = takes_long() ? size_t{1000} : size_t{200}, .each = 32};
  size_t passed = 0;
  for (size_t at = 0; at < count; ++at) {
    const uint32_t own = words[at];
    std::vector<uint32_t> values(std::begin(kValues), std::end(kValues));
    if (at > 0) values.push_back(words[at - 1]);
    if (at + 1 < count) values.push_back(words[at + 1]);
    for (const uint32_t value : values) {
      if (value == own) continue;
      words[at] = value;
      if (verify_hashed(lines, View(lines).header().checksum, run_in_turn)) {
        ++passed;
        test::use_image(lines, at, effort);
      }
    }
    words[at] = own;
  }
  // Texts, addresses and unused bytes may be anything.
  EXPECT_GT(passed, count / 10);
  EXPECT_TRUE(verify(lines));
}

}  // namespace
}  // namespace ptrd::image
