// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/name_compiler.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <utility>

#include "policy/name_messages.hpp"

namespace ptrd::policy {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// One match is enough; a name has no lines.
constexpr unsigned kFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL;

std::string mib(size_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

/// How far the child has come; both see it.
struct Progress {
  std::atomic<size_t> current{0};  // index of the expression; their number: all together
  std::atomic<Clock::rep> since{0};
  std::atomic<size_t> slowest{0};
  std::atomic<Clock::rep> longest{0};

  void begin(size_t which) {
    const Clock::rep now = Clock::now().time_since_epoch().count();
    if (now - since > longest && since != 0) {
      slowest = current.load();
      longest = now - since;
    }
    current = which;
    since = now;
  }
};
static_assert(std::atomic<size_t>::is_always_lock_free && std::atomic<Clock::rep>::is_always_lock_free);

// The child.

/// Frees Hyperscan's error; what it says, without a final dot.
std::string reason_of(hs_compile_error_t* error, const NameLimits& limits) {
  std::string reason = error->message;
  hs_free_compile_error(error);
  while (reason.ends_with('.')) reason.pop_back();
  if (reason == "Unable to allocate memory")
    reason = "it takes more memory than the limit of " + mib(limits.memory);
  return reason;
}

/// Why an expression is refused, or empty: compiles it alone.
std::string why_not(const NameRule& rule, const NameLimits& limits) {
  if (rule.regex.size() > limits.expression)
    return "it is longer than " + std::to_string(limits.expression) + " characters";
  const unsigned flags = rule.flags | kFlags;
  hs_expr_info_t* found = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_expression_info(rule.regex.c_str(), flags, &found, &error) != HS_SUCCESS)
    return reason_of(error, limits);
  const hs_expr_info_t info = *found;
  std::free(found);
  if (info.min_width > kMaxNameText)
    return "it matches no name: it needs at least " + std::to_string(info.min_width) + " characters";
  if (info.max_width != UINT_MAX && info.max_width > kMaxNameText)
    return "it repeats up to " + std::to_string(info.max_width) + " characters, but a name has at most " +
           std::to_string(kMaxNameText) + "; leave the upper bound out, as in {2,}";
  hs_database_t* database = nullptr;
  if (hs_compile(rule.regex.c_str(), flags, HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS)
    return reason_of(error, limits);
  hs_free_database(database);
  return {};
}

/// A database in Hyperscan's form for storage; empty: there are no such expressions.
tl::expected<std::string, NameError> compile_together(const std::vector<NameRule>& rules, bool addresses,
                                                      const NameLimits& limits) {
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  std::vector<size_t> origin;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (addresses && !rules[i].all_names) continue;
    regexes.push_back(rules[i].regex.c_str());
    flags.push_back(rules[i].flags | kFlags);
    ids.push_back(rules[i].rule);
    origin.push_back(i);
  }
  if (regexes.empty()) return {};  // Hyperscan rejects an empty database
  hs_database_t* made = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(regexes.data(), flags.data(), ids.data(), static_cast<unsigned>(regexes.size()),
                       HS_MODE_BLOCK, nullptr, &made, &error) != HS_SUCCESS) {
    NameError why;
    if (error->expression >= 0 && regexes.size() > 1)
      why.rule = origin[static_cast<size_t>(error->expression)];
    why.reason = reason_of(error, limits);
    return tl::unexpected(std::move(why));
  }
  const NameDatabase database(made);
  size_t size = 0;
  if (hs_database_size(made, &size) == HS_SUCCESS && size > limits.database)
    return tl::unexpected(
        NameError{{}, "they take " + mib(size) + ", more than the limit of " + mib(limits.database)});
  char* bytes = nullptr;
  if (hs_serialize_database(made, &bytes, &size) != HS_SUCCESS) throw std::bad_alloc();
  std::string out(bytes, size);
  std::free(bytes);
  return out;
}

std::string compile_all(const std::vector<NameRule>& rules, const NameLimits& limits, Progress& progress) {
  for (size_t i = 0; i < rules.size(); ++i) {
    progress.begin(i);
    if (rules[i].text) continue;
    if (std::string why = why_not(rules[i], limits); !why.empty())
      return failure_message({i, std::move(why)});
  }
  progress.begin(rules.size());
  const auto others = compile_together(rules, false, limits);
  if (!others) return failure_message(others.error());
  const bool all =
      std::all_of(rules.begin(), rules.end(), [](const NameRule& rule) { return rule.all_names; });
  const auto addresses = all ? std::string() : compile_together(rules, true, limits);
  if (!addresses) return failure_message(addresses.error());
  return databases_message(*others, *addresses);
}

