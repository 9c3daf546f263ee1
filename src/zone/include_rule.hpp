// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <filesystem>
#include <vector>

namespace ptrd::zone {

/// Which files $INCLUDE may read. A zone's text may be another's, and what is wrong with an included file is
/// told; so the files below the zone file's own folder may be read, and what the operator names. Links and
/// `..` are resolved before the look.
class IncludeRule {
 public:
  enum class Verdict {
    own,      // below the zone file's folder
    allowed,  // elsewhere, and named by the operator: its contents do not appear in findings
    refused,
  };
  struct Place {
    Verdict verdict;
    std::filesystem::path real;  // without links, to open
  };

  /// `folder` is the zone file's; `allowed` are files and folders.
  IncludeRule(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& allowed);

  [[nodiscard]] Place look(const std::filesystem::path& file) const;

 private:
  std::filesystem::path own_;
  std::vector<std::filesystem::path> allowed_;
};

}  // namespace ptrd::zone
