// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/image_watch.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "process/log.hpp"

namespace ptrd::swap {

namespace {

/// Quiet period after the last event for the name: several files in a row are one change.
constexpr int kSettle = 200;  // ms
/// Interval for checking that the directory is still the watched one: it may be replaced, or a link in its
/// path changed, which inotify does not always report.
constexpr int kFollow = 1000;  // ms
constexpr uint32_t kCame = IN_MOVED_TO | IN_CLOSE_WRITE;

}  // namespace

ImageWatch::ImageWatch(const std::string& path, Changed changed)
    : changed_(std::move(changed)),
      events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      stop_(eventfd(0, EFD_CLOEXEC)) {
  const std::filesystem::path whole(path);
  folder_ = whole.has_parent_path() ? whole.parent_path().string() : ".";
  name_ = whole.filename().string();
}

tl::expected<std::unique_ptr<ImageWatch>, std::string> ImageWatch::open(const std::string& path,
                                                                        Changed changed) {
  std::unique_ptr<ImageWatch> watch(new ImageWatch(path, std::move(changed)));
  if (!watch->events_ || !watch->stop_ || !watch->attach())
    return tl::unexpected(watch->folder_ + ": cannot watch for new images: " + std::strerror(errno));
  watch->thread_ = std::thread([self = watch.get()] { self->run(); });
  return watch;
}

ImageWatch::~ImageWatch() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

bool ImageWatch::attach() {
  // The same directory has the same watch descriptor again; another one, also in its place, has a new one.
  const int now = inotify_add_watch(events_.get(), folder_.c_str(), kCame | IN_ONLYDIR);
  const int before = std::exchange(watch_, now);
  if (before >= 0 && before != now) (void)inotify_rm_watch(events_.get(), before);
  return now >= 0;
}

bool ImageWatch::follow() {
  const int before = watch_;
  if (!attach()) {
    if (before >= 0)
      process::log_warning("{} is gone; watching for new images resumes when it is back", folder_);
    return false;
  }
  return watch_ != before && ::access((folder_ + "/" + name_).c_str(), R_OK) == 0;
}

bool ImageWatch::read_events() {
  alignas(inotify_event) std::array<char, 16 << 10> buffer;
  bool concerns = false;
  for (ssize_t size = 0; (size = ::read(events_.get(), buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(&buffer[static_cast<size_t>(at)]);
      at += static_cast<ssize_t>(sizeof *event + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) concerns = true;
      if ((event->mask & kCame) != 0 && event->len > 0 && name_ == event->name) concerns = true;
      if ((event->mask & IN_IGNORED) != 0 && event->wd == watch_) watch_ = -1;
    }
  }
  return concerns;
}

void ImageWatch::run() {
  (void)pthread_setname_np(pthread_self(), "watch");
  for (bool due = false;;) {
    std::array<pollfd, 2> wait = {pollfd{events_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    const int ready = ::poll(wait.data(), wait.size(), due ? kSettle : kFollow);
    if (wait[1].revents != 0) return;
    if (ready > 0) {
      due = read_events() || due;
    } else if (due) {
      due = false;
      changed_();
    } else {
      due = follow();
    }
  }
}

}  // namespace ptrd::swap
