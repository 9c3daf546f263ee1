// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/regular_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ptrd::image {
namespace {

class RegularFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-file-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

// A file is opened for reading, by a link too, and the descriptor does not outlive an execve.
TEST_F(RegularFile, IsOpened) {
  std::ofstream(folder_ / "file") << "text";
  std::filesystem::create_symlink("file", folder_ / "link");
  for (const char* name : {"file", "link"}) {
    const auto fd = open_regular_file(folder_ / name);
    ASSERT_TRUE(fd) << fd.error().why;
    char text[5] = {};
    EXPECT_EQ(read(*fd, text, sizeof text), 4);
    EXPECT_STREQ(text, "text");
    EXPECT_NE(fcntl(*fd, F_GETFD) & FD_CLOEXEC, 0);
    close(*fd);
  }
}

// Pipes without a writer, devices, folders and sockets are refused at once.
TEST_F(RegularFile, IsAllThatIsOpened) {
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", folder_ / "link");
  for (const std::filesystem::path& path :
       {folder_ / "pipe", folder_ / "link", folder_, std::filesystem::path("/dev/null")}) {
    const auto fd = open_regular_file(path);
    ASSERT_FALSE(fd) << path;
    EXPECT_TRUE(fd.error().other_kind);
    EXPECT_EQ(fd.error().why, "not a regular file");
  }
  const auto nothing = open_regular_file(folder_ / "nothing");
  ASSERT_FALSE(nothing);
  EXPECT_FALSE(nothing.error().other_kind);
  EXPECT_EQ(nothing.error().why, "No such file or directory");
}

}  // namespace
}  // namespace ptrd::image
