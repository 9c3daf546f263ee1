// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/control_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace ptrd::operate {
namespace {

class ControlSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-control-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ / "s";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static void echo(std::string_view request, const ControlSocket::Reply& reply) {
    reply("<" + std::string(request) + ">");
  }
  [[nodiscard]] int connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path_.begin(), path_.end(), address.sun_path);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  static void send(int fd, const std::string& text) {
    EXPECT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// The next `lines` lines; fewer when the connection ends.
  static std::string receive(int fd, long lines) {
    std::string text;
    char c = 0;
    while (std::count(text.begin(), text.end(), '\n') < lines && ::recv(fd, &c, 1, 0) == 1) text += c;
    return text;
  }

  std::filesystem::path folder_;
  std::string path_;
};

// Requests in one packet, and one request in many, get a line each, in their order.
TEST_F(ControlSocketTest, LinesInOrder) {
  const auto socket = ControlSocket::open(path_, "", echo);
  ASSERT_TRUE(socket) << socket.error();
  const int fd = connect();
  send(fd, "a\n\nbb\nc");
  EXPECT_EQ(receive(fd, 3), "<a>\n<>\n<bb>\n");
  send(fd, "c");
  send(fd, "c\n");
  EXPECT_EQ(receive(fd, 1), "<ccc>\n");
  ::close(fd);
}

// A line of the maximum size is accepted; a longer one gets an error, and the connection is closed.
TEST_F(ControlSocketTest, LongestLine) {
  const auto socket =
      ControlSocket::open(path_, "", [](std::string_view request, const ControlSocket::Reply& reply) {
        reply(std::to_string(request.size()));
      });
  ASSERT_TRUE(socket) << socket.error();
  const int fd = connect();
  send(fd, std::string(ControlSocket::kMaxRequest - 1, 'x') + "\n");
  EXPECT_EQ(receive(fd, 1), std::to_string(ControlSocket::kMaxRequest - 1) + "\n");
  send(fd, std::string(ControlSocket::kMaxRequest, 'x'));
  EXPECT_NE(receive(fd, 2).find("64 KiB"), std::string::npos);
  ::close(fd);
}

// Later responses from other threads reach the right clients, even if some clients have left; others are
// answered meanwhile.
TEST_F(ControlSocketTest, LateReplies) {
  std::mutex mutex;
  std::vector<ControlSocket::Reply> waiting;
  {
    const auto socket =
        ControlSocket::open(path_, "", [&](std::string_view request, ControlSocket::Reply reply) {
          if (request == "now") return reply("now");
          const std::lock_guard lock(mutex);
          waiting.push_back(std::move(reply));
        });
    ASSERT_TRUE(socket) << socket.error();
    const int stays = connect();
    const int goes = connect();
    send(stays, "later\n");
    send(goes, "later\n");
    const int other = connect();
    send(other, "now\n");
    EXPECT_EQ(receive(other, 1), "now\n");
    ::close(goes);
    for (size_t count = 0; count < 2; std::this_thread::yield()) {
      const std::lock_guard lock(mutex);
      count = waiting.size();
    }
    std::thread([&] {
      for (const auto& reply : waiting) reply("late");
    }).join();
    EXPECT_EQ(receive(stays, 1), "late\n");
    waiting.clear();
    send(stays, "never answered\n");
    ::close(other);
    ::close(stays);
  }
}

// A file that is not a socket stays; a stale socket is replaced; one in use is kept.
TEST_F(ControlSocketTest, WhatIsThereAlready) {
  std::ofstream(path_) << "text";
  EXPECT_FALSE(ControlSocket::open(path_, "", echo));
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
  std::filesystem::remove(path_);
  {
    const auto first = ControlSocket::open(path_, "", echo);
    ASSERT_TRUE(first) << first.error();
    const auto second = ControlSocket::open(path_, "", echo);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().find("another ptrd is listening there"), std::string::npos);
    std::filesystem::rename(path_, folder_ / "elsewhere");
    // Another socket has the name now: the first one must not remove it.
    std::ofstream(path_) << "text";
  }
  EXPECT_TRUE(std::filesystem::exists(path_));
  std::filesystem::remove(path_);
  std::filesystem::rename(folder_ / "elsewhere", path_);
  const auto third = ControlSocket::open(path_, "", echo);
  EXPECT_TRUE(third) << third.error();
}

// Only owner and group may connect, whatever the umask.
TEST_F(ControlSocketTest, Mode) {
  for (const mode_t mask : {0U, 022U, 0777U}) {
    const mode_t before = ::umask(mask);
    const auto socket = ControlSocket::open(path_, "", echo);
    ::umask(before);
    ASSERT_TRUE(socket) << socket.error();
    struct stat about {};
    ASSERT_EQ(::stat(path_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0660U);
  }
}

}  // namespace
}  // namespace ptrd::operate
