// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"

namespace ptrd::swap {

/// Watches the directory of an image (inotify), and calls back when a new file has appeared under the image's
/// name: renamed into place, as ptrzone does, or written there and closed.
class ImageWatch {
 public:
  /// Called in the watch's own thread.
  using Changed = std::function<void()>;
  /// Error: why the directory cannot be watched.
  [[nodiscard]] static tl::expected<std::unique_ptr<ImageWatch>, std::string> open(const std::string& path,
                                                                                   Changed changed);
  ImageWatch(const ImageWatch&) = delete;
  ImageWatch& operator=(const ImageWatch&) = delete;
  ~ImageWatch();

 private:
  ImageWatch(const std::string& path, Changed changed);
  /// Watches the directory that has the name now, if it is not the watched one. False: it does not exist.
  /// Files that are already in it are not reported.
  [[nodiscard]] bool attach();
  /// Checks for a directory that may have been replaced; returns whether the image must be read.
  [[nodiscard]] bool follow();
  /// Reads the events; returns whether they concern the image.
  [[nodiscard]] bool read_events();
  void run();

  std::string folder_;
  std::string name_;
  Changed changed_;
  port::Descriptor events_;
  port::Descriptor stop_;
  int watch_ = -1;
  std::thread thread_;
};

}  // namespace ptrd::swap
