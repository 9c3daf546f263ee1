// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/image/image.hpp"

namespace ptrd::change {

/// What a compiler makes of an image's zones with the changes in the first `journal_bytes` of its journal,
/// which another process may go on writing: no room is lost in it. Takes the memory of both images, and some
/// 80 bytes a record. Error: one line.
[[nodiscard]] tl::expected<std::vector<image::Line>, std::string> compact(
    const image::View& image, const std::string& journal, uint64_t journal_bytes,
    const image::Executor& run = image::run_in_turn);

}  // namespace ptrd::change
