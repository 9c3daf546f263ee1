// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/text_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace ptrd::zone {
namespace {

/// Bytes of a regular file that is read rather than mapped. Below it a copy costs less than the faults of a
/// mapping, whose end interrupts the other threads' CPUs.
constexpr ssize_t kMaxRead = 65536;

struct Descriptor {
  int fd;
  explicit Descriptor(int f) : fd(f) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

tl::unexpected<std::string> system_fault(int error) {
  return tl::unexpected(std::generic_category().message(error));
}

}  // namespace

tl::expected<TextFile, std::string> TextFile::open(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat status;
  if (file.fd < 0 || ::fstat(file.fd, &status) != 0) return system_fault(errno);
  if (S_ISDIR(status.st_mode)) return system_fault(EISDIR);

  TextFile out;
  out.id_ = {status.st_dev, status.st_ino};
  if (S_ISREG(status.st_mode) && status.st_size > kMaxRead) {
    const auto size = static_cast<size_t>(status.st_size);
    void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
    if (bytes == MAP_FAILED) return system_fault(errno);
    ::madvise(bytes, size, MADV_SEQUENTIAL);
    out.map_ = {static_cast<const char*>(bytes), size};
    return out;
  }
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
    return tl::unexpected(std::string("Not a regular file"));
  std::array<char, kMaxRead> block;
  size_t left = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : SIZE_MAX;
  while (left > 0) {
    const ssize_t got = ::read(file.fd, block.data(), std::min(left, block.size()));
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return system_fault(errno);
    if (got > 0) {
      out.read_.append(block.data(), static_cast<size_t>(got));
      left -= static_cast<size_t>(got);
    }
  }
  return out;
}

TextFile::TextFile(TextFile&& other) noexcept
    : map_(std::exchange(other.map_, {})), read_(std::move(other.read_)), id_(other.id_) {}

TextFile::~TextFile() {
  if (map_.data() != nullptr) ::munmap(const_cast<char*>(map_.data()), map_.size());
}

}  // namespace ptrd::zone
