// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Reading and verification by several threads give the same result as by one.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "image/checksum.hpp"
#include "image/verify/claims.hpp"
#include "image_maker.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using wire::Type;

/// An Executor with threads, as used at ptrd's start.
void run_on_four(size_t count, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (size_t k = next++; k < count; k = next++) work(k);
    });
  }
}

/// Both trees, cuts, DNAMEs, nested zones, ordinary labels; `hosts` in each of 40 /16s.
std::vector<Line> wide_image(int hosts) {
  ImageMaker maker;
  maker.zone("in-addr.arpa");
  for (int net = 0; net < 40; ++net) {
    for (int i = 0; i < hosts; ++i) {
      maker.ptr(std::to_string(i % 256) + '.' + std::to_string(7 + i / 256) + '.' + std::to_string(net) +
                    ".10.in-addr.arpa",
                "h" + std::to_string(i) + ".pool" + std::to_string(net % 3) + ".example");
    }
  }
  maker.add("5.10.in-addr.arpa", Type::txt, test::txt_data("a name on the way"));
  maker.add("9.9.in-addr.arpa", Type::ns, test::wire_name("ns.example"));
  maker.add("8.9.in-addr.arpa", Type::dname, test::wire_name("8.9.example"));
  maker.add("0-63.1.7.3.10.in-addr.arpa", Type::ns, test::wire_name("ns.example"));
  maker.zone("7.2.10.in-addr.arpa").ptr("1.7.2.10.in-addr.arpa", "deeper.example");
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 0; i < 500; ++i) {
    wire::AddressKey key = *wire::key_of_address("2001:db8::");
    key.address[4] = static_cast<uint8_t>(i);
    key.address[9] = static_cast<uint8_t>(i / 7);
    maker.ptr(wire::name_of_key(key).to_text(), "v6-" + std::to_string(i) + ".example");
  }
  maker.zone("example");
  for (int i = 0; i < 500; ++i)
    maker.add("w" + std::to_string(i) + ".example", Type::a, test::a_data("192.0.2.1"));
  return maker.lines();
}

// A valid image passes any executor, and has the same checksum.
TEST(Parallel, GoodImagePasses) {
  const auto lines = wide_image(1500);
  ASSERT_GT(lines.size(), kChecksumLines);
  EXPECT_TRUE(verify(lines));
  EXPECT_TRUE(verify(lines, run_on_four));
  EXPECT_EQ(checksum(lines), checksum(lines, run_on_four));
}

// With any 16 bits of an image changed and a valid checksum, one thread and four agree whether it passes, and
// both refuse many.
TEST(Parallel, SameVerdictOnDamage) {
  auto lines = wide_image(4);
  auto* words = reinterpret_cast<uint16_t*>(lines.data());
  const size_t count = lines.size() * kLineSize / sizeof *words;
  std::mt19937_64 chance(11);
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    const size_t at = chance() % count;
    const uint16_t before = words[at];
    // Numbers that occur elsewhere point to existing lines.
    words[at] = i % 2 == 0 ? words[chance() % count] : static_cast<uint16_t>(before ^ 1U << chance() % 16);
    auto& header = *reinterpret_cast<Header*>(lines.data());
    const uint64_t good = header.checksum;
    header.checksum = checksum(lines);
    const bool one = verify(lines).has_value();
    ASSERT_EQ(one, verify(lines, run_on_four).has_value()) << "word " << at;
    refused += one ? 0 : 1;
    header.checksum = good;
    words[at] = before;
  }
  EXPECT_GT(refused, 80);
  EXPECT_TRUE(verify(lines, run_on_four));
}

// Two references to the same subtree are found even if different threads walk them.
TEST(Parallel, SubtreeWithTwoUsers) {
  auto lines = wide_image(30);
  const View view(lines);
  const Ref ten = view.octet_child(view.header().v4, 10);
  ASSERT_TRUE(ten.is(Ref::Kind::octets));
  auto& table = *reinterpret_cast<OctetTable*>(&lines[ten.line()]);
  table.ref[21] = table.ref[20];
  auto& header = *reinterpret_cast<Header*>(lines.data());
  header.checksum = checksum(lines);
  const auto result = verify(lines, run_on_four);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("damaged"), std::string::npos) << result.error();
}

