// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::swap {

/// Reads images so that an image that crashes verification ends a sandbox (sandbox.hpp), not ptrd.
///
/// At the start, while ptrd has one thread, the bytes are read here and verified by a child in the same
/// memory, of which this process does not write a byte: no copy, and no time lost. With workers running, a
/// fork would make them fault for each page that they write, so there is a helper process, forked at the
/// start, which receives a file, and forks a child that reads and verifies it. Only then does ptrd read the
/// file, compare the checksum, and verify it again.
///
///   ptrd ──descriptor──▶ ptrd-reader ──fork──▶ ptrd-verify: reads, verifies, says what it found
///    ▲                        │
///    └── checksum, or why not ┘
class ImageReader {
 public:
  /// Forks the helper, which ends with this object or this process. Call it while the process has one thread.
  /// No image of more than `max_size` bytes is read.
  explicit ImageReader(uint64_t max_size);
  ImageReader(const ImageReader&) = delete;
  ImageReader& operator=(const ImageReader&) = delete;
  ~ImageReader();

  /// Like Image::read, while the process still has one thread.
  [[nodiscard]] static tl::expected<image::Image, std::string> read_first(int fd, const std::string& name,
                                                                          const image::Executor& run,
                                                                          uint64_t max_size);
  /// Like Image::read, with workers running: pauses regularly (run_with_rests). One thread at a time.
  [[nodiscard]] tl::expected<image::Image, std::string> read_next(int fd, const std::string& name);

 private:
  [[nodiscard]] tl::expected<uint64_t, std::string> ask(int fd, const std::string& name);

  uint64_t max_size_;
  port::Descriptor socket_;
  pid_t helper_ = -1;
};

}  // namespace ptrd::swap
