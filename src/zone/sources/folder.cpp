// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/folder.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace ptrd::zone {

namespace fs = std::filesystem;

namespace {

class Walk {
 public:
  Walk(std::vector<std::string>& files, std::vector<Finding>& findings)
      : files_(files), findings_(findings) {}

  void read(const fs::path& folder, size_t depth) {
    const auto fail = [&](std::string why) {
      findings_.push_back({folder.string(), 0, Severity::error, std::move(why)});
    };
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return fail(std::generic_category().message(errno));
    if (!seen_.emplace(status.st_dev, status.st_ino).second)
      return note(folder, "a link to a folder that is read already");
    if (depth > kMaxFolderDepth)
      return fail(fmt::format("folders are nested more than {} deep", kMaxFolderDepth));
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      take(*it, depth);
    if (error) fail(error.message());
  }

 private:
  void take(const fs::directory_entry& entry, size_t depth) {
    std::error_code error;
    if (entry.is_directory(error)) {
      if (entry.path().filename().native().starts_with('.')) return note(entry.path(), "a hidden folder");
      return read(entry.path(), depth + 1);
    }
    // A link to nothing is left to the reader, which says what is wrong.
    if (entry.exists(error) && !entry.is_regular_file(error)) return note(entry.path(), "not a regular file");
    files_.push_back(entry.path().string());
  }

  void note(const fs::path& path, const char* what) {
    findings_.push_back({path.string(), 0, Severity::note, fmt::format("not read: {}", what)});
  }

  std::vector<std::string>& files_;
  std::vector<Finding>& findings_;
  std::set<std::pair<dev_t, ino_t>> seen_;  // folders
};

}  // namespace

std::vector<std::string> files_below(const std::string& folder, std::vector<Finding>& findings) {
  std::vector<std::string> files;
  Walk(files, findings).read(folder, 0);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace ptrd::zone
