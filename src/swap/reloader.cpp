// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/reloader.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <numeric>
#include <utility>

#include "process/log.hpp"
#include "ptrd/wire/plural.hpp"

namespace ptrd::swap {

Reloader::Reloader(ImageStore& images) : images_(images), thread_([this] { run(); }) {}

void Reloader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Reloader::Request Reloader::make_reload(const std::string& path, bool force, Part part, Done done) {
  return {[=, this] { return images_.reload(path, force, part); }, std::move(done)};
}

bool Reloader::reload(const std::string& path, bool force, Done done, Part part) {
  return submit(make_reload(path, force, part, std::move(done)));
}

void Reloader::reload_next(const std::string& path, Done done, Part part) {
  Request request = make_reload(path, false, part, std::move(done));
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return;
    if (history_.busy) {
      if (next_ && !request.done) request.done = std::move(next_->done);
      next_ = std::move(request);
      return;
    }
    history_.busy = true;
    now_ = std::move(request);
  }
  wake_.notify_one();
}

bool Reloader::rollback(Done done) {
  return submit({[this] { return images_.rollback(); }, std::move(done)});
}

bool Reloader::replace_compacted(const std::string& fresh, change::Journal& journal,
                                 const change::Journal::Mark& from, Done done) {
  return submit(
      {[=, this, &journal] { return images_.replace_compacted(fresh, journal, from); }, std::move(done)});
}

Reloader::History Reloader::history() const {
  const std::lock_guard lock(mutex_);
  return history_;
}

uint64_t Reloader::History::failed() const {
  return std::accumulate(refused.begin(), refused.end(), uint64_t{0}) -
         refused[static_cast<size_t>(Refusal::busy)];
}

void Reloader::count(Refusal reason) {
  ++history_.refused[static_cast<size_t>(reason)];
}

bool Reloader::submit(Request request) {
  {
    const std::lock_guard lock(mutex_);
    if (history_.busy || stop_) {
      count(Refusal::busy);
      return false;
    }
    history_.busy = true;
    now_ = std::move(request);
  }
  wake_.notify_one();
  return true;
}

void Reloader::log(const Outcome& outcome) {
  if (!outcome) return process::log_error("{}; the previous image stays in service", outcome.error().what);
  process::log_info("{}: {}, {} in service; read in {:.0f} ms, swapped in {:.1f} ms", outcome->path,
                    wire::plural(outcome->zones, "zone"), wire::plural(outcome->records, "record"),
                    outcome->read.count() * 1e3, outcome->wait.count() * 1e3);
  const std::string lost = outcome->losses.text();
  if (outcome->losses.zones > 0) {
    process::log_warning("{}: {}", outcome->path, lost);
  } else if (!lost.empty()) {
    process::log_info("{}: {}", outcome->path, lost);
  }
  if (const std::string expired = outcome->expired.text(); !expired.empty())
    process::log_warning("{}: {}", outcome->path, expired);
}

void Reloader::run() {
  (void)pthread_setname_np(pthread_self(), "swap");
  // If workers leave no CPU free, a swap takes a tenth of one, not half.
  constexpr int kLowPriority = 10;
  (void)setpriority(PRIO_PROCESS, 0, kLowPriority);  // Linux: only for this thread
  for (std::unique_lock lock(mutex_);;) {
    wake_.wait(lock, [this] { return stop_ || now_; });
    if (!now_) return;
    const Request request = *std::exchange(now_, {});
    lock.unlock();
    const Outcome outcome = request.work();
    log(outcome);
    lock.lock();
    history_.last_error = outcome ? std::string() : outcome.error().what;
    if (outcome) {
      ++history_.done;
    } else {
      count(outcome.error().reason);
    }
    if (!stop_) now_ = std::exchange(next_, {});
    history_.busy = now_.has_value();
    lock.unlock();
    // After `busy` has ended, so that a caller that is told of the end can start the next swap.
    if (request.done) request.done(outcome);
    lock.lock();
  }
}

}  // namespace ptrd::swap
