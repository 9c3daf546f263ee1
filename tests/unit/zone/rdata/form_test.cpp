// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/form.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "unit/zone/rdata/random_rdata.hpp"
#include "zone/rdata/text.hpp"

namespace ptrd::zone {
namespace {

using Data = std::vector<uint8_t>;

// Data with the wrong length for their type, names and strings that do not end, octets left over.
TEST(RdataForm, FindsWhatIsTooShortOrTooLong) {
  struct Case {
    uint16_t type;
    Data data;
    bool good;
  };
  const Case cases[] = {
      {1, {192, 0, 2, 1}, true},
      {1, {192, 0, 2}, false},
      {1, {192, 0, 2, 1, 0}, false},
      {1, {}, false},
      {28, Data(16), true},
      {28, Data(15), false},
      {2, {1, 'a', 0}, true},
      {2, {1, 'a'}, false},
      {2, {0xC0, 12}, false},  // a pointer
      {2, {0, 0}, false},
      {15, {0, 1, 0}, true},
      {15, {0, 1}, false},
      {16, {1, 'x', 0}, true},
      {16, {}, false},
      {16, {2, 'x'}, false},
      {13, {1, 'x', 0}, true},
      {13, {1, 'x'}, false},
      {13, {1, 'x', 0, 0}, false},
      {43, {0, 1, 8, 2, 0xAB}, true},
      {43, {0, 1, 8}, false},
      {51, {1, 0, 0, 0, 2, 0xAA, 0xBB}, true},
      {51, {1, 0, 0, 0, 2, 0xAA}, false},
      {65280, {}, true},  // any data
      {65280, {1, 2, 3}, true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(rdata_has_form(one.type, one.data), one.good)
        << one.type << ", " << one.data.size() << " octets";
  }
}

// Whatever has a text of its own, other than that of RFC 3597, has the form of its type.
TEST(RdataForm, HoldsForAllThatHasAText) {
  test::RandomRdata random(5);
  size_t wrong = 0;
  for (int round = 0; round < 200; ++round) {
    for (uint16_t type = 1; type < 300; ++type) {
      EXPECT_TRUE(rdata_has_form(type, random.good(type))) << type;
      const Data data = random.bad(type);
      const bool has_form = rdata_has_form(type, data);
      if (!rdata_to_text(type, data).starts_with("\\# ")) {
        EXPECT_TRUE(has_form) << type << ' ' << rdata_to_text(type, data);
      }
      wrong += has_form ? 0 : 1;
    }
  }
  EXPECT_GT(wrong, 1000U);
}

}  // namespace
}  // namespace ptrd::zone
