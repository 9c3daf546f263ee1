// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "file/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace ptrd::file {

namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

auto failed(const char* what) {
  return tl::unexpected(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

tl::expected<MemoryFile, std::string> MemoryFile::create(const char* name) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return failed("cannot create a file in memory");
  return MemoryFile(descriptor);
}

tl::expected<MemoryFile, std::string> MemoryFile::adopt(int descriptor, size_t most) {
  MemoryFile file(descriptor);
  const int seals = ::fcntl(descriptor, F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) return tl::unexpected<std::string>("it is not sealed");
  if (auto ok = file.map(most); !ok) return tl::unexpected(std::move(ok.error()));
  return file;
}

MemoryFile::~MemoryFile() {
  if (!contents_.empty()) ::munmap(const_cast<char*>(contents_.data()), contents_.size());
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool MemoryFile::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

tl::expected<void, std::string> MemoryFile::seal() {
  if (::fcntl(descriptor_, F_ADD_SEALS, kSeals) != 0) return failed("cannot seal a file in memory");
  return map(SIZE_MAX);
}

tl::expected<void, std::string> MemoryFile::map(size_t most) {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return failed("cannot read a file in memory");
  const auto size = static_cast<size_t>(status.st_size);
  if (size > most)
    return tl::unexpected("it has " + std::to_string(size) + " bytes, more than " + std::to_string(most));
  if (size == 0) return {};
  void* const there = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor_, 0);
  if (there == MAP_FAILED) return failed("cannot map a file in memory");
  contents_ = {static_cast<const char*>(there), size};
  return {};
}

}  // namespace ptrd::file
