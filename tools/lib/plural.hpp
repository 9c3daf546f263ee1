// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/wire/plural.hpp"

namespace ptrd {

using wire::plural;

}  // namespace ptrd
