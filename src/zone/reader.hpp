// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/range_directive.hpp"

namespace ptrd::zone {

enum class Severity : uint8_t { warning, error };

/// One thing that is wrong with a zone file. Printed as `file:line: severity: text`, with the column behind
/// the line where it is known.
struct Finding {
  std::string file;
  uint64_t line = 0;  // from 1; 0: the file as a whole, and then it is printed as `file: severity: text`
  Severity severity = Severity::error;
  std::string text;
  size_t column = 0;  // from 1; 0: not known

  [[nodiscard]] std::string to_text() const;
};

/// One resource record as it was read; the spans are valid during the callback only.
struct Record {
  wire::Bytes owner;  // wire form, case kept
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint32_t ttl = 0;
  wire::Bytes rdata;
  std::string_view file;  // the file it stands in (an included one, maybe)
  uint64_t line = 0;      // of the record's end (for $GENERATE: of the directive)
};

/// A `;@range` directive as it was read; `file` is valid during the callback only.
struct DeclaredRange {
  RangeDirective range;
  uint32_t ttl = 0;  // its own, or the default in force
  std::string_view file;
  uint64_t line = 0;
};

struct ReadOptions {
  wire::Name origin;                    // the first $ORIGIN
  uint32_t default_ttl = 3600;          // until a $TTL, or an explicit TTL (RFC 2308 4)
  uint64_t max_generated = 1ULL << 26;  // records that $GENERATE may make in one file tree
  size_t max_findings = 100;            // reading stops after so many; the last finding says so
  unsigned max_include_depth = 16;
  /// Files and folders that $INCLUDE may read, beside those below the zone file's own folder.
  std::vector<std::string> include_paths = {};
  std::atomic<uint64_t>* bytes_read = nullptr;  // how much text was read is added to it, now and then
  std::function<void(const DeclaredRange&)> range_sink = {};  // empty: `;@range` is a comment like any other
};

/// Reads one master file (RFC 1035 5, RFC 2308 4 for $TTL, RFC 3597, $INCLUDE, BIND's $GENERATE) and calls
/// `sink` for every record in order. All syntax errors of the file are gathered, not just the first. True
/// when there was none.
bool read_zone_file(const std::string& path, const ReadOptions& options,
                    const std::function<void(const Record&)>& sink, std::vector<Finding>& findings);

/// The same for text in memory; `name` stands in findings, $INCLUDE is relative to `base`.
bool read_zone_text(std::string_view text, std::string_view name, const std::string& base,
                    const ReadOptions& options, const std::function<void(const Record&)>& sink,
                    std::vector<Finding>& findings);

}  // namespace ptrd::zone
