// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/pacer.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

namespace ptrd::client {

namespace {

std::chrono::steady_clock::duration gap(double per_second) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(1.0 / per_second));
}

}  // namespace

struct Pacer::Timer : asio::steady_timer {
  using asio::steady_timer::steady_timer;
};

Pacer::Pacer(asio::io_context& context, PaceLimits limits)
    : context_(context), limits_(limits), timer_(std::make_unique<Timer>(context)) {}

Pacer::~Pacer() = default;

void Pacer::acquire(const asio::ip::address& server, std::function<void()> start) {
  const auto now = Clock::now();
  auto& next = next_of_server_[server];
  const auto turn = std::max(now, next);
  next = turn + gap(limits_.per_server);
  auto join = [this, start = std::move(start)] {
    ready_.push_back(start);
    pump();
  };
  if (turn <= now) return asio::post(context_, std::move(join));
  auto wait = std::make_shared<asio::steady_timer>(context_, turn);
  wait->async_wait([wait, join = std::move(join)](const asio::error_code&) { join(); });
}

void Pacer::release() {
  --running_;
  asio::post(context_, [this] { pump(); });
}

void Pacer::pump() {
  while (!ready_.empty() && running_ < limits_.parallel && !timer_runs_) {
    const auto now = Clock::now();
    if (next_ > now) {
      timer_runs_ = true;
      timer_->expires_at(next_);
      timer_->async_wait([this](const asio::error_code&) {
        timer_runs_ = false;
        pump();
      });
      return;
    }
    // A pause is not saved up for a burst of more than 50 ms.
    next_ = std::max(next_, now - std::chrono::milliseconds(50)) + gap(limits_.per_second);
    ++running_;
    const auto start = std::move(ready_.front());
    ready_.pop_front();
    start();
  }
}

}  // namespace ptrd::client
