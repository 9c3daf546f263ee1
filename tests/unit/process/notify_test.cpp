// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace ptrd::process {
namespace {

/// A fake service manager.
class NotifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-notify-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "notify";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "8000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }

  /// The next message; empty: there is none.
  [[nodiscard]] std::string told() const {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return size <= 0 ? "" : std::string(buffer.data(), static_cast<size_t>(size));
  }

  datapath::EngineSlot slot_{nullptr};

 private:
  std::filesystem::path folder_;
  int socket_ = -1;
};

// A status with new lines, as a path may have, sets no other state.
TEST_F(NotifyTest, StatusIsOneLine) {
  Notifier(slot_).ready("/tmp/x\nMAINPID=1: 28 zones");
  EXPECT_EQ(told(), "READY=1\nSTATUS=/tmp/x\\010MAINPID=1: 28 zones");
}

// Start, reload and stop are sent in the format of sd_notify(3); a reload with its start time.
TEST_F(NotifyTest, States) {
  const Notifier notifier(slot_);
  notifier.ready("28 zones");
  EXPECT_EQ(told(), "READY=1\nSTATUS=28 zones");
  notifier.reloading();
  EXPECT_TRUE(told().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  notifier.stopping();
  EXPECT_TRUE(told().starts_with("STOPPING=1"));
}

// The watchdog's timeout comes from the environment, applies to one process, and has four keep-alives in it.
TEST_F(NotifyTest, Interval) {
  EXPECT_EQ(Notifier(slot_).interval(), std::chrono::seconds(2));
  ::setenv("WATCHDOG_PID", "1", 1);
  Notifier not_meant(slot_);
  EXPECT_FALSE(not_meant.interval());
  not_meant.beat();
  EXPECT_EQ(told(), "");
}

// A keep-alive is sent while readers make progress or rest, not while a busy one hangs.
TEST_F(NotifyTest, StandingStill) {
  datapath::EngineReader reader(slot_);
  Notifier notifier(slot_);
  for (int i = 0; i < 3; ++i) {
    notifier.beat();
    EXPECT_EQ(told(), "WATCHDOG=1") << "resting";
  }
  reader.online();
  notifier.beat();
  EXPECT_EQ(told(), "WATCHDOG=1") << "it came on line since";
  notifier.beat();
  EXPECT_EQ(told(), "") << "hangs";
  reader.quiescent();
  notifier.beat();
  EXPECT_EQ(told(), "WATCHDOG=1") << "came round";
  reader.offline();
  notifier.beat();
  EXPECT_EQ(told(), "WATCHDOG=1") << "went to rest";
}

// When a reader has ended, no more keep-alives are sent.
TEST_F(NotifyTest, Ended) {
  auto reader = std::make_unique<datapath::EngineReader>(slot_);
  const datapath::EngineReader other(slot_);
  Notifier notifier(slot_);
  notifier.beat();
  EXPECT_EQ(told(), "WATCHDOG=1");
  reader.reset();
  notifier.beat();
  EXPECT_EQ(told(), "");
}

// Without a service manager nothing is sent, and nothing breaks.
TEST_F(NotifyTest, Nobody) {
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  Notifier notifier(slot_);
  notifier.ready("");
  notifier.beat();
  notifier.stopping();
  EXPECT_FALSE(notifier.interval());
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace ptrd::process
