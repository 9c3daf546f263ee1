// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/finding.hpp"
#include "zone/record.hpp"

namespace ptrd::zone {

struct ReadOptions {
  wire::Name origin;                    // the initial $ORIGIN
  uint32_t default_ttl = 3600;          // until a $TTL, or an explicit TTL (RFC 2308 4)
  uint64_t max_generated = 1ULL << 26;  // records that $GENERATE may make in one file tree
  size_t max_findings = 100;            // reading stops after that many; the last finding says so
  unsigned max_include_depth = 16;
  /// Files and directories that $INCLUDE may read, in addition to those below the zone file's own directory.
  std::vector<std::string> include_paths = {};
  /// The directory for relative paths in $INCLUDE, as BIND and NSD have one for all zones; empty: that of the
  /// including file, as in Knot.
  std::string include_base = {};
  std::atomic<uint64_t>* bytes_read = nullptr;                // incremented by the bytes read, now and then
  std::function<void(const DeclaredRange&)> range_sink = {};  // empty: `;@range` is an ordinary comment
};

/// Reads one master file (RFC 1035 5, RFC 2308 4 for $TTL, RFC 3597, $INCLUDE, BIND's $GENERATE) and calls
/// `sink` for every record in order. Collects all syntax errors of the file, not just the first. True if
/// there was none.
bool read_zone_file(const std::string& path, const ReadOptions& options,
                    const std::function<void(const Record&)>& sink, std::vector<Finding>& findings);

/// The same for text in memory; `name` is used in findings, $INCLUDE is relative to `base`.
bool read_zone_text(std::string_view text, std::string_view name, const std::string& base,
                    const ReadOptions& options, const std::function<void(const Record&)>& sink,
                    std::vector<Finding>& findings);

}  // namespace ptrd::zone
