// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Checks that each zone's name, which is well formed, is in lower case and leads to its apex. The tree and
/// the label index must have been checked. Throws a Fault.
void check_zone_names(const View& view, const Executor& run);

}  // namespace ptrd::image
