// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/nsec3.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ptrd/wire/name.hpp"

namespace ptrd::image {
namespace {

constexpr std::array<uint8_t, 4> kSalt = {0xAA, 0xBB, 0xCC, 0xDD};

std::string label_of(const std::string& name, wire::Bytes salt = kSalt, uint16_t iterations = 12) {
  const Nsec3Label label = nsec3_label(nsec3_hash(wire::Name::from_text(name)->bytes(), salt, iterations));
  return {label.begin(), label.end()};
}

// RFC 5155 appendix A.
TEST(Nsec3Hash, VectorsOfTheStandard) {
  EXPECT_EQ(label_of("example"), "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
  EXPECT_EQ(label_of("a.example"), "35mthgpgcu1qg68fab165klnsnk3dpvl");
  EXPECT_EQ(label_of("ai.example"), "gjeqe526plbf1g8mklp59enfd789njgi");
  EXPECT_EQ(label_of("*.w.example"), "r53bq7cc2uvmubfu5ocmm6pers9tk9en");
  EXPECT_EQ(label_of("2t7b4g4vsa5smi47k61mv5bv1a22bojr.example"), "kohar7mbb8dc2ce8a9qvl8hon4k53uhi");
}

TEST(Nsec3Hash, IgnoresCase) {
  EXPECT_EQ(label_of("AI.Example"), label_of("ai.example"));
}

// Verified with nsec3hash of BIND.
TEST(Nsec3Hash, NoSaltAndNoIteration) {
  EXPECT_EQ(label_of("2.0.192.in-addr.arpa", {}, 0), "73m1tvjhgd482fre9msvb9oa98dujedi");
}

}  // namespace
}  // namespace ptrd::image
