// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "file/memory_file.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ptrd::file {
namespace {

// What is written arrives by the descriptor, and then neither side can change it.
TEST(MemoryFile, Sealed) {
  auto made = MemoryFile::create("test");
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->write("some "));
  EXPECT_TRUE(made->write("text"));
  ASSERT_TRUE(made->seal());
  EXPECT_FALSE(made->write("more"));
  const auto taken = MemoryFile::adopt(dup(made->descriptor()), 9);
  ASSERT_TRUE(taken) << taken.error();
  EXPECT_EQ(taken->contents(), "some text");
  EXPECT_NE(ftruncate(taken->descriptor(), 1), 0);
  EXPECT_EQ(mmap(nullptr, 9, PROT_WRITE, MAP_SHARED, taken->descriptor(), 0), MAP_FAILED);
}

TEST(MemoryFile, Empty) {
  auto made = MemoryFile::create("test");
  ASSERT_TRUE(made) << made.error();
  ASSERT_TRUE(made->seal());
  EXPECT_EQ(made->contents(), "");
}

// What its owner could still change is refused, as is what is too large or no such file.
TEST(MemoryFile, Refused) {
  auto made = MemoryFile::create("test");
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->write("text"));
  EXPECT_EQ(MemoryFile::adopt(dup(made->descriptor()), 100).error(), "it is not sealed");
  ASSERT_TRUE(made->seal());
  EXPECT_EQ(MemoryFile::adopt(dup(made->descriptor()), 3).error(), "it has 4 bytes, more than 3");
  EXPECT_EQ(MemoryFile::adopt(dup(STDIN_FILENO), 100).error(), "it is not sealed");
  EXPECT_EQ(MemoryFile::adopt(-1, 100).error(), "it is not sealed");
}

}  // namespace
}  // namespace ptrd::file
