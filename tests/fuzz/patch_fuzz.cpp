// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Zones and changes of them that follow from arbitrary bytes: after each change the image in memory passes
// `verify` and answers as one that is compiled from the changed zones.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string_view>

#include "unit/image/patch/random_changes.hpp"

using namespace ptrd;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  // Behind the input as from a generator that it seeds: short inputs make whole zones, too.
  std::minstd_rand more(
      static_cast<unsigned>(std::hash<std::string_view>()({reinterpret_cast<const char*>(data), size})));
  test::Random random(
      [&]() -> unsigned { return at < size ? data[at++] : static_cast<unsigned>(more()) >> 8; });
  const bool ranges = random.one_in(3);
  const bool with_signed = random.one_in(3);
  constexpr unsigned kSteps = 3;
  unsigned taken = 0;
  const std::string why = test::run_series(random, ranges, with_signed, kSteps, taken);
  if (why.empty()) return 0;
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}
