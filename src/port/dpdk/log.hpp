// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace ptrd::port {

/// Captures DPDK's own log lines from before its start until `let_through`: ptrd's errors quote the relevant
/// one.
class DpdkLog {
 public:
  DpdkLog();
  ~DpdkLog();
  DpdkLog(const DpdkLog&) = delete;
  DpdkLog& operator=(const DpdkLog&) = delete;

  /// DPDK's first error, or its first warning; empty: none.
  [[nodiscard]] std::string cause() const;
  /// " (DPDK says: ...)" with the cause; empty if there is none.
  [[nodiscard]] std::string quote() const;
  /// Calls `start`, which prints to neither stdout nor stderr meanwhile: EAL prints a page of usage for a
  /// wrong argument, and getopt(3) the cause, which is kept. While the process has one thread.
  void capture_outputs(const std::function<void()>& start);
  /// Sends further lines to stderr.
  void let_through();

 private:
  void take(std::string_view line, unsigned level);

  FILE* stream_;
  mutable std::mutex mutex_;  // of what follows: any thread of DPDK may log
  std::string error_;
  std::string warning_;
};

}  // namespace ptrd::port
