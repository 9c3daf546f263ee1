// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::service {

/// Size of the length field before each message on a stream (RFC 1035 4.2.2).
inline constexpr size_t kLengthSize = 2;
inline constexpr size_t kMaxMessage = 0xFFFF;

/// The first message of `stream`, without its length field, if it is complete; it may be empty.
[[nodiscard]] inline std::optional<wire::Bytes> first_message(wire::Bytes stream) {
  if (stream.size() < kLengthSize) return std::nullopt;
  const size_t size = wire::load16(stream.data());
  if (stream.size() - kLengthSize < size) return std::nullopt;
  return stream.subspan(kLengthSize, size);
}

/// The number of bytes missing from `stream`, which holds part of one message: up to the end of the length
/// field, or, once that is known, up to the end of the message.
[[nodiscard]] inline size_t missing(wire::Bytes stream) {
  if (stream.size() < kLengthSize) return kLengthSize - stream.size();
  return kLengthSize + wire::load16(stream.data()) - stream.size();
}

}  // namespace ptrd::service
