// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/control_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
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

  static void echo(std::string_view request, const std::string& body, const ControlSocket::Reply& reply) {
    reply("<" + std::string(request) + ">" + body);
  }
  /// A request "*N" has a body of N bytes, "-N" one that is not wanted.
  static ControlSocket::Body body_of(std::string_view request) {
    if (!request.starts_with('*') && !request.starts_with('-')) return {};
    return {std::stoull(std::string(request.substr(1))), request[0] == '-' ? "unwanted" : ""};
  }
  [[nodiscard]] int connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path_.begin(), path_.end(), address.sun_path);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{20, 0};
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
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
  const auto socket = ControlSocket::open(
      path_, "", [](std::string_view request, const std::string&, const ControlSocket::Reply& reply) {
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
    const auto socket = ControlSocket::open(
        path_, "", [&](std::string_view request, const std::string&, ControlSocket::Reply reply) {
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

// A request's bytes come with it or later, in any parts, and the next request is behind them; lines in them
// are none. Those that are not wanted are thrown away.
TEST_F(ControlSocketTest, Bodies) {
  const auto socket = ControlSocket::open(path_, "", echo, body_of);
  ASSERT_TRUE(socket) << socket.error();
  const int fd = connect();
  send(fd, "*3\na\nbnext\n*0\n-4\nx\nyzlast\n");
  EXPECT_EQ(receive(fd, 6), "<*3>a\nb\n<next>\n<*0>\nunwanted\n<last>\n");
  for (const char* part : {"*", "5", "\n", "1", "23", "45", "again\n"}) {
    send(fd, part);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(receive(fd, 2), "<*5>12345\n<again>\n");
  ::close(fd);
}

// Large bodies share 64 MiB: one that does not fit beside the others is refused, small ones always fit. A
// client that leaves gives its share back.
TEST_F(ControlSocketTest, SharedMemory) {
  std::atomic<size_t> handled = 0;
  const auto socket = ControlSocket::open(
      path_, "",
      [&](std::string_view, const std::string& body, const ControlSocket::Reply& reply) {
        ++handled;
        reply(std::to_string(body.size()));
      },
      body_of);
  ASSERT_TRUE(socket) << socket.error();
  const auto ask = [&](int fd, size_t size) {
    send(fd, "*" + std::to_string(size) + "\n" + std::string(size, 'x'));
    return receive(fd, 1);
  };
  constexpr size_t kMost = ControlSocket::kMaxBody;
  const int large = connect();
  const int other = connect();
  EXPECT_EQ(ask(large, kMost), std::to_string(kMost) + "\n");
  EXPECT_NE(ask(large, kMost + 1).find("more than 64 MiB"), std::string::npos);
  send(large, "*" + std::to_string(kMost - 1000) + "\nsome");
  std::string answer;
  // Until the socket has read that line.
  while ((answer = ask(other, ControlSocket::kSmallBody + 1)).find("busy") == std::string::npos) {
  }
  EXPECT_NE(answer.find("\"busy\":true"), std::string::npos) << answer;
  EXPECT_EQ(ask(other, ControlSocket::kSmallBody), std::to_string(ControlSocket::kSmallBody) + "\n");
  const size_t before = handled;
  ::close(large);
  while (ask(other, kMost).find("busy") != std::string::npos) {
  }
  EXPECT_EQ(handled, before + 1);
  ::close(other);
}

// A file that is not a socket stays; a stale socket is replaced; one in use is kept.
// Requests with a body are handed over while others are carried out; a request without one waits for them.
// Responses are in the order of the requests, whichever is ready first.
TEST_F(ControlSocketTest, Pipelined) {
  std::mutex mutex;
  std::vector<ControlSocket::Reply> waiting;
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return waiting.size();
  };
  const auto socket = ControlSocket::open(
      path_, "",
      [&](std::string_view, const std::string&, ControlSocket::Reply reply) {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(reply));
      },
      body_of);
  ASSERT_TRUE(socket) << socket.error();
  const int fd = connect();
  send(fd, "*1\na*2\nbb-3\ncccplain\n*1\nd");
  while (count() < 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(count(), 2U);
  waiting[1]("second");
  waiting[0]("first");
  EXPECT_EQ(receive(fd, 3), "first\nsecond\nunwanted\n");
  while (count() < 3) std::this_thread::yield();
  waiting[2]("third");
  EXPECT_EQ(receive(fd, 1), "third\n");
  while (count() < 4) std::this_thread::yield();
  waiting[3]("fourth");
  EXPECT_EQ(receive(fd, 1), "fourth\n");
  ::close(fd);
}

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
