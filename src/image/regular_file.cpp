// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ptrd::image {

tl::expected<int, NotOpened> open_regular_file(const std::string& path) {
  const auto failed = [] { return tl::unexpected(NotOpened{.error = errno, .why = std::strerror(errno)}); };
  const auto other = [] {
    return tl::unexpected(NotOpened{.other_kind = true, .why = "not a regular file"});
  };
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return other();
  // The path may refer to another file by now, which must not block either.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return failed();
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) return fd;
  ::close(fd);
  return other();
}

tl::expected<std::string, std::string> read_regular_file(const std::string& path, size_t most) {
  const auto opened = open_regular_file(path);
  if (!opened) return tl::unexpected(path + ": " + opened.error().why);
  std::string text(most + 1, '\0');
  size_t size = 0;
  ssize_t got = 1;
  while (got > 0 && size < text.size()) {
    got = ::read(*opened, &text[size], text.size() - size);
    if (got > 0) size += static_cast<size_t>(got);
  }
  const int error = errno;
  ::close(*opened);
  if (got < 0) return tl::unexpected(path + ": cannot read the file: " + std::strerror(error));
  if (size > most) return tl::unexpected(path + ": larger than " + std::to_string(most >> 20) + " MiB");
  text.resize(size);
  return text;
}

}  // namespace ptrd::image
