// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json.hpp"

#include "check.hpp"
#include "rdns/check/report_text.hpp"
#include "rdns/verify/verify.hpp"

namespace ptrd::cli {

namespace {

using Json = json::Value;
using rdns::check::DueAction;

Json json_of(const DueAction& action) {
  Json json = {{"action", id_of(action.kind)}, {"zone", action.zone}};
  if (!action.server.empty()) json["server"] = action.server;
  if (action.kind != DueAction::Kind::cleared && action.kind != DueAction::Kind::remove_object)
    json["lame"] = id_of(action.lameness);
  if (action.notice > 0) json["notice"] = action.notice;
  json["since"] = rdns::check::to_text(action.since);
  json["days"] = action.days;
  return json;
}

}  // namespace

std::string json_text(const Members& members) {
  Json json = Json::object();
  for (const auto& [name, value] : members)
    json.add(name, std::visit([](const auto& plain) { return Json(plain); }, value));
  return json.dump();
}

std::string json_text(const rdns::Verification& verification) {
  Json json = {{"address", wire::address_of_key(verification.address)},
               {"iprev", to_text(verification.result)},
               {"names", Json::array()},
               {"confirmed", Json::array()}};
  for (const wire::Name& name : verification.names) json["names"].push_back(name.to_text());
  for (const wire::Name& name : verification.confirmed) json["confirmed"].push_back(name.to_text());
  if (!verification.reason.empty()) json["reason"] = verification.reason;
  return json.dump();
}

std::string json_text(const rdns::check::Report& report, int indent) {
  return to_json(report).dump(indent);
}

std::string json_text(const RunSummary& run, int indent) {
  Json json;
  json["day"] = rdns::check::to_text(run.day);
  json["objects"] = run.objects;
  json["failed"] = run.failed;
  json["lame"] = run.lame;
  json["due"] = Json::array();
  for (const DueAction& action : run.due) json["due"].push_back(json_of(action));
  json["findings"] = Json::object();
  for (const auto& [id, count] : run.faults) json["findings"][id] = count;
  return json.dump(indent);
}

}  // namespace ptrd::cli
