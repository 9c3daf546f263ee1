// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <system_error>
#include <vector>

#include "datapath/memory_nodes.hpp"

namespace ptrd::test {

/// A machine of two nodes; the test sets which one a thread is on.
class TwoNodes : public datapath::MemoryNodes {
 public:
  [[nodiscard]] size_t count() const override { return 2; }
  [[nodiscard]] size_t here() const override { return here_; }
  [[nodiscard]] std::error_code on(size_t node, const std::function<void()>& work) const override {
    asked.push_back(node);
    work();
    return error;
  }
  void move_to(size_t node) { here_ = node; }
  mutable std::vector<size_t> asked;
  std::error_code error;

 private:
  std::atomic<size_t> here_ = 0;
};

}  // namespace ptrd::test
