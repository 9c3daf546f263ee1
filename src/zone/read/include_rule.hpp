// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ptrd::zone {

/// Which files $INCLUDE may read. A zone's text may come from someone else, and errors in an included file
/// are reported; so only files below the zone file's own directory, and those that the operator names, may be
/// read. Links and `..` are resolved first.
class IncludeRule {
 public:
  enum class Verdict {
    own,      // below the zone file's directory
    allowed,  // elsewhere, but named by the operator: findings do not quote its contents
    refused,
  };
  struct Place {
    Verdict verdict;
    std::string real;  // without links; the path to open
  };

  /// `folder` is the zone file's directory; `allowed`, which must outlive the rule, are files and
  /// directories.
  IncludeRule(std::string folder, const std::vector<std::string>& allowed)
      : folder_(std::move(folder)), allowed_(allowed) {}

  /// Links are resolved only here: nearly all files have no $INCLUDE.
  [[nodiscard]] Place look(const std::string& file) const;

 private:
  std::string folder_;
  const std::vector<std::string>& allowed_;
};

}  // namespace ptrd::zone
