// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <functional>

namespace ptrd::swap {

/// An image::Executor with a thread per CPU that this process may use, including the caller's; they end with
/// the call. Only for the start: with workers running they would take CPUs from them.
void run_on_all_cpus(size_t count, const std::function<void(size_t)>& work);

/// An image::Executor that works in the caller's thread and sleeps after every 100 microseconds, or a longer
/// piece, for as long as it has worked: for swaps. If workers leave no CPU free, one of them loses a fraction
/// of a millisecond each time, and not the scheduler's slice of several.
void run_with_rests(size_t count, const std::function<void(size_t)>& work);

}  // namespace ptrd::swap
