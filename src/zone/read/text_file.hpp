// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::zone {

/// Identifies a file, whatever path led to it.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// A file's bytes, mapped if it is a large regular file; a pipe is read to its end. Truncating a mapped file
/// kills the reader (SIGBUS): replace zone files by renaming.
class TextFile {
 public:
  /// Error: the system's error message, such as "No such file or directory".
  static tl::expected<TextFile, std::string> open(const std::string& path);

  TextFile(TextFile&& other) noexcept;
  TextFile& operator=(TextFile&&) = delete;
  ~TextFile();

  [[nodiscard]] std::string_view text() const {
    return map_.data() == nullptr ? std::string_view(read_) : map_;
  }
  [[nodiscard]] FileId id() const { return id_; }

 private:
  TextFile() = default;

  std::string_view map_;
  std::string read_;
  FileId id_;
};

}  // namespace ptrd::zone
