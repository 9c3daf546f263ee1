// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <functional>

namespace ptrd::control {

/// An image::Executor with a thread for each CPU that this process may use, the caller's among them; they end
/// with the call. For the start only: beside workers they would take CPUs from these.
void run_on_all_cpus(size_t count, const std::function<void(size_t)>& work);

}  // namespace ptrd::control
