// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/privileges.hpp"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

#include "process/sanitizers.hpp"

namespace ptrd::process {

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t bit(unsigned capability) {
  return uint64_t{1} << capability;
}
/// For the maps of the kernel program, a new one for each image that is swapped in. Everything else uses open
/// descriptors and needs no privilege (bpf(2) since Linux 5.19; before that CAP_BPF too).
constexpr uint64_t kXdp = bit(CAP_BPF);
/// Drivers remove interfaces and programs at exit (net_tap, net_af_xdp), and pin or map memory.
constexpr uint64_t kDpdk =
    bit(CAP_BPF) | bit(CAP_NET_ADMIN) | bit(CAP_NET_RAW) | bit(CAP_IPC_LOCK) | bit(CAP_SYS_RAWIO);

/// A thread that does not answer within this time has the signal blocked.
constexpr std::chrono::seconds kTimeout(2);

/// Reduces the calling thread's capabilities to those in `keep`. Returns errno, 0 on success. Uses only
/// system calls, as it also runs in a signal handler: libcap-ng allocates and reads files.
int reduce(uint64_t keep) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return errno;
  // Lowering the bounding set needs CAP_SETPCAP. Without it the set comes from the service manager, and
  // no_new_privs makes it irrelevant.
  if ((sets[0].effective & bit(CAP_SETPCAP)) != 0) {
    for (unsigned i = 0; ::prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; ++i) {
      if ((keep & bit(i)) == 0 && ::prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0) return errno;
    }
  }
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return errno;
  for (size_t i = 0; i < sets.size(); ++i) {
    sets[i].permitted &= static_cast<uint32_t>(keep >> (32 * i));
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  return ::syscall(SYS_capset, &header, sets.data()) == 0 ? 0 : errno;
}

/// Input and result of the signal handler. Only a thread itself can change its capabilities, and EAL's
/// threads run none of our code, so a signal is needed.
std::atomic<uint64_t> kept;
std::atomic<int> outcome;
constexpr int kWaiting = -1;
static_assert(std::atomic<uint64_t>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int /*number*/) {
  const int before = errno;
  outcome = reduce(kept);
  errno = before;
}

/// Makes the thread reduce its capabilities. Returns errno: ETIMEDOUT if it does not answer; also 0 if it has
/// ended.
int reduce_thread(pid_t thread, int signal) {
  outcome = kWaiting;
  const auto tell = [thread](int number) { return ::syscall(SYS_tgkill, ::getpid(), thread, number) == 0; };
  if (!tell(signal)) return errno == ESRCH ? 0 : errno;
  for (const auto end = Clock::now() + kTimeout; outcome == kWaiting;) {
    if (!tell(0)) return 0;
    if (Clock::now() > end) return ETIMEDOUT;
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  return outcome;
}

tl::unexpected<std::string> refused(const std::string& who, int error) {
  return tl::unexpected(who + ": cannot drop privileges: " + std::strerror(error));
}

}  // namespace

tl::expected<void, std::string> drop_privileges(Needs needs) {
  kept = needs.dpdk ? kDpdk : needs.xdp ? kXdp : 0;
  if (const int error = reduce(kept); error != 0) return refused("ptrd", error);
#if defined(PTRD_THREAD_SANITIZER)
  return {};  // its own thread answers no signal
#endif
  const int signal = SIGRTMAX - 1;
  struct sigaction handler {};
  struct sigaction before {};
  handler.sa_handler = on_signal;
  handler.sa_flags = SA_RESTART;
  if (::sigaction(signal, &handler, &before) != 0) return refused("ptrd", errno);
  // A thread started meanwhile by one that was not yet handled is found in the next round.
  std::set<pid_t> asked{static_cast<pid_t>(::syscall(SYS_gettid))};
  for (bool found = true; found;) {
    found = false;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
      const auto thread = static_cast<pid_t>(std::stoi(entry.path().filename()));
      if (!asked.insert(thread).second) continue;
      found = true;
      if (const int failure = reduce_thread(thread, signal); failure != 0)
        return refused("thread " + std::to_string(thread), failure);
    }
    if (error) return refused("/proc/self/task", error.value());
  }
  (void)::sigaction(signal, &before, nullptr);
  return {};
}

}  // namespace ptrd::process
