// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/reloader.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <numeric>
#include <utility>

#include "process/log.hpp"

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

bool Reloader::reload(const std::string& path, bool force, Done done) {
  return submit([this, path, force] { return images_.reload(path, force); }, std::move(done));
}

bool Reloader::rollback(Done done) {
  return submit([this] { return images_.rollback(); }, std::move(done));
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

bool Reloader::submit(Work work, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (history_.busy || stop_) {
      count(Refusal::busy);
      return false;
    }
    history_.busy = true;
    work_ = std::move(work);
    done_ = std::move(done);
  }
  wake_.notify_one();
  return true;
}

void Reloader::run() {
  (void)pthread_setname_np(pthread_self(), "swap");
  // If workers leave no CPU free, a swap takes a tenth of one, not half.
  constexpr int kNice = 10;
  (void)setpriority(PRIO_PROCESS, 0, kNice);  // Linux: only for this thread
  for (std::unique_lock lock(mutex_);;) {
    wake_.wait(lock, [this] { return stop_ || work_; });
    if (!work_) return;
    const Work work = std::exchange(work_, {});
    const Done done = std::exchange(done_, {});
    lock.unlock();
    const Outcome outcome = work();
    if (!outcome) {
      process::log_error("{}; the previous image stays in service", outcome.error().what);
    } else {
      process::log_info("{}: {} zones, {} records in service; read in {:.0f} ms, swapped in {:.1f} ms",
                        outcome->path, outcome->zones, outcome->records, outcome->read.count() * 1e3,
                        outcome->wait.count() * 1e3);
    }
    lock.lock();
    history_.busy = false;
    history_.last_error = outcome ? std::string() : outcome.error().what;
    if (outcome) {
      ++history_.done;
    } else {
      count(outcome.error().reason);
    }
    lock.unlock();
    // After `busy` has ended, so that a caller that is told of the end can start the next swap.
    if (done) done(outcome);
    lock.lock();
  }
}

}  // namespace ptrd::swap
