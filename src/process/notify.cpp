// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <ctime>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::process {

namespace {

// The environment is left unchanged: another caller in this process may need it too.
constexpr int kKeepEnvironment = 0;

uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

Notifier::Notifier(const datapath::EngineSlot& slot) : slot_(slot) {
  uint64_t microseconds = 0;
  // A quarter, so that a single beat that finds a worker late is not fatal.
  if (sd_watchdog_enabled(kKeepEnvironment, &microseconds) > 0)
    interval_ = std::chrono::microseconds(std::max<uint64_t>(1, microseconds / 4));
}

void Notifier::ready(const std::string& status) const {
  (void)sd_notifyf(kKeepEnvironment, "READY=1\nSTATUS=%s", wire::one_line(status).c_str());
}

void Notifier::reloading() const {
  (void)sd_notifyf(kKeepEnvironment, "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=reading the image anew",
                   static_cast<unsigned long long>(monotonic_microseconds()));
}

void Notifier::stopping() const {
  (void)sd_notify(kKeepEnvironment, "STOPPING=1\nSTATUS=stopping");
}

void Notifier::beat() {
  if (interval_ && readers_live()) (void)sd_notify(kKeepEnvironment, "WATCHDOG=1");
}

bool Notifier::readers_live() {
  const size_t readers = slot_.readers();
  most_readers_ = std::max(most_readers_, readers);
  if (readers < most_readers_ || (asked_ && !slot_.passed(*asked_))) return false;
  asked_ = slot_.ask();
  return true;
}

}  // namespace ptrd::process
