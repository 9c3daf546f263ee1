// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <memory>

#include "policy/policy.hpp"

namespace ptrd::operate {

/// Writes what the rules with the action log have collected to the log, a line for each hit.
class PolicyLog {
 public:
  /// Lines that one `drain` writes at most; hits beyond that are counted in one more.
  static constexpr unsigned kMost = 100;

  /// For the policy in service (null: none); after a swap also the last ones of that before it.
  void drain(std::shared_ptr<const policy::Policy> policy);

 private:
  void drain_current();

  std::shared_ptr<const policy::Policy> current_;
  uint64_t lost_ = 0;  // of `current_`, as logged before
};

}  // namespace ptrd::operate
