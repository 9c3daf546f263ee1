// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::zone {

/// Tells one file from another, whatever path led to it.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// A file's bytes, mapped while it is a regular file; a pipe is read to its end. A file that is cut short by
/// others while it is mapped kills the reader (SIGBUS): zone files are to be replaced by rename.
class TextFile {
 public:
  /// Error: the text of the system's error, such as "No such file or directory".
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
