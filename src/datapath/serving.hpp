// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

/// What a burst is answered from: an engine, and the policy that applies. Both are swapped as one.
struct Serving {
  answer::Engine engine;
  const policy::Policy* policy = nullptr;  // none: everything is answered
};

}  // namespace ptrd::datapath