/// Allows this process so much more memory than it has now.
void limit_memory(size_t more) {
  std::ifstream file("/proc/self/statm");
  size_t pages = 0;
  if (!(file >> pages)) return;
  const rlim_t bytes = pages * static_cast<size_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{bytes, bytes};
  (void)setrlimit(RLIMIT_AS, &limit);
}

/// malloc(3) of glibc also works in the child of a process with threads.
[[noreturn]] void run_child(const file::MemoryFile& out, const std::vector<NameRule>& rules,
                            const NameLimits& limits, Progress& progress) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)prctl(PR_SET_NAME, "ptrd-names");
  limit_memory(limits.memory);
  std::string message;
  try {
    message = compile_all(rules, limits, progress);
  } catch (const std::bad_alloc&) {
    message = failure_message({{}, "they take more memory than the limit of " + mib(limits.memory)});
  } catch (const std::exception& error) {
    message = failure_message({{}, error.what()});
  }
  // No destructors and no exit handlers: they belong to the parent, which will run them.
  ::_exit(out.write(message) ? 0 : 1);
}

// The parent.

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (in() >= 0) ::close(in());
    close_out();
  }
  [[nodiscard]] int in() const { return ends_[0]; }
  [[nodiscard]] int out() const { return ends_[1]; }
  void close_out() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  std::array<int, 2> ends_{};
};

/// Waits until the child has closed its end. False: that took until `deadline`.
bool wait_until(Clock::time_point deadline, int in) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{.fd = in, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, static_cast<int>(left)) > 0) return true;
  }
}

std::string duration(Clock::rep time) {
  return std::to_string(std::chrono::duration_cast<milliseconds>(Clock::duration(time)).count()) + " ms";
}

NameError too_slow(Progress& progress, size_t rules, const NameLimits& limits) {
  if (progress.current < rules) progress.begin(rules);  // the one that was under way may be the slowest
  return {progress.slowest, "it takes " + duration(progress.longest) +
                                ", and the expressions together more than the limit of " +
                                std::to_string(limits.compile.count()) + " ms"};
}

}  // namespace

tl::expected<file::MemoryFile, NameError> compile_apart(const std::vector<NameRule>& rules,
                                                        const NameLimits& limits) {
  const auto fail = [](const char* what) {
    return tl::unexpected(NameError{{}, std::string(what) + ": " + std::strerror(errno)});
  };
  const auto deadline = Clock::now() + limits.compile;
  auto out = file::MemoryFile::create("ptrd-names");
  if (!out) return tl::unexpected(NameError{{}, out.error()});
  Pipe pipe;  // nothing is written; it ends with the child
  if (pipe.in() < 0) return fail("cannot create a pipe");
  void* const shared =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::bad_alloc();
  const auto unmap = [](Progress* progress) { ::munmap(progress, sizeof *progress); };
  const std::unique_ptr<Progress, decltype(unmap)> progress(new (shared) Progress, unmap);
  // The child must not act on signals in the parent's name.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::fork();
  if (child == 0) run_child(*out, rules, limits, *progress);
  const int reason = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  if (child < 0) return fail("cannot create a process");
  pipe.close_out();
  const bool in_time = wait_until(deadline, pipe.in());
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!in_time) return tl::unexpected(too_slow(*progress, rules.size(), limits));
  if (WIFSIGNALED(status)) {
    NameError error{{}, std::string("their compiler was killed: ") + ::strsignal(WTERMSIG(status))};
    if (progress->current < rules.size()) error.rule = progress->current;
    return tl::unexpected(std::move(error));
  }
  if (const auto ok = out->seal(); !ok) return tl::unexpected(NameError{{}, ok.error()});
  return *std::move(out);
}

tl::expected<NameDatabases, NameError> compile_names(const std::vector<NameRule>& rules,
                                                     const NameLimits& limits) {
  const auto made = compile_apart(rules, limits);
  if (!made) return tl::unexpected(made.error());
  return read_databases(made->contents());
}

}  // namespace ptrd::policy
