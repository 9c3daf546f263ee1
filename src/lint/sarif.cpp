// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include "lint/report.hpp"

namespace ptrd::lint {

using Json = json::Value;

namespace {

/// A path as a URI reference (RFC 3986 3.3, 4.2): reserved characters are escaped; absolute paths are file
/// URIs.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

Json result_of(const Finding& finding, size_t rule_index) {
  const std::string record =
      finding.target.empty() ? finding.owner : finding.owner + " PTR " + finding.target;
  Json location = {{"artifactLocation", Json{{"uri", uri_of(finding.file)}}}};
  if (finding.line != 0) location["region"] = Json{{"startLine", finding.line}};
  Json place = {{"physicalLocation", std::move(location)}};
  Json result = {{"ruleId", finding.rule->id},
                 {"ruleIndex", rule_index},
                 {"level", to_text(finding.rule->severity)},
                 {"message", Json{{"text", fmt::format("{}: {}", record, finding.text)}}},
                 {"locations", Json::Array{std::move(place)}}};
  // The same record has the same finding in the next run, even if its line has moved.
  result["partialFingerprints"] = Json{{"record/v1", record}};
  return result;
}

}  // namespace

Json to_sarif(Findings& findings, const std::string& version) {
  Json rules = Json::array();
  std::vector<size_t> index(findings.rules().size());
  for (size_t i = 0; i < index.size(); ++i) {
    if (findings.count_of_rule(i) == 0) continue;
    const RuleInfo& rule = findings.rules()[i];
    index[i] = rules.elements().size();
    rules.push_back({{"id", rule.id},
                     {"shortDescription", Json{{"text", "a PTR target that " + rule.text}}},
                     {"defaultConfiguration", Json{{"level", to_text(rule.severity)}}}});
  }
  Json results = Json::array();
  for (const Finding& finding : findings.sorted()) {
    results.push_back(result_of(finding, index[static_cast<size_t>(finding.rule - findings.rules().data())]));
  }
  Json driver = {{"name", "ptrzone lint"}, {"version", version}, {"rules", std::move(rules)}};
  Json run = {{"tool", Json{{"driver", std::move(driver)}}},
              {"columnKind", "utf16CodeUnits"},
              {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::Array{std::move(run)}}};
}

}  // namespace ptrd::lint
