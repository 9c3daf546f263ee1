// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ptrd::zone {

/// Number of a source that does not exist.
inline constexpr uint32_t kNoSource = UINT32_MAX;

/// A note says what was not read, or how something was understood; it never makes a program fail.
enum class Severity : uint8_t { note, warning, error };

/// What is said about a zone file, or about a list of them. Printed as `file:line: severity: text`, with the
/// column after the line if known.
struct Finding {
  std::string file;
  uint64_t line = 0;  // from 1; 0: the whole file, printed as `file: severity: text`
  Severity severity = Severity::error;
  std::string text;
  size_t column = 0;            // from 1; 0: unknown
  uint32_t source = kNoSource;  // which of the sources that are read has it (see zone/compile/compile.hpp)

  [[nodiscard]] std::string to_text() const;
};

}  // namespace ptrd::zone
