// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ptrd/wire/bytes.hpp"

// How large an answer is that contains a whole RRset, as it must (RFC 2181 9): a message over TCP has at most
// 65,535 octets (RFC 1035 4.2.2).
namespace ptrd::zone {

inline constexpr size_t kMaxAnswer = 65'535;

struct AnswerSize {
  /// Octets that no server's answer can be below: header, question, and the records, duplicates once, where
  /// every name that may be compressed (RFC 1035 4.1.4, RFC 3597 4) shares all that it can with the others.
  size_t least = 0;
  /// Whether ptrd's answer to a client with EDNS has room for them in `kMaxAnswer`.
  bool fits = true;
};

/// For the RRset of `type` at `owner` with these data, well formed, in the order of the zone's text.
/// `others`: so many more records have names that are not known; they count as the shortest that there can
/// be.
[[nodiscard]] AnswerSize answer_size(wire::Bytes owner, uint16_t type, std::span<const wire::Bytes> rdatas,
                                     size_t others = 0);

/// Octets of these records without compression; if no more than this fits into `kMaxAnswer` with a header and
/// a question, there is nothing to compute.
[[nodiscard]] constexpr size_t full_record_size(size_t rdata_size) {
  constexpr size_t kBeforeData =
      12;  // a pointer to the question's name, type, class, TTL, length (RFC 1035 4.1.3)
  return kBeforeData + rdata_size;
}

}  // namespace ptrd::zone
