// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/image.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

#include "image/checksum.hpp"
#include "ptrd/image/regular_file.hpp"

namespace ptrd::image {

void Image::Unmap::operator()(const Line* lines) const {
  munmap(const_cast<Line*>(lines), size);
}

namespace {

constexpr size_t kHugePage = 2 << 20;

/// Reads `size` bytes from `from` on. 0, or the system's error.
int read_part(int fd, uint8_t* to, size_t from, size_t size) {
  for (size_t at = 0; at < size;) {
    const ssize_t got = pread(fd, to + at, size - at, static_cast<off_t>(from + at));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) return EIO;  // somebody cut the file meanwhile
    if (got < 0) return errno;
    at += static_cast<size_t>(got);
  }
  return 0;
}

/// Reads a whole image chunk by chunk, and hashes each while it is in the cache. Gives the checksum. Error:
/// the system's.
tl::expected<uint64_t, int> read_hashed(int fd, std::span<Line> lines, const Executor& run) {
  std::vector<uint64_t> hashes(checksum_chunks(lines.size()));
  std::atomic<int> error = 0;
  run(hashes.size(), [&](size_t chunk) {
    const size_t first = chunk * kChecksumLines;
    const auto own = lines.subspan(first, std::min<size_t>(kChecksumLines, lines.size() - first));
    const int why = read_part(fd, own.data()->bytes, first * kLineSize, own.size_bytes());
    if (why != 0) return error.store(why);
    hashes[chunk] = chunk_hash(lines, chunk);
  });
  if (error != 0) return tl::unexpected(error.load());
  return checksum_of(hashes);
}

}  // namespace

tl::expected<Image::Memory, int> Image::reserve(size_t size) {
  const auto rounded_up = [size](size_t unit) { return (size + unit - 1) / unit * unit; };
  // Linux places what is whole huge pages so that they can be used.
  const size_t asked = rounded_up(kHugePage);
  void* memory = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return tl::unexpected(errno);
  // The end of the last one is not needed, and would be taken whole.
  const size_t room = rounded_up(static_cast<size_t>(sysconf(_SC_PAGESIZE)));
  if (room < asked) munmap(static_cast<uint8_t*>(memory) + room, asked - room);
  madvise(memory, room, MADV_HUGEPAGE);  // fewer TLB misses; without it all works as well
  return Memory(static_cast<const Line*>(memory), Unmap{room});
}

void Image::seal(const Memory& memory) {
  mprotect(const_cast<Line*>(memory.get()), memory.get_deleter().size, PROT_READ);
}

tl::expected<Image, std::string> Image::open(const std::string& path, const Executor& run) {
  const auto fd = open_regular_file(path);
  if (!fd) return tl::unexpected(path + ": " + fd.error().why);
  auto image = read(*fd, path, run);
  ::close(*fd);
  return image;
}

tl::expected<Image, std::string> Image::read(int fd, const std::string& name, const Executor& run,
                                             const Check& check) {
  const auto fail = [&](const std::string& why) { return tl::unexpected<std::string>(name + ": " + why); };
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return fail("not a regular file");
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return fail("the file is empty; compile it again with ptrzone");
  if (size < kHeaderLines * kLineSize || size % kLineSize != 0) {
    return fail(
        "not a ptrd image, or cut short (its size is no multiple of 64 bytes); compile it again with "
        "ptrzone");
  }
  auto memory = reserve(size);
  if (!memory) return fail(std::string("no memory for it: ") + std::strerror(memory.error()));
  const std::span<Line> lines(const_cast<Line*>(memory->get()), size / kLineSize);
  const auto actual = read_hashed(fd, lines, run);
  if (!actual) return fail(std::string("cannot read it: ") + std::strerror(actual.error()));
  seal(*memory);
  const auto ok = check ? check(lines, *actual) : verify_hashed(lines, *actual, run);
  if (!ok) return fail(ok.error());
  return Image(*std::move(memory), View(lines));
}

tl::expected<Image, int> Image::copy() const {
  const auto lines = view_.lines();
  auto memory = reserve(lines.size_bytes());
  if (!memory) return tl::unexpected(memory.error());
  std::copy(lines.begin(), lines.end(), const_cast<Line*>(memory->get()));
  seal(*memory);
  const std::span<const Line> copied(memory->get(), lines.size());
  return Image(*std::move(memory), View(copied));
}

}  // namespace ptrd::image
