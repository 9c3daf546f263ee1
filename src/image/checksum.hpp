// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>

#include "ptrd/image/image.hpp"

// The parts of Header::checksum, so that reading can hash data while it is in the cache.

namespace ptrd::image {

/// Number of chunks of an image of that many lines.
[[nodiscard]] constexpr size_t checksum_chunks(size_t lines) {
  return (lines + kChecksumLines - 1) / kChecksumLines;
}
/// XXH3-64 of one chunk of `lines`; in the first one the header's checksum field is treated as zero.
[[nodiscard]] uint64_t chunk_hash(std::span<const Line> lines, size_t chunk);
/// The checksum from the hashes of all chunks.
[[nodiscard]] uint64_t checksum_of(std::span<const uint64_t> chunk_hashes);

/// Checks the header of an image of that many lines: magic, version, size. Error: one sentence that says what
/// is wrong.
[[nodiscard]] tl::expected<void, std::string> check_start(const Header& header, uint64_t lines);

/// `verify` if the checksum of `lines` is known to be `actual`.
[[nodiscard]] tl::expected<void, std::string> verify_hashed(std::span<const Line> lines, uint64_t actual,
                                                            const Executor& run);

}  // namespace ptrd::image