// The checksum covers every chunk and their order.
TEST(Parallel, ChecksumOfManyChunks) {
  std::vector<Line> lines(3 * kChecksumLines + 5);
  for (size_t i = 0; i < lines.size(); ++i) lines[i].bytes[0] = static_cast<uint8_t>(i / kChecksumLines + 1);
  const uint64_t sum = checksum(lines);
  EXPECT_EQ(checksum_chunks(lines.size()), 4U);
  EXPECT_EQ(sum, checksum(lines, run_on_four));
  for (const size_t line : {size_t{5}, size_t{kChecksumLines - 1}, size_t{kChecksumLines},
                            2 * size_t{kChecksumLines} + 7, lines.size() - 1}) {
    lines[line].bytes[63] ^= 1;
    EXPECT_NE(checksum(lines), sum) << line;
    lines[line].bytes[63] ^= 1;
  }
  std::swap_ranges(lines.begin() + kChecksumLines, lines.begin() + 2 * kChecksumLines,
                   lines.begin() + 2 * kChecksumLines);
  EXPECT_NE(checksum(lines), sum);
}

// If several threads claim overlapping lines, each line goes to one of them; a claim on a taken line reports
// which one.
TEST(Claims, EachLineHasOneUser) {
  constexpr uint64_t kLines = 20'000;
  Claims claims(kLines);
  std::atomic<uint64_t> given = 0;
  run_on_four(8, [&](size_t part) {
    for (uint64_t line = part % 2; line + 3 <= kLines; line += 3) {
      if (claims.claim(line, 1) == line + 1) ++given;
    }
  });
  EXPECT_EQ(given, (kLines + 2) / 3 - 1 + (kLines - 2) / 3);
  Claims fresh(300);
  EXPECT_EQ(fresh.claim(60, 140), 200U);
  EXPECT_EQ(fresh.claim(0, 60), 60U);
  EXPECT_EQ(fresh.claim(199, 20), 199U);
  EXPECT_EQ(fresh.claim(10, 5), 10U);
  EXPECT_TRUE(fresh.claimed(60) && fresh.claimed(199) && !fresh.claimed(299));
}

// A file read by several threads gives the image that was written; one that is damaged in any part is
// refused.
TEST(Parallel, FileIsReadInParts) {
  const auto lines = wide_image(6000);
  ASSERT_GT(lines.size(), 4 * size_t{kChecksumLines});  // more than a part
  const std::string path = testing::TempDir() + "ptrd-parallel-" + std::to_string(getpid()) + ".ptri";
  ASSERT_TRUE(write_file(path, lines));
  {
    const auto image = Image::open(path, run_on_four);
    ASSERT_TRUE(image) << image.error();
    ASSERT_EQ(image->view().lines().size(), lines.size());
    EXPECT_EQ(std::memcmp(image->view().lines().data(), lines.data(), lines.size() * kLineSize), 0);
  }
  const int fd = open(path.c_str(), O_RDWR);
  for (const size_t at : {size_t{200}, lines.size() * kLineSize / 2, (lines.size() - 1) * kLineSize}) {
    const uint8_t odd = reinterpret_cast<const uint8_t*>(lines.data())[at] ^ 4;
    ASSERT_EQ(pwrite(fd, &odd, 1, static_cast<off_t>(at)), 1);
    const auto image = Image::open(path, run_on_four);
    ASSERT_FALSE(image);
    EXPECT_NE(image.error().find("checksum"), std::string::npos) << image.error();
    ASSERT_EQ(pwrite(fd, reinterpret_cast<const uint8_t*>(lines.data()) + at, 1, static_cast<off_t>(at)), 1);
  }
  close(fd);
  unlink(path.c_str());
}

}  // namespace
}  // namespace ptrd::image
