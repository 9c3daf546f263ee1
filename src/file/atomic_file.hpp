// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace ptrd::file {

/// A file that is renamed into place when it is complete; until then, or if that never happens, the previous
/// file stays.
class AtomicFile {
 public:
  static tl::expected<AtomicFile, std::string> create(std::string path);
  AtomicFile(AtomicFile&&) = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  [[nodiscard]] std::FILE* stream() const { return stream_.get(); }
  /// Syncs the file to disk and renames it. Error: one line with the file's name.
  tl::expected<void, std::string> commit();

 private:
  struct Close {
    void operator()(std::FILE* stream) const { (void)std::fclose(stream); }
  };
  AtomicFile(std::string path, std::string temporary, std::FILE* stream)
      : path_(std::move(path)), temporary_(std::move(temporary)), stream_(stream) {}

  std::string path_;
  std::string temporary_;
  std::unique_ptr<std::FILE, Close> stream_;
};

/// Gives the file `from`, which is synced, the name `to`, in place of the file that has it; both in one
/// folder, which is synced. Error: one line.
[[nodiscard]] tl::expected<void, std::string> replace(const std::string& from, const std::string& to);

}  // namespace ptrd::file
