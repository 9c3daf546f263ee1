// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/log.hpp"

#include <rte_log.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <utility>

#include "port/descriptor.hpp"

namespace ptrd::port {

namespace {

/// Redirects stdout and stderr to a file in memory.
class Outputs {
 public:
  Outputs()
      : file_(memfd_create("outputs", MFD_CLOEXEC)),
        out_(::dup(STDOUT_FILENO)),
        error_(::dup(STDERR_FILENO)) {
    if (!file_ || !out_ || !error_) return;
    (void)std::fflush(stdout);
    (void)::dup2(file_.get(), STDOUT_FILENO);
    (void)::dup2(file_.get(), STDERR_FILENO);
  }
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;
  ~Outputs() {
    if (!file_ || !out_ || !error_) return;
    (void)std::fflush(stdout);
    (void)::dup2(out_.get(), STDOUT_FILENO);
    (void)::dup2(error_.get(), STDERR_FILENO);
  }

  /// The start of what was printed.
  [[nodiscard]] std::string text() const {
    std::array<char, 4096> start{};
    const ssize_t size = file_ ? ::pread(file_.get(), start.data(), start.size(), 0) : 0;
    return {start.data(), static_cast<size_t>(size < 0 ? 0 : size)};
  }

 private:
  Descriptor file_;
  Descriptor out_;
  Descriptor error_;
};

}  // namespace

DpdkLog::DpdkLog() {
  const cookie_io_functions_t functions{.read = nullptr,
                                        .write =
                                            [](void* self, const char* text, size_t size) {
                                              static_cast<DpdkLog*>(self)->take(
                                                  {text, size},
                                                  static_cast<unsigned>(rte_log_cur_msg_loglevel()));
                                              return static_cast<ssize_t>(size);
                                            },
                                        .seek = nullptr,
                                        .close = nullptr};
  stream_ = fopencookie(this, "w", functions);
  rte_openlog_stream(stream_);
}

DpdkLog::~DpdkLog() {
  let_through();
}

void DpdkLog::take(std::string_view line, unsigned level) {
  constexpr size_t kMost = 512;
  line = line.substr(0, std::min({kMost, line.size(), line.find('\n')}));
  // That there are no huge pages of some size, or no socket of DPDK's old telemetry, does no harm.
  const auto is = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  if (line.empty() || is("hugepages reported") || is("TELEMETRY: ")) return;
  const std::lock_guard lock(mutex_);
  if (level <= RTE_LOG_ERR && error_.empty()) error_ = line;
  if (level == RTE_LOG_WARNING && warning_.empty()) warning_ = line;
}

std::string DpdkLog::cause() const {
  const std::lock_guard lock(mutex_);
  return error_.empty() ? warning_ : error_;
}

std::string DpdkLog::quote() const {
  const std::string line = cause();
  return line.empty() ? line : " (DPDK says: " + line + ")";
}

void DpdkLog::capture_outputs(const std::function<void()>& start) {
  std::string text;
  {
    const Outputs outputs;
    start();
    (void)std::fflush(stdout);
    text = outputs.text();
  }
  // getopt(3) begins with the program's name.
  constexpr std::string_view kName = "ptrd: ";
  if (!text.starts_with(kName)) return;
  const std::lock_guard lock(mutex_);
  error_ = text.substr(kName.size(), text.find('\n') - kName.size());
}

void DpdkLog::let_through() {
  if (stream_ == nullptr) return;
  rte_openlog_stream(stderr);
  (void)std::fclose(std::exchange(stream_, nullptr));
}

}  // namespace ptrd::port
