// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "policy/policy.hpp"

namespace ptrd::policy {

/// The largest policy file in bytes, without its lists.
inline constexpr size_t kMaxPolicyFile = 16U << 20;

/// Reads a policy file (YAML; tools/dist/policy.yaml explains each key) and the lists and secrets that it
/// names, which are relative to its folder. Error: one line with file, line and column, what is wrong and how
/// to fix it.
[[nodiscard]] tl::expected<Spec, std::string> read_policy(const std::string& path);
/// The same for a text; `path` is used in errors and for the folder.
[[nodiscard]] tl::expected<Spec, std::string> parse_policy(const std::string& text, const std::string& path);

}  // namespace ptrd::policy
