// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>

namespace ptrd::service {

/// A list of items in order of arrival. All items in one list have the same timeout, so the first one expires
/// first: a thousand deadlines need one timer and no heap.
template <typename T>
class AgeList {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// An item's link in a list, or in none; unlinked when it is destroyed.
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

  /// Moves an item to the end of this list, from any list. `now` must not be before the time of the last one.
  void enter(Hook& hook, Time now) {
    hook.leave();
    hook.since_ = now;
    hook.before_ = ends_.before_;
    hook.behind_ = &ends_;
    ends_.before_->behind_ = &hook;
    ends_.before_ = &hook;
  }
  /// The oldest item; null if there is none.
  [[nodiscard]] T* first() const { return ends_.behind_->owner_; }
  /// The same if it arrived at `time` or before.
  [[nodiscard]] T* first_since(Time time) const {
    return first() != nullptr && ends_.behind_->since_ <= time ? first() : nullptr;
  }

 private:
  Hook ends_;
};

}  // namespace ptrd::service
