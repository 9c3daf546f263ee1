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

/// Watches the folder of an image (inotify), and calls when a new file has come to the image's name: renamed
/// into place, as ptrzone does, or written there and closed.
class ImageWatch {
 public:
  /// Called in a thread of the watch's own; false: not now, ask again a little later.
  using Changed = std::function<bool()>;
  /// Error: why the folder cannot be watched.
  [[nodiscard]] static tl::expected<std::unique_ptr<ImageWatch>, std::string> open(const std::string& path,
                                                                                   Changed changed);
  ImageWatch(const ImageWatch&) = delete;
  ImageWatch& operator=(const ImageWatch&) = delete;
  ~ImageWatch();

 private:
  ImageWatch(const std::string& path, Changed changed);
  /// Watches the folder that has the name now, if it is not the one watched. False: there is none. What has
  /// come to it already is not told.
  [[nodiscard]] bool attach();
  /// Looks after a folder that may have been replaced; whether the image has to be read.
  [[nodiscard]] bool follow();
  /// Reads what has happened; whether it concerns the image.
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
