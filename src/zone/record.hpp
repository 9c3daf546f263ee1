// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string_view>

#include "ptrd/wire/bytes.hpp"
#include "zone/range_directive.hpp"

namespace ptrd::zone {

/// One resource record as it was read; the spans are valid only during the callback.
struct Record {
  wire::Bytes owner;  // wire form, case kept
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint32_t ttl = 0;
  wire::Bytes rdata;
  std::string_view file;  // the file that contains it (possibly an included one)
  uint64_t line = 0;      // at the record's end (for $GENERATE: of the directive)
};

/// A `;@range` directive as it was read; `file` is valid only during the callback.
struct DeclaredRange {
  RangeDirective range;
  uint32_t ttl = 0;  // stated, or the default in force
  std::string_view file;
  uint64_t line = 0;
};

}  // namespace ptrd::zone
