// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "rdns/finding.hpp"

namespace ptrd::cli {

enum class Format : uint8_t { text, json };

/// Prints entries as they come: a line each, or the elements of an array in one JSON document
/// `{"<array>": [...], "summary": {...}}`. So a file with a million findings needs no memory for them.
class Report {
 public:
  Report(Format format, std::string array, std::FILE* out = stdout);

  void add(const rdns::Finding& finding);
  void add(const std::string& line, const nlohmann::ordered_json& json);
  /// Ends the report.
  void finish(const std::string& line, const nlohmann::ordered_json& summary);

  [[nodiscard]] uint64_t errors() const { return errors_; }
  [[nodiscard]] uint64_t warnings() const { return warnings_; }

 private:
  Format format_;
  std::FILE* out_;
  bool first_ = true;
  uint64_t errors_ = 0;
  uint64_t warnings_ = 0;
};

/// `1 error`, `2 errors`.
[[nodiscard]] std::string plural(uint64_t count, const std::string& what);

}  // namespace ptrd::cli
