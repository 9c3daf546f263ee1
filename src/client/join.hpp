// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace ptrd::client {

/// Waits for many answers: `then` is called once, when every function returned by `one()` and `close()` have
/// been called.
class Join : public std::enable_shared_from_this<Join> {
 public:
  explicit Join(std::function<void()> then) : then_(std::move(then)) {}

  /// Returns a function to be called exactly once, when one of the awaited answers has arrived.
  [[nodiscard]] std::function<void()> one() {
    ++left_;
    return [self = shared_from_this()] { self->arrive(); };
  }
  /// `one()` will not be called again.
  void close() { arrive(); }

 private:
  void arrive() {
    if (--left_ == 0) std::exchange(then_, nullptr)();
  }

  std::function<void()> then_;
  size_t left_ = 1;
};

}  // namespace ptrd::client
