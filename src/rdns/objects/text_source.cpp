// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/text_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace ptrd::rdns {
namespace {

constexpr size_t kPiece = 256 * 1024;

using Failure = tl::unexpected<std::string>;

/// Closes a descriptor, except standard input.
class Input {
 public:
  explicit Input(const std::string& path)
      : fd_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// zlib's reader, with its own descriptor.
class GzInput {
 public:
  explicit GzInput(int fd) : file_(gzdopen(::dup(fd), "rb")) {
    if (file_ != nullptr) gzbuffer(file_, kPiece);
  }
  GzInput(const GzInput&) = delete;
  GzInput& operator=(const GzInput&) = delete;
  ~GzInput() { (void)close(); }

  [[nodiscard]] gzFile file() const { return file_; }
  /// Z_BUF_ERROR: the last read ended inside the compressed text.
  int close() {
    const int result = file_ == nullptr ? Z_OK : gzclose_r(file_);
    file_ = nullptr;
    return result;
  }

 private:
  gzFile file_;
};

using PieceSink = std::function<void(std::string_view, Position)>;

tl::expected<void, std::string> read_plain(const std::string& path, int fd, uint64_t total,
                                           const PieceSink& sink) {
  std::vector<char> buffer(kPiece);
  for (uint64_t read = 0;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failure(path + ": cannot be read: " + std::strerror(errno));
    if (size == 0) return {};
    read += static_cast<uint64_t>(size);
    sink({buffer.data(), static_cast<size_t>(size)}, {read, total});
  }
}

tl::expected<void, std::string> read_gz(const std::string& path, int fd, uint64_t total,
                                        const PieceSink& sink) {
  GzInput input(fd);
  if (input.file() == nullptr) return Failure(path + ": cannot be read: zlib is out of memory");
  std::vector<char> buffer(kPiece);
  for (;;) {
    const int size = gzread(input.file(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (size < 0) {
      int number = 0;
      return Failure(path + ": damaged, or not a gzip file: " + gzerror(input.file(), &number));
    }
    if (size == 0) break;
    const auto offset = gzoffset(input.file());
    sink({buffer.data(), static_cast<size_t>(size)}, {offset < 0 ? 0 : static_cast<uint64_t>(offset), total});
  }
  if (input.close() != Z_OK) return Failure(path + ": the gzip file is truncated; fetch it again");
  return {};
}

}  // namespace

tl::expected<void, std::string> read_pieces(const std::string& path, const PieceSink& piece) {
  const Input input(path);
  if (input.fd() < 0) return Failure(path + ": cannot be opened: " + std::strerror(errno));
  struct stat status = {};
  const bool regular = ::fstat(input.fd(), &status) == 0 && S_ISREG(status.st_mode);
  const uint64_t total = regular ? static_cast<uint64_t>(status.st_size) : 0;
  if (path.ends_with(".gz")) return read_gz(path, input.fd(), total, piece);
  return read_plain(path, input.fd(), total, piece);
}

}  // namespace ptrd::rdns
