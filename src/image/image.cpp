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

tl::expected<Image, std::string> Image::open(const std::string& path) {
  const auto fail = [&](const std::string& why) { return tl::unexpected<std::string>(path + ": " + why); };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(std::strerror(errno));
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return fail("not a regular file");
  }
  const auto size = static_cast<size_t>(status.st_size);
  if (size < kHeaderLines * kLineSize || size % kLineSize != 0) {
    ::close(fd);
    return fail(
        "not a ptrd image, or cut short (its size is no multiple of 64 bytes); compile it again with "
        "ptrzone");
  }
  // Private, so that nobody's later writes to the file can make the checked bytes differ page by page before
  // first use.
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  const int why = errno;
  ::close(fd);
  if (memory == MAP_FAILED) return fail(std::string("cannot map it: ") + std::strerror(why));
  std::unique_ptr<const Line, Unmap> mapping(static_cast<const Line*>(memory), Unmap{size});
  const std::span<const Line> lines(mapping.get(), size / kLineSize);
  if (const auto ok = verify(lines); !ok) return fail(ok.error());
  return Image(std::move(mapping), View(lines));
}

}  // namespace ptrd::image
