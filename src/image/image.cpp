// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ptrd::image {

void Image::Unmap::operator()(const Line* lines) const {
  munmap(const_cast<Line*>(lines), size);
}

namespace {

constexpr size_t kHugePage = 2 << 20;

bool read_all(int fd, uint8_t* to, size_t size) {
  for (size_t at = 0; at < size;) {
    const ssize_t got = pread(fd, to + at, size - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;  // somebody cut the file meanwhile
    if (got <= 0) return false;
    at += static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

tl::expected<Image, std::string> Image::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make it wait
  if (fd < 0) return tl::unexpected(path + ": " + std::strerror(errno));
  auto image = read(fd, path);
  ::close(fd);
  return image;
}

tl::expected<Image, std::string> Image::read(int fd, const std::string& name) {
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
  const size_t room = (size + kHugePage - 1) / kHugePage * kHugePage;
  void* memory = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail(std::string("no memory for it: ") + std::strerror(errno));
  std::unique_ptr<const Line, Unmap> owner(static_cast<const Line*>(memory), Unmap{room});
  madvise(memory, room, MADV_HUGEPAGE);  // fewer TLB misses; without it all works as well
  if (!read_all(fd, static_cast<uint8_t*>(memory), size))
    return fail(std::string("cannot read it: ") + std::strerror(errno));
  mprotect(memory, room, PROT_READ);
  const std::span<const Line> lines(owner.get(), size / kLineSize);
  if (const auto ok = verify(lines); !ok) return fail(ok.error());
  return Image(std::move(owner), View(lines));
}

}  // namespace ptrd::image
