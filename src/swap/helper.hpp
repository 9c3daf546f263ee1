// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "policy/name_compiler.hpp"
#include "port/descriptor.hpp"

namespace ptrd::swap {

/// A process that does what would need a fork of ptrd, and what may crash or take too much: it verifies
/// images and compiles the expressions of policies, each in a child. With workers running, a fork of ptrd
/// would make them fault for each page that they write. The helper is forked at the start, while ptrd has
/// little memory.
///
///   ptrd ──image's descriptor──▶ ptrd-reader ──fork──▶ ptrd-verify: reads, verifies, says what it found
///    ▲                           │      │
///    ├── checksum, or why not ───┘      │
///   ptrd ──sealed file: expressions──▶  └──────fork──▶ ptrd-names: compiles them
///    ▲                                  │
///    └── sealed file: databases, or why not
///
/// One thread at a time.
class Helper {
 public:
  /// Forks the helper, which ends with this object or this process. Call it while the process has one thread.
  /// No image of more than `max_size` bytes is read.
  explicit Helper(uint64_t max_size);
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;
  ~Helper();

  [[nodiscard]] uint64_t max_size() const { return max_size_; }
  /// The checksum of the good image in an open file. Error: a line that says what is wrong with it.
  [[nodiscard]] tl::expected<uint64_t, std::string> verify(int fd, const std::string& name);
  /// See policy::CompileNames.
  [[nodiscard]] tl::expected<policy::NameDatabases, policy::NameError> compile_names(
      const std::vector<policy::NameRule>& rules, const policy::NameLimits& limits);

 private:
  struct Reply {
    bool good = false;
    std::string text;  // if not, why
    port::Descriptor file;
  };
  /// Error: the helper is gone.
  [[nodiscard]] tl::expected<Reply, std::string> ask(int fd, const std::string& text);

  uint64_t max_size_;
  port::Descriptor socket_;
  pid_t helper_ = -1;
};

}  // namespace ptrd::swap
