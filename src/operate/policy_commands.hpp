// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "json/value.hpp"
#include "policy/policy.hpp"

namespace ptrd::operate {

/// Maximum number of rules in one response, so that the memory for a client does not grow with the policy.
inline constexpr size_t kMaxRulesShown = 1000;

/// The rules of a policy from number `after` + 1 on, with how often each has matched; `next` if there are
/// more.
[[nodiscard]] json::Value rules_json(const policy::Policy& policy, size_t after);

/// How often each rule has matched, by "NUMBER: NAME"; of the first kMaxRulesShown.
[[nodiscard]] json::Value hits_json(const policy::Policy& policy);

/// A query for `policy_verdict`, as text.
struct PolicyQuestion {
  std::string name;    // or an address
  std::string client;  // an address; empty: unknown, no rule on clients is asked
  std::string type = "PTR";

  /// Sets the member of that name; false: there is none.
  [[nodiscard]] bool set(std::string_view member, std::string value);
};
/// Which rules a query meets, and what is done with it. Error: what is wrong with the question.
[[nodiscard]] tl::expected<json::Value, std::string> policy_verdict(const policy::Policy& policy,
                                                                    const PolicyQuestion& question);

}  // namespace ptrd::operate
