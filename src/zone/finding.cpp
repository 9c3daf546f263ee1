// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/finding.hpp"

#include <fmt/core.h>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::zone {

std::string Finding::to_text() const {
  const char* word = severity == Severity::error     ? "error"
                     : severity == Severity::warning ? "warning"
                                                     : "note";
  // The name may come from an $INCLUDE in an untrusted zone.
  const std::string name = wire::one_line(file);
  if (line == 0) return fmt::format("{}: {}: {}", name, word, text);
  if (column == 0) return fmt::format("{}:{}: {}: {}", name, line, word, text);
  return fmt::format("{}:{}:{}: {}: {}", name, line, column, word, text);
}

}  // namespace ptrd::zone
