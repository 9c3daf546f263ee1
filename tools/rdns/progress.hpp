// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "lib/progress_line.hpp"
#include "rdns/objects/scan.hpp"

namespace ptrd::cli {

/// A line that shows how far a file of objects is read.
class ScanProgress {
 public:
  explicit ScanProgress(std::string file) : file_(std::move(file)) {}

  void show(rdns::Position position, const rdns::ScanCounts& counts);
  void wipe() { line_.wipe(); }

 private:
  std::string file_;
  ProgressLine line_;
};

/// Reads a file of domain objects, and shows how far it is.
[[nodiscard]] tl::expected<void, std::string> read_objects(rdns::DomainScan& scan, const std::string& file);

}  // namespace ptrd::cli
