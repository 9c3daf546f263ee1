// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ptrd::file {

/// Bytes that one process hands to another: a file without a name, in memory (memfd_create(2)). Its maker
/// writes and seals it; from then on nobody can change it, so the other process reads it where it is.
class MemoryFile {
 public:
  /// An empty one; `name` is shown in /proc. Error: why not.
  [[nodiscard]] static tl::expected<MemoryFile, std::string> create(const char* name);
  /// One that another process has sealed; takes ownership of the descriptor, also on failure. Error: it is
  /// not sealed, or has more than `most` bytes.
  [[nodiscard]] static tl::expected<MemoryFile, std::string> adopt(int descriptor, size_t most);
  MemoryFile(MemoryFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), contents_(std::exchange(other.contents_, {})) {}
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Appends; may be called in a child process. False: errno says why not.
  [[nodiscard]] bool write(std::string_view text) const;
  /// Ends writing. Error: why not.
  [[nodiscard]] tl::expected<void, std::string> seal();
  /// Of a sealed one; valid as long as this object.
  [[nodiscard]] std::string_view contents() const { return contents_; }

 private:
  explicit MemoryFile(int descriptor) : descriptor_(descriptor) {}
  [[nodiscard]] tl::expected<void, std::string> map(size_t most);

  int descriptor_;
  std::string_view contents_;
};

}  // namespace ptrd::file
