// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "json.hpp"
#include "lib/plural.hpp"
#include "options.hpp"
#include "rdns/finding.hpp"

namespace ptrd::cli {

/// Prints entries as they come: one line each, or the elements of an array in one JSON document `{"<array>":
/// [...], "summary": {...}}`. So a file with a million findings needs no memory for them.
class Report {
 public:
  Report(Format format, const std::string& array, std::FILE* out = stdout);

  void add(const rdns::Finding& finding);
  void add(const std::string& line, const Members& members);
  /// Ends the report.
  void finish(const std::string& line, const Members& summary);

  [[nodiscard]] uint64_t errors() const { return errors_; }
  [[nodiscard]] uint64_t warnings() const { return warnings_; }

 private:
  Format format_;
  std::FILE* out_;
  bool first_ = true;
  uint64_t errors_ = 0;
  uint64_t warnings_ = 0;
};

}  // namespace ptrd::cli
