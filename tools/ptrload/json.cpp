// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json.hpp"

#include "load/report.hpp"

namespace ptrd {

namespace {

std::string with_transport(load::Json json, const std::string& transport) {
  json["transport"] = transport;
  return json.dump(2) + "\n";
}

}  // namespace

std::string json_text(const load::Plan& plan, const load::Tally& tally, const std::string& transport) {
  return with_transport(to_json(plan, tally), transport);
}

std::string json_text(const load::Rates& rates, const load::Costs& costs, const std::string& transport) {
  return with_transport(to_json(rates, costs), transport);
}

}  // namespace ptrd
