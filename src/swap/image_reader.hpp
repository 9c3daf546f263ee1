// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Reads images so that an image that crashes verification ends a sandbox (sandbox.hpp), not ptrd.
//
// At the start, while ptrd has one thread, the bytes are read here and verified by a child in the same
// memory, of which this process does not write a byte: no copy, and no time lost. With workers running, the
// helper process (helper.hpp) forks a child that reads and verifies the file. Only then does ptrd read it,
// compare the checksum, and verify it again.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "ptrd/image/image.hpp"

namespace ptrd::swap {

class Helper;

/// Like Image::read, while the process has one thread.
[[nodiscard]] tl::expected<image::Image, std::string> read_first(int fd, const std::string& name,
                                                                 const image::Executor& run,
                                                                 uint64_t max_size);
/// Like Image::read, with workers running: pauses regularly (run_with_rests).
[[nodiscard]] tl::expected<image::Image, std::string> read_next(Helper& helper, int fd,
                                                                const std::string& name);
/// In the helper: the checksum, in decimal, of the image that a child has verified.
[[nodiscard]] tl::expected<std::string, std::string> verify_apart(int fd, const std::string& name,
                                                                  uint64_t max_size);

}  // namespace ptrd::swap
