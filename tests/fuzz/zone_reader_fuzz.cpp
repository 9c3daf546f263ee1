// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// Arbitrary bytes as a master file: the reader must end, stay within bounds and give only whole names and
// sane findings.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/read/reader.hpp"

using namespace ptrd;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  zone::ReadOptions options;
  options.max_generated = 300;
  options.max_include_depth = 0;  // refuses every $INCLUDE before a file is opened
  if (const auto origin = wire::Name::from_text("2.0.192.in-addr.arpa.")) options.origin = *origin;

  const std::string_view text(reinterpret_cast<const char*>(data), size);
  uint64_t last_line = 1;
  options.range_sink = [&](const zone::DeclaredRange& range) {
    if (range.line < last_line || range.ttl > INT32_MAX) abort();
    last_line = range.line;
    if (zone::pattern_fault(range.range.pattern, range.range.prefix)) abort();
  };
  std::vector<zone::Finding> findings;
  const bool good = zone::read_zone_text(
      text, "fuzz", "/nonexistent", options,
      [&](const zone::Record& record) {
        if (!wire::is_plain_name(record.owner)) abort();
        if (record.line < last_line || record.rclass != 1 || record.ttl > INT32_MAX) abort();
        last_line = record.line;
      },
      findings);
  size_t errors = 0;
  for (const auto& finding : findings) {
    if (finding.severity == zone::Severity::error) ++errors;
    (void)finding.to_text();
  }
  if (good != (errors == 0)) abort();
  return 0;
}
