// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/report.hpp"

#include <fmt/core.h>

namespace ptrd::lint {

using Json = json::Value;

std::string to_text(Findings& findings) {
  std::string text;
  std::vector<uint64_t> told(findings.rules().size());
  for (const Finding& finding : findings.sorted()) {
    text += finding.to_text() + '\n';
    ++told[static_cast<size_t>(finding.rule - findings.rules().data())];
  }
  for (size_t i = 0; i < told.size(); ++i) {
    const uint64_t rest = findings.count_of_rule(i) - told[i];
    const RuleInfo& rule = findings.rules()[i];
    if (rest == 0) continue;
    text += fmt::format("and {} more: {}: {} [{}]\n", rest, to_text(rule.severity), rule.text, rule.id);
  }
  return text;
}

Json to_json(Findings& findings, const Summary& summary) {
  Json list = Json::array();
  for (const Finding& finding : findings.sorted()) {
    Json one = {{"file", finding.file}};
    if (finding.line != 0) one["line"] = finding.line;
    one["severity"] = to_text(finding.rule->severity);
    one["rule"] = finding.rule->id;
    if (!finding.owner.empty()) one["owner"] = finding.owner;
    if (!finding.target.empty()) one["target"] = finding.target;
    one["text"] = finding.text;
    list.push_back(std::move(one));
  }
  Json rules = Json::object();
  for (size_t i = 0; i < findings.rules().size(); ++i) {
    if (findings.count_of_rule(i) > 0) rules[findings.rules()[i].id] = findings.count_of_rule(i);
  }
  return {{"summary",
           {{"names", summary.names},
            {"patterns", summary.patterns},
            {"errors", findings.count(Severity::error)},
            {"warnings", findings.count(Severity::warning)},
            {"notes", findings.count(Severity::note)},
            {"left_out", findings.left_out()},
            {"rules", std::move(rules)}}},
          {"findings", std::move(list)}};
}

}  // namespace ptrd::lint
