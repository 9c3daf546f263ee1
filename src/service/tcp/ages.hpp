// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>

namespace ptrd::service {

/// Things in the order in which they came in. As all in one list have the same time to stay, the first is the
/// one whose time is up first: a thousand deadlines need one timer and no heap.
template <typename T>
class AgeList {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A thing's place in a list, or in none; leaves it at its end.
  class Hook {
   public:
    explicit Hook(T& owner) : owner_(&owner) {}
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
    ~Hook() { leave(); }
    void leave() {
      before_->behind_ = behind_;
      behind_->before_ = before_;
      before_ = behind_ = this;
    }

   private:
    friend class AgeList;
    Hook() = default;
    Hook* before_ = this;
    Hook* behind_ = this;
    T* owner_ = nullptr;
    Time since_;
  };

  /// At the end, from whichever list it was in. `now` is never before the last one's.
  void enter(Hook& hook, Time now) {
    hook.leave();
    hook.since_ = now;
    hook.before_ = ends_.before_;
    hook.behind_ = &ends_;
    ends_.before_->behind_ = &hook;
    ends_.before_ = &hook;
  }
  /// The one that has been here longest; null when there is none.
  [[nodiscard]] T* first() const { return ends_.behind_->owner_; }
  /// The same if it came in at `time` or before.
  [[nodiscard]] T* first_since(Time time) const {
    return first() != nullptr && ends_.behind_->since_ <= time ? first() : nullptr;
  }

 private:
  Hook ends_;
};

}  // namespace ptrd::service
