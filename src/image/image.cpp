// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/image.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "image/checksum.hpp"
#include "ptrd/image/regular_file.hpp"

namespace ptrd::image {

namespace {

constexpr const char* kChanged =
    "it changed while it was read; write a new file and rename it into place, as ptrzone does";

/// Why a file could not be read: a static string. Any thread.
using Why = const char*;

/// Reads from offset `from` until `to` is full.
tl::expected<void, Why> read_part(int fd, std::span<uint8_t> to, uint64_t from) {
  while (!to.empty()) {
    const ssize_t got = pread(fd, to.data(), to.size(), static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(strerrordesc_np(errno));
    if (got == 0) return tl::unexpected(kChanged);  // the file is shorter now
    to = to.subspan(static_cast<size_t>(got));
    from += static_cast<uint64_t>(got);
  }
  return {};
}

/// Reads a whole image chunk by chunk, and hashes each while it is in the cache. Returns the checksum.
tl::expected<uint64_t, Why> read_hashed(int fd, std::span<Line> lines, const Executor& run) {
  std::vector<uint64_t> hashes(checksum_chunks(lines.size()));
  std::atomic<Why> error = nullptr;
  run(hashes.size(), [&](size_t chunk) {
    const size_t first = chunk * kChecksumLines;
    const auto own = lines.subspan(first, std::min<size_t>(kChecksumLines, lines.size() - first));
    const auto read = read_part(fd, {own.data()->bytes, own.size_bytes()}, first * kLineSize);
    if (!read) return error.store(read.error());
    hashes[chunk] = chunk_hash(lines, chunk);
  });
  if (error != nullptr) return tl::unexpected(error.load());
  return checksum_of(hashes);
}

/// The size of a regular file; empty for anything else.
std::optional<uint64_t> size_of(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

uint64_t machine_memory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

tl::expected<Image, std::string> Image::open(const std::string& path, const Executor& run,
                                             uint64_t max_size) {
  const auto fd = open_regular_file(path);
  if (!fd) return tl::unexpected(path + ": " + fd.error().why);
  auto image = read(*fd, path, run, max_size);
  ::close(*fd);
  return image;
}

tl::expected<Image, std::string> Image::read(int fd, const std::string& name, const Executor& run,
                                             uint64_t max_size, const Check& check) {
  const auto fail = [&](const std::string& why) { return tl::unexpected<std::string>(name + ": " + why); };
  const auto file_size = size_of(fd);
  if (!file_size) return fail("not a regular file");
  const uint64_t size = *file_size;
  if (size == 0) return fail("the file is empty; compile it again with ptrzone");
  if (size < kHeaderLines * kLineSize || size % kLineSize != 0) {
    return fail(
        "not a ptrd image, or truncated (its size is not a multiple of 64 bytes); compile it again with "
        "ptrzone");
  }
  // A file that is not an image, or has another size than its header says, allocates no memory.
  std::array<Line, kHeaderLines> start;
  if (const auto ok = read_part(fd, {start.data()->bytes, sizeof start}, 0); !ok)
    return fail(std::string("cannot read it: ") + ok.error());
  if (const auto ok = check_start(View(start).header(), size / kLineSize); !ok) return fail(ok.error());
  if (size > max_size) {
    return fail("too large: " + std::to_string(size) + " bytes; at most " + std::to_string(max_size) +
                " are allowed");
  }
  auto memory = Memory::reserve(size / kLineSize);
  if (!memory) return fail(std::string("not enough memory: ") + std::strerror(memory.error()));
  const std::span<Line> lines = memory->lines();
  const auto actual = read_hashed(fd, lines, run);
  if (!actual) return fail(std::string("cannot read it: ") + actual.error());
  if (size_of(fd) != size) return fail(std::string("cannot read it: ") + kChanged);
  memory->seal();
  const auto ok = check ? check(lines, *actual) : verify_hashed(lines, *actual, run);
  if (!ok) return fail(ok.error());
  return Image(*std::move(memory));
}

tl::expected<Image, int> Image::copy() const {
  const auto lines = view_.lines();
  auto memory = Memory::reserve(lines.size());
  if (!memory) return tl::unexpected(memory.error());
  std::copy(lines.begin(), lines.end(), memory->lines().begin());
  memory->seal();
  return Image(*std::move(memory));
}

}  // namespace ptrd::image
