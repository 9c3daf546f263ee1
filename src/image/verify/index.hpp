// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>

#include "image/verify/claims.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Checks the label index: it refers to each Node of `labelled`, which the walk has checked and claimed, and
/// to nothing else. Throws a Fault.
void check_index(const View& view, const Claims& claims, std::span<const uint32_t> labelled,
                 const Executor& run);

}  // namespace ptrd::image
