// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/policy_commands.hpp"

#include <algorithm>
#include <array>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::operate {

namespace {

using Json = json::Value;

Json rule_json(const policy::Policy& policy, policy::RuleNumber number) {
  const policy::Rule& rule = policy.rules()[number - 1];
  return {{"rule", number},
          {"name", rule.name},
          {"action", policy::action_name(rule.action)},
          {"where", rule.where},
          {"hits", policy.hits(number)}};
}

}  // namespace

bool PolicyQuestion::set(std::string_view member, std::string value) {
  std::string* const target = member == "name"     ? &name
                              : member == "client" ? &client
                              : member == "type"   ? &type
                                                   : nullptr;
  if (target == nullptr) return false;
  *target = std::move(value);
  return true;
}

Json hits_json(const policy::Policy& policy) {
  Json hits = Json::object();
  for (size_t i = 0; i < std::min(policy.rules().size(), kMaxRulesShown); ++i)
    hits.add(std::to_string(i + 1) + ": " + policy.rules()[i].name,
             policy.hits(static_cast<policy::RuleNumber>(i + 1)));
  return hits;
}

Json rules_json(const policy::Policy& policy, size_t after) {
  const size_t count = policy.rules().size();
  const size_t first = std::min(after, count);
  const size_t last = std::min(first + kMaxRulesShown, count);
  Json rules = Json::array();
  for (size_t i = first; i < last; ++i)
    rules.push_back(rule_json(policy, static_cast<policy::RuleNumber>(i + 1)));
  Json json = {{"ok", true}, {"file", policy.file()}, {"total", count}, {"rules", std::move(rules)}};
  if (last < count) json["next"] = std::to_string(last);
  return json;
}

tl::expected<Json, std::string> policy_verdict(const policy::Policy& policy, const PolicyQuestion& question) {
  const auto address = wire::key_of_address(question.name);
  const auto name = address ? wire::name_of_key(*address) : wire::Name::from_text(question.name);
  if (!name)
    return tl::unexpected("\"" + question.name + "\" is neither a name nor an address: " + name.error());
  if (!wire::type_from_text(question.type))
    return tl::unexpected("\"" + question.type + "\" is not a record type");
  const auto client = wire::key_of_address(question.client);
  if (!question.client.empty() && !client)
    return tl::unexpected("\"" + question.client + "\" is not an address");

  answer::Query query;
  std::array<uint8_t, wire::kMaxName + wire::kScanSlack> buffer{};
  std::copy(name->bytes().begin(), name->bytes().end(), buffer.begin());
  wire::scan_question_name(buffer, 0, name->size(), query.name);
  policy::Client from;
  if (client) from = {client->address.data(), client->family == wire::Family::v6};
  const auto verdict = policy.explain(client ? &from : nullptr, query, name->bytes());

  Json met = Json::array();
  std::string_view action = policy::action_name(policy::Action::answer);
  for (const auto& [on, number] : {std::pair{"client", verdict.client}, std::pair{"address", verdict.asked},
                                   std::pair{"name", verdict.name}}) {
    if (number == 0) continue;
    Json rule = rule_json(policy, number);
    rule["on"] = on;
    met.push_back(std::move(rule));
    const policy::Action found = policy.rules()[number - 1].action;
    const bool decides = policy::is_final(found);
    if (decides || found == policy::Action::rate || found == policy::Action::uniform)
      action = policy::action_name(found);
    if (decides) break;
  }
  return Json{{"ok", true},
              {"action", action},
              {"name", name->to_text()},
              {"rules", std::move(met)},
              {"unlimited", verdict.unlimited}};
}

}  // namespace ptrd::operate
