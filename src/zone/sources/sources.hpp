// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <vector>

#include "zone/sources/inputs.hpp"
#include "zone/sources/source.hpp"

namespace ptrd::zone {

/// All sources that `inputs` name. Errors go to `findings`, and notes about what is not read.
[[nodiscard]] std::vector<Source> sources_of(const Inputs& inputs, std::vector<Finding>& findings);

}  // namespace ptrd::zone
