// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <exception>
#include <vector>

#include "port/descriptor.hpp"
#include "process/privileges.hpp"
#include "process/sanitizers.hpp"

namespace ptrd::process {

namespace {

constexpr size_t kMaxText = 4096;
/// Sanitizers make more system calls than these.
constexpr bool kFilters = !kSanitized;

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "which AUDIT_ARCH_ is this?"
#endif

/// The system calls needed to read an open file, verify it in threads, and exit in any way.
constexpr auto kAllowed = std::to_array<uint32_t>({SYS_read,
                                                   SYS_pread64,
                                                   SYS_write,
                                                   SYS_close,
                                                   SYS_fstat,
                                                   SYS_newfstatat,
                                                   SYS_mmap,
                                                   SYS_munmap,
                                                   SYS_mremap,
                                                   SYS_mprotect,
                                                   SYS_madvise,
                                                   SYS_brk,
                                                   SYS_futex,
                                                   SYS_clone,
                                                   SYS_clone3,
                                                   SYS_rseq,
                                                   SYS_set_robust_list,
                                                   SYS_sched_yield,
                                                   SYS_clock_gettime,
                                                   SYS_nanosleep,
                                                   SYS_getpid,
                                                   SYS_clock_nanosleep,
                                                   SYS_gettid,
                                                   SYS_tgkill,
                                                   SYS_getrandom,
                                                   SYS_rt_sigaction,
                                                   SYS_sched_getaffinity,
                                                   SYS_rt_sigreturn,
                                                   SYS_rt_sigprocmask,
                                                   SYS_exit,
                                                   SYS_exit_group,
                                                   SYS_restart_syscall});

/// Permanently refuses all other system calls with EPERM, also for all later threads.
void filter_calls() {
  std::vector<sock_filter> program = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const uint32_t call : kAllowed) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  // On a kernel without it the rest of the sandbox remains.
  (void)::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

/// Makes the child the first process that the OOM killer ends; raising the score needs no privilege.
void go_first_without_memory() {
  const port::Descriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  (void)!::write(file.get(), "1000", 4);
}

[[noreturn]] void run(const char* name, int out, const Work& work) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_NAME, name);
  go_first_without_memory();
  tl::expected<std::string, std::string> done;
  try {
    if (const auto ok = drop_privileges({}); !ok) {
      done = tl::unexpected(ok.error());
    } else {
      if (kFilters) filter_calls();
      done = work();
    }
  } catch (const std::exception& error) {
    done = tl::unexpected<std::string>(error.what());
  }
  std::string text = done ? *done : done.error();
  text.resize(std::min(text.size(), kMaxText));
  const bool told = ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  // No destructors and no exit handlers: they belong to the parent, which will run them.
  ::_exit(done && told ? 0 : 1);
}

std::string read_all(int fd) {
  std::string text(kMaxText, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd, &text[size], text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace

tl::expected<std::string, SandboxFailure> in_sandbox(const char* name, const Work& work) {
  const auto fail = [](std::string what, bool crashed = false) {
    return tl::unexpected(SandboxFailure{std::move(what), crashed});
  };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(std::string("cannot create a pipe: ") + std::strerror(errno));
  const port::Descriptor in(ends[0]);
  port::Descriptor out(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return fail(std::string("cannot create a process: ") + std::strerror(errno));
  if (child == 0) run(name, out.get(), work);
  out = port::Descriptor();
  const std::string text = read_all(in.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail(std::string("its exit status is unknown: ") + std::strerror(errno));
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return fail("killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")", true);
  }
  if (WEXITSTATUS(status) != 0) return fail(text.empty() ? "it failed without a message" : text);
  return text;
}

}  // namespace ptrd::process
