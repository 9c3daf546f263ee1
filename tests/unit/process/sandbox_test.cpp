// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "process/sanitizers.hpp"
#include "swap/parallel.hpp"

namespace ptrd::process {
namespace {

using Said = tl::expected<std::string, std::string>;

// The result of the work, and its error message, are passed on.
TEST(Sandbox, HandsOver) {
  EXPECT_EQ(in_sandbox("test", []() -> Said { return "fine"; }).value_or("-"), "fine");
  EXPECT_EQ(in_sandbox("test", []() -> Said { return ""; }).value_or("-"), "");
  const auto failed = in_sandbox("test", []() -> Said { return tl::unexpected<std::string>("not so"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "not so");
  EXPECT_FALSE(failed.error().crashed);
  const auto thrown = in_sandbox("test", []() -> Said { throw std::runtime_error("thrown"); });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().what, "thrown");
}

// A text that is too long for the pipe's reader is truncated, without a deadlock.
TEST(Sandbox, CutsLongTexts) {
  EXPECT_EQ(in_sandbox("test", []() -> Said { return std::string(1 << 20, 'x'); })->size(), 4096U);
}

// A crash, an abort and a kill are reported by this process.
TEST(Sandbox, OutlivesCrashes) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGKILL, SIGBUS}) {
    const auto done = in_sandbox("test", [&]() -> Said {
      ::signal(signal, SIG_DFL);
      (void)::raise(signal);
      return "";
    });
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().crashed);
    EXPECT_EQ(done.error().what,
              "killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")");
  }
}

// The child sees this process's memory, and its changes are private.
TEST(Sandbox, SharesMemoryOneWay) {
  int number = 7;
  const auto seen = in_sandbox("test", [&]() -> Said { return std::to_string(++number); });
  EXPECT_EQ(seen.value_or("-"), "8");
  EXPECT_EQ(number, 7);
}

// Threads and memory can be used.
TEST(Sandbox, HasThreadsAndMemory) {
  const auto done = in_sandbox("test", []() -> Said {
    std::atomic<size_t> sum = 0;
    swap::run_on_all_cpus(1000, [&](size_t i) { sum += i + std::string(100000, 'x').size(); });
    swap::run_with_rests(10, [&](size_t i) { sum += i; });
    return std::to_string(sum);
  });
  EXPECT_EQ(done.value_or("-"), std::to_string(999 * 500 + 100000 * 1000 + 45));
}

// No file can be opened, no socket created, no process started or signalled; open files can be read. With a
// sanitizer, which makes more system calls, there is no filter (sandbox.cpp).
#if !defined(PTRD_ADDRESS_SANITIZER) && !defined(PTRD_THREAD_SANITIZER)
TEST(Sandbox, MakesFewCalls) {
  const int open_before = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  const auto done = in_sandbox("test", [&]() -> Said {
    char magic[4];
    if (::pread(open_before, magic, sizeof magic, 0) != 4 || std::memcmp(magic, "\177ELF", 4) != 0)
      return tl::unexpected<std::string>("cannot read");
    const auto refused = [](long result) { return result == -1 && errno == EPERM; };
    if (!refused(::open("/etc/passwd", O_RDONLY | O_CLOEXEC))) return tl::unexpected<std::string>("open");
    if (!refused(::socket(AF_UNIX, SOCK_STREAM, 0))) return tl::unexpected<std::string>("socket");
    if (!refused(::execl("/bin/true", "true", nullptr))) return tl::unexpected<std::string>("execve");
    if (!refused(::kill(::getppid(), 0)) && !refused(::kill(1, 0)))
      return tl::unexpected<std::string>("kill");
    if (!refused(::setuid(0))) return tl::unexpected<std::string>("setuid");
    return "";
  });
  ::close(open_before);
  EXPECT_TRUE(done) << done.error().what;
}
#endif

}  // namespace
}  // namespace ptrd::process
