// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/image_reader.hpp"

#include <span>

#include "image/checksum.hpp"
#include "process/sandbox.hpp"
#include "swap/helper.hpp"
#include "swap/parallel.hpp"

namespace ptrd::swap {

namespace {

constexpr const char* kVerifier = "ptrd-verify";

std::string describe(const process::SandboxFailure& failure) {
  if (!failure.crashed) return failure.what;
  return "its verification was " + failure.what +
         ": out of memory, or damaged in a way that the checks do not detect; compile it again with ptrzone";
}

}  // namespace

tl::expected<image::Image, std::string> read_first(int fd, const std::string& name,
                                                   const image::Executor& run, uint64_t max_size) {
  return image::Image::read(
      fd, name, run, max_size,
      [&](std::span<const image::Line> lines, uint64_t actual) -> tl::expected<void, std::string> {
        const auto done = process::in_sandbox(kVerifier, [&]() -> tl::expected<std::string, std::string> {
          return image::verify_hashed(lines, actual, run).map([] { return std::string(); });
        });
        if (!done) return tl::unexpected(describe(done.error()));
        return {};
      });
}

tl::expected<image::Image, std::string> read_next(Helper& helper, int fd, const std::string& name) {
  const auto checksum = helper.verify(fd, name);
  if (!checksum) return tl::unexpected(checksum.error());
  return image::Image::read(
      fd, name, run_with_rests, helper.max_size(),
      [&](std::span<const image::Line> lines, uint64_t actual) -> tl::expected<void, std::string> {
        if (actual != *checksum) return tl::unexpected<std::string>("it changed while it was read");
        return image::verify_hashed(lines, actual, run_with_rests);
      });
}

tl::expected<std::string, std::string> verify_apart(int fd, const std::string& name, uint64_t max_size) {
  const auto done = process::in_sandbox(kVerifier, [&] {
    return image::Image::read(fd, name, run_with_rests, max_size).map([](const image::Image& image) {
      return std::to_string(image.view().header().checksum);
    });
  });
  if (done) return *done;
  return tl::unexpected(done.error().crashed ? name + ": " + describe(done.error()) : done.error().what);
}

}  // namespace ptrd::swap
