// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace ptrd::lint {

std::string Finding::to_text() const {
  const std::string where = line == 0 ? file : fmt::format("{}:{}", file, line);
  const std::string record =
      target.empty() ? owner : fmt::format("{}{}PTR {}", owner, owner.empty() ? "" : " ", target);
  return fmt::format("{}: {}: {}: {} [{}]", where, lint::to_text(rule->severity), record, text, rule->id);
}

Findings::Findings(std::vector<RuleInfo> rules, size_t max_per_rule)
    : rules_(std::move(rules)), max_per_rule_(max_per_rule), counts_(rules_.size()) {}

uint32_t Findings::file(std::string_view name) {
  if (!files_.empty() && files_.back() == name) return static_cast<uint32_t>(files_.size() - 1);
  auto found = std::find(files_.begin(), files_.end(), name);
  if (found == files_.end()) found = files_.emplace(found, name);
  return static_cast<uint32_t>(found - files_.begin());
}

const std::vector<Finding>& Findings::sorted() {
  std::stable_sort(kept_.begin(), kept_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return kept_;
}

uint64_t Findings::total() const {
  return std::accumulate(severities_.begin(), severities_.end(), uint64_t{0});
}

}  // namespace ptrd::lint
