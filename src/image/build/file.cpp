// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "image/build/builder.hpp"

namespace ptrd::image {

namespace {

bool write_all(int fd, const uint8_t* data, size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

}  // namespace

tl::expected<void, std::string> write_file(const std::string& path, const std::vector<Line>& lines) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0)
    return tl::unexpected<std::string>(path + ": cannot make a file beside it: " + std::strerror(errno));
  bool ok = write_all(fd, reinterpret_cast<const uint8_t*>(lines.data()), lines.size() * kLineSize) &&
            fchmod(fd, 0644) == 0 && fsync(fd) == 0;
  int why = errno;
  if (::close(fd) != 0 && ok) {
    why = errno;
    ok = false;
  }
  if (ok && ::rename(temporary.c_str(), path.c_str()) != 0) {
    why = errno;
    ok = false;
  }
  if (ok) return {};
  ::unlink(temporary.c_str());
  return tl::unexpected<std::string>(path + ": cannot write: " + std::strerror(why));
}

}  // namespace ptrd::image
