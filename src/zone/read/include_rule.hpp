// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
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
    std::string real;  // without links, to open
  };

  /// `folder` is the zone file's; `allowed` are files and folders.
  IncludeRule(const std::string& folder, const std::vector<std::string>& allowed);

  [[nodiscard]] Place look(const std::string& file) const;

 private:
  std::string own_;
  std::vector<std::string> allowed_;
};

}  // namespace ptrd::zone
