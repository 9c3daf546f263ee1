// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "unit/image_maker.hpp"

namespace ptrd::load {
namespace {

std::vector<image::Line> image_with(const std::string& stamp) {
  test::ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  maker.ptr("1.2.0.192.in-addr.arpa", "h1." + stamp + ".example");
  maker.ptr("2.2.0.192.in-addr.arpa", "a." + stamp + "1.example")
      .ptr("2.2.0.192.in-addr.arpa", "b." + stamp + "2.example");
  maker.ptr("9.2.0.192.in-addr.arpa", "the.same.example");
  return maker.lines();
}

class JudgeTest : public ::testing::Test {
 protected:
  JudgeTest() {
    for (const char* name : {"1", "2", "3", "9"})
      EXPECT_TRUE(queries_.add(test::name(std::string(name) + ".2.0.192.in-addr.arpa"), 12));
  }
  std::vector<uint8_t> reply(size_t query, const std::vector<image::Line>& lines, uint16_t id = 0x4711) {
    std::vector<uint8_t> buffer(1500);
    const wire::Bytes bytes = queries_[query];
    std::copy(bytes.begin(), bytes.end(), buffer.begin());
    wire::store16(buffer.data(), id);
    const answer::Engine engine{image::View(lines)};
    buffer.resize(engine.respond(buffer, bytes.size(), answer::Transport::udp).size);
    return buffer;
  }

  const std::vector<image::Line> a_ = image_with("aaaa"), b_ = image_with("bbbb"), c_ = image_with("cccc");
  QuerySet queries_;
  Judge judge_{queries_};
  size_t image_ = 0;
};

/// Without an image, a reply must be well-formed and answer exactly this question.
TEST_F(JudgeTest, ComparesTheQuestion) {
  auto good = reply(0, a_);
  EXPECT_EQ(judge_.judge(0, good, image_), Verdict::right);
  EXPECT_EQ(judge_.judge(1, good, image_), Verdict::other_question);
  auto other_case = good;
  other_case[wire::kHeaderSize + 9] ^= 0x20;
  EXPECT_EQ(judge_.judge(0, other_case, image_), Verdict::other_question);
  EXPECT_EQ(judge_.judge(0, wire::Bytes(good).first(wire::kHeaderSize + 3), image_), Verdict::other_question);
  auto no_question = good;
  no_question[5] = 0;
  EXPECT_EQ(judge_.judge(0, no_question, image_), Verdict::other_question);
}

TEST_F(JudgeTest, WantsAReply) {
  auto query = reply(0, a_);
  query[2] &= 0x7F;
  EXPECT_EQ(judge_.judge(0, query, image_), Verdict::not_a_reply);
  auto update = reply(0, a_);
  update[2] |= 5 << 3;
  EXPECT_EQ(judge_.judge(0, update, image_), Verdict::not_a_reply);
}

/// Each reply is completely from one of the images, which is reported; a reply from both counts for the
/// first.
TEST_F(JudgeTest, TellsTheImage) {
  judge_.add_image(image::View(a_), {});
  judge_.add_image(image::View(b_), {});
  for (size_t query = 0; query < 3; ++query) {
    EXPECT_EQ(judge_.judge(query, reply(query, a_), image_), Verdict::right);
    EXPECT_EQ(image_, 0U);
    if (query == 2) continue;  // NXDOMAIN, and both zones have the same SOA
    EXPECT_EQ(judge_.judge(query, reply(query, b_, 99), image_), Verdict::right);
    EXPECT_EQ(image_, 1U);
    EXPECT_EQ(judge_.judge(query, reply(query, c_), image_), Verdict::other_contents);
  }
  EXPECT_EQ(judge_.judge(3, reply(3, b_), image_), Verdict::right);
  EXPECT_EQ(image_, 0U);
}

/// A reply with one record of each image is wrong, though either half is right.
TEST_F(JudgeTest, RefusesMixedReplies) {
  judge_.add_image(image::View(a_), {});
  judge_.add_image(image::View(b_), {});
  auto from_a = reply(1, a_), from_b = reply(1, b_);
  ASSERT_EQ(from_a.size(), from_b.size());
  const std::string_view stamp = "aaaa";
  const auto first = std::search(from_a.begin(), from_a.end(), stamp.begin(), stamp.end()) - from_a.begin();
  const std::ptrdiff_t cut = first + static_cast<std::ptrdiff_t>(stamp.size());
  std::copy(from_b.begin() + cut, from_b.end(), from_a.begin() + cut);
  ASSERT_NE(from_a, reply(1, a_));
  ASSERT_NE(from_a, reply(1, b_));
  EXPECT_EQ(judge_.judge(1, from_a, image_), Verdict::other_contents);
}

}  // namespace
}  // namespace ptrd::load
