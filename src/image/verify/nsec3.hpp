// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "image/verify/tree.hpp"

namespace ptrd::image {

/// Checks the NSEC3 records of a zone at `line` that has some. Throws a Fault.
void check_nsec3(SharedChecks& common, const Zone& zone, uint32_t line, const Executor& run);

}  // namespace ptrd::image
