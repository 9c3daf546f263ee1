// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/report_text.hpp"

#include <fmt/core.h>

#include "ptrd/wire/plural.hpp"

namespace ptrd::rdns::check {

namespace {

std::string address_text(const asio::ip::address& address) {
  return wire::address_of_key(client::key_of(address));
}

}  // namespace

std::string to_text(const Report& report) {
  std::string text = fmt::format("{}\n", report.zone.to_text());
  for (const Verdict& verdict : report.verdicts) {
    text += fmt::format("  {:<32} {}", verdict.server.to_text(), to_text(verdict.lameness));
    const char* before = " (";
    for (const auto& address : verdict.addresses) {
      text += before + address_text(address);
      before = ", ";
    }
    text += verdict.addresses.empty() ? "\n" : ")\n";
  }
  for (const Finding& finding : report.findings) {
    const FaultInfo& fault = info(finding.fault);
    const std::string points = fault.points > 0 ? fmt::format(" {}", fault.points) : "";
    text += fmt::format("  {}{}: {}{}{} [{}]\n", to_text(fault.severity), points, finding.server,
                        finding.server.empty() ? "" : ": ", finding.text, fault.id);
  }
  return text + fmt::format("  {}: {}\n", report.failed() ? "failed" : "passed",
                            wire::plural(report.points(), "point"));
}

json::Value to_json(const Report& report) {
  json::Value json;
  json["zone"] = report.zone.to_text();
  json["failed"] = report.failed();
  json["points"] = report.points();
  json["servers"] = json::Value::array();
  for (const Verdict& verdict : report.verdicts) {
    json::Value addresses = json::Value::array();
    for (const auto& address : verdict.addresses) addresses.push_back(address_text(address));
    json["servers"].push_back({{"name", verdict.server.to_text()},
                               {"lame", id_of(verdict.lameness)},
                               {"addresses", std::move(addresses)}});
  }
  json["findings"] = json::Value::array();
  for (const Finding& finding : report.findings) {
    const FaultInfo& fault = info(finding.fault);
    json["findings"].push_back({{"id", fault.id},
                                {"severity", to_text(fault.severity)},
                                {"points", fault.points},
                                {"server", finding.server},
                                {"text", finding.text}});
  }
  return json;
}

}  // namespace ptrd::rdns::check
