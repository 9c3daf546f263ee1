// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rdns/finding.hpp"
#include "rdns/objects/domain_object.hpp"
#include "rdns/objects/hierarchy.hpp"
#include "rdns/objects/text_source.hpp"

namespace ptrd::rdns {

struct ScanCounts {
  uint64_t domains = 0;      // domain objects of the reverse trees, valid or not
  uint64_t enums = 0;        // domain objects below e164.arpa, skipped
  uint64_t passed_over = 0;  // objects of other classes
  [[nodiscard]] uint64_t objects() const { return domains + enums + passed_over; }
};

/// Reads files of RPSL objects and checks the domain objects in them one by one; keeps nothing of a file.
class DomainScan {
 public:
  using Take = std::function<void(const DomainObject& object, Place place)>;
  using Progress = std::function<void(Position, const ScanCounts&)>;

  /// `take` gets each object whose domain can be read, `findings` the errors in these and in others.
  DomainScan(Operation operation, FindingSink findings, Take take)
      : operation_(operation), findings_(std::move(findings)), take_(std::move(take)) {}

  /// Error: the file cannot be read (completely); what came before was checked.
  tl::expected<void, std::string> read(const std::string& path, const Progress& progress);

  [[nodiscard]] const ScanCounts& counts() const { return counts_; }
  /// Names of the files by `Place::file`.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  class Sink;

  Operation operation_;
  FindingSink findings_;
  Take take_;
  ScanCounts counts_;
  std::vector<std::string> files_;
};

}  // namespace ptrd::rdns
