// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <concepts>
#include <span>

#include "ptrd/answer/engine.hpp"

namespace ptrd::policy {

/// The station between parse and lookup. A policy checks a burst of parsed queries and may turn some into
/// drops or minimal replies by setting their `path` and `kind`. It is a template parameter of the worker, so
/// one that admits everything costs nothing.
template <typename P>
concept Policy = requires(P policy, std::span<answer::Query> burst) {
  { policy.admit(burst) } -> std::same_as<void>;
};

/// Admits every query.
struct AdmitAll {
  void admit(std::span<answer::Query>) const {}
};
static_assert(Policy<AdmitAll>);

}  // namespace ptrd::policy
