// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <functional>

namespace ptrd::swap {

/// An image::Executor with a thread for each CPU that this process may use, the caller's among them; they end
/// with the call. For the start only: beside workers they would take CPUs from these.
void run_on_all_cpus(size_t count, const std::function<void(size_t)>& work);

/// An image::Executor that works in the caller's thread and sleeps now and then, after 100 microseconds or a
/// longer piece, for as long as it has worked: for swaps. Where workers leave no CPU free, one of them loses
/// a fraction of a millisecond to it each time, and not the scheduler's slice of several.
void run_with_rests(size_t count, const std::function<void(size_t)>& work);

}  // namespace ptrd::swap
