// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::service {

/// Bytes of the length that stands before each message on a stream (RFC 1035 4.2.2).
inline constexpr size_t kLengthSize = 2;
inline constexpr size_t kMaxMessage = 0xFFFF;

/// The first message of `stream`, without its length, when all of it is there; it may be empty.
[[nodiscard]] inline std::optional<wire::Bytes> first_message(wire::Bytes stream) {
  if (stream.size() < kLengthSize) return std::nullopt;
  const size_t size = wire::load16(stream.data());
  if (stream.size() - kLengthSize < size) return std::nullopt;
  return stream.subspan(kLengthSize, size);
}

/// Bytes that `stream`, which holds part of one message, lacks as far as is known: to its length, or then to
/// its end.
[[nodiscard]] inline size_t missing(wire::Bytes stream) {
  if (stream.size() < kLengthSize) return kLengthSize - stream.size();
  return kLengthSize + wire::load16(stream.data()) - stream.size();
}

}  // namespace ptrd::service
