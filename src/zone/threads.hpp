// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/image/image.hpp"

namespace ptrd::zone {

/// An Executor with `jobs` threads, including the caller's; the others end after each call.
[[nodiscard]] image::Executor on_threads(unsigned jobs);

}  // namespace ptrd::zone
