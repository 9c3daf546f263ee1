// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::swap {

/// Reads images so that one which crashes its verification ends a sandbox (sandbox.hpp) and not ptrd.
///
/// At the start, while ptrd is one thread, the bytes are read here and verified by a child in the same
/// memory, of which this process does not write a byte: no copy, and no time lost. Beside workers a fork
/// would have them all fault for each page that they write, so there is a helper process, forked at the
/// start, which takes a file, and forks a child that reads and verifies it. Only then ptrd reads the file,
/// compares the checksum, and verifies it once more.
///
///   ptrd ──descriptor──▶ ptrd-reader ──fork──▶ ptrd-verify: reads, verifies, says what it found
///    ▲                        │
///    └── checksum, or why not ┘
class ImageReader {
 public:
  /// Forks the helper, which ends with this object or this process. To be called by a process of one thread.
  /// No image of more than `most` bytes is read.
  explicit ImageReader(uint64_t most);
  ImageReader(const ImageReader&) = delete;
  ImageReader& operator=(const ImageReader&) = delete;
  ~ImageReader();

  /// As Image::read, by a process of one thread still.
  [[nodiscard]] static tl::expected<image::Image, std::string> read_first(int fd, const std::string& name,
                                                                          const image::Executor& run,
                                                                          uint64_t most);
  /// As Image::read, beside workers: with rests (run_with_rests). One thread at a time.
  [[nodiscard]] tl::expected<image::Image, std::string> read_next(int fd, const std::string& name);

 private:
  [[nodiscard]] tl::expected<uint64_t, std::string> ask(int fd, const std::string& name);

  uint64_t most_;
  port::Descriptor socket_;
  pid_t helper_ = -1;
};

}  // namespace ptrd::swap
