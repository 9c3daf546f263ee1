// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "image/patch/lines.hpp"
#include "image/patch/tail_index.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// A change of one name's records in a zone, as an UPDATE message has it (RFC 2136 2.5).
struct RecordChange {
  enum class Op : uint8_t { add, remove_record, remove_set, remove_name };
  Op op = Op::add;
  wire::Bytes owner;       // wire form, any case, uncompressed
  uint16_t type = 0;       // but for remove_name
  uint32_t ttl = 0;        // add
  wire::Bytes rdata = {};  // add, remove_record: names in it uncompressed
};

/// What became of the changes.
struct Patched {
  uint64_t added = 0;  // records, the SOA not counted
  uint64_t removed = 0;
};

/// Changes the records of zones in an image in memory, which nobody reads meanwhile. The result answers as an
/// image compiled from the changed zones would, and passes `verify`.
class Patcher {
 public:
  explicit Patcher(Lines& lines);

  /// Makes the changes of one zone, in their order (RFC 2136 3.4.2: what is to be removed need not be there).
  /// Lines::keep or undo has to follow. Error: one sentence; what cannot be served is refused, and what only
  /// a new image can hold.
  [[nodiscard]] tl::expected<Patched, std::string> apply(const wire::Name& apex,
                                                         std::span<const RecordChange> changes);

 private:
  Lines& lines_;
  TailIndex tails_;
};

}  // namespace ptrd::image
