// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "file/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ptrd::file {

using Failure = tl::unexpected<std::string>;

tl::expected<AtomicFile, std::string> AtomicFile::create(std::string path) {
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return Failure(path + ": cannot create a temporary file beside it: " + std::strerror(errno));
  std::FILE* stream = ::fdopen(fd, "w");
  if (stream == nullptr) {
    const std::string why = std::strerror(errno);
    ::close(fd);
    ::unlink(temporary.c_str());
    return Failure(path + ": cannot write: " + why);
  }
  return AtomicFile(std::move(path), std::move(temporary), stream);
}

AtomicFile::~AtomicFile() {
  if (stream_ != nullptr) ::unlink(temporary_.c_str());
}

tl::expected<void, std::string> AtomicFile::commit() {
  const int fd = ::fileno(stream_.get());
  const bool written = std::fflush(stream_.get()) == 0 && std::ferror(stream_.get()) == 0 &&
                       ::fchmod(fd, 0644) == 0 && ::fsync(fd) == 0;
  if (!written || ::rename(temporary_.c_str(), path_.c_str()) != 0)
    return Failure(path_ + ": cannot write: " + std::strerror(errno));
  stream_.reset();
  return {};
}

tl::expected<void, std::string> replace(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return Failure(to + ": cannot take the place of it: " + std::strerror(errno));
  const size_t slash = to.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : to.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!synced) return Failure(folder + ": cannot sync it: " + why);
  return {};
}

}  // namespace ptrd::file
