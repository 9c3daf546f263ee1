// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::rdns {

/// The position in a source, in octets of the stored file (compressed ones for .gz).
struct Position {
  uint64_t read = 0;
  uint64_t total = 0;  // 0: unknown (a pipe)
};

/// Reads a file in pieces of at most a quarter of a megabyte, through zlib if its name ends with `.gz`; `-`
/// is standard input. Error: one line with the file's name; also for a damaged or truncated .gz.
tl::expected<void, std::string> read_pieces(const std::string& path,
                                            const std::function<void(std::string_view, Position)>& piece);

}  // namespace ptrd::rdns
