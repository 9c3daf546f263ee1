// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::rdns {

/// How far a source is read, in octets of the file as it is stored (compressed ones for .gz).
struct Position {
  uint64_t read = 0;
  uint64_t total = 0;  // 0: not known (a pipe)
};

/// Reads a file in pieces of at most a quarter of a megabyte, through zlib where its name ends with `.gz`;
/// `-` is standard input. Error: one line with the file's name; a .gz that is damaged or cut short is one.
tl::expected<void, std::string> read_pieces(const std::string& path,
                                            const std::function<void(std::string_view, Position)>& piece);

}  // namespace ptrd::rdns
