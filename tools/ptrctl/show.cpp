// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "show.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/plural.hpp"
#include "ptrd/wire/one_line.hpp"

namespace ptrd::ctl {

std::string show_status(const Json& response) {
  const Json& image = response.at("image");
  std::string out = fmt::format("ptrd {} is running: process {}, up {}{}\n", text(response, "version"),
                                number(response, "pid"), duration(response.value("seconds", 0.0)),
                                response.value("reloading", false) ? ", a reload is in progress" : "");
  out += fmt::format(
      "image      {}: {}, {}, {} bytes{}\n", text(image, "path"), plural(number(image, "zones"), "zone"),
      plural(number(image, "records"), "record"), number(image, "bytes"),
      number(image, "copies") > 1 ? fmt::format(" on each of {} memory nodes", number(image, "copies")) : "");
  out += fmt::format("           in service since {}; {}, {} refused\n", text(image, "since"),
                     plural(number(response, "swaps"), "swap"), number(response, "refused"));
  if (const auto error = text(response, "last_error"); !error.empty())
    out += "           the latest reload was refused: " + error + "\n";
  std::string reasons;
  for (const auto& [result, count] : flatten(response.value("reloads", Json::object()))) {
    if (count > 0 && result != "done")
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", count, result);
  }
  if (!reasons.empty()) out += "           reloads refused since the start: " + reasons + "\n";
  if (response.contains("changes")) {
    const Json& changes = response.at("changes");
    out +=
        fmt::format("changes    {} done, {} refused; {} in the journal of {} bytes, room for {} bytes\n",
                    number(changes, "done"), number(changes, "refused"), number(changes, "journal_entries"),
                    number(changes, "journal_bytes"), number(changes, "spare_bytes"));
    if (const auto error = text(changes, "last_error"); !error.empty())
      out += "           no changes are taken: " + error + "\n";
  }
  for (const Json& one : response.at("answering").elements())
    out += "answers on " + wire::one_line(one.get<std::string>()) + "\n";
  out += fmt::format("messages   received {}, answered {}, dropped {}, left to the kernel {}\n",
                     number(response, "rx"), number(response, "answered"), number(response, "dropped"),
                     number(response, "punted"));
  return out;
}

std::string show_swap(const Json& response) {
  const std::string lost = text(response.value("lost", Json::object()), "text");
  const std::string expired = text(response.value("expired", Json::object()), "text");
  return fmt::format("{}: {}, {} in service; read in {:.0f} ms, swapped in {:.1f} ms\n{}{}",
                     text(response, "path"), plural(number(response, "zones"), "zone"),
                     plural(number(response, "records"), "record"), response.value("read_seconds", 0.0) * 1e3,
                     response.value("swap_seconds", 0.0) * 1e3, lost.empty() ? "" : lost + "\n",
                     expired.empty() ? "" : expired + "\n");
}

std::string show_applied(const Json& response) {
  constexpr size_t kNamed = 5;
  const auto& zones = response.at("zones").elements();
  std::string out;
  for (size_t i = 0; i < std::min(zones.size(), kNamed); ++i)
    out +=
        fmt::format("{}{} serial {}", i == 0 ? "" : ", ", text(zones[i], "zone"), number(zones[i], "serial"));
  if (zones.size() > kNamed) out += fmt::format(" and {} more", zones.size() - kNamed);
  return out + fmt::format(": {} added, {} removed\n", plural(number(response, "added"), "record"),
                           number(response, "removed"));
}

std::string show_stats(const Json& response) {
  std::string out;
  Flat flat = flatten(response.at("stats"));
  for (const auto& [name, value] : flatten(response.value("reloads", Json::object())))
    flat.emplace_back("reloads." + name, value);
  for (const auto& [name, value] : flatten(response.value("rules", Json::object())))
    flat.emplace_back("rules." + name, value);
  for (const auto& [name, value] : flat) {
    // Most of the counters never change.
    if (value > 0 || name.find('.') == std::string::npos) out += fmt::format("{:<32} {}\n", name, value);
  }
  return out;
}

std::string show_zones(const Json& response) {
  size_t width = 4;
  for (const Json& zone : response.at("zones").elements()) width = std::max(width, text(zone, "zone").size());
  std::string out = fmt::format("{:<{}}  {:>10}  {:>12}  {:<20}  {}\n", "zone", width, "serial", "records",
                                "in service since", "signatures expire");
  for (const Json& zone : response.at("zones").elements())
    out += fmt::format("{:<{}}  {:>10}  {:>12}  {:<20}  {}\n", text(zone, "zone"), width,
                       number(zone, "serial"), number(zone, "records"), text(response, "since"),
                       zone.value("expires", std::string("-")));
  return out;
}

std::string show_policy(const Json& response) {
  std::string out = fmt::format("{}: {} rules\n{:>5}  {:>14}  {:<8}  {}\n", text(response, "file"),
                                number(response, "total"), "rule", "matches", "action", "what");
  for (const Json& rule : response.at("rules").elements()) {
    out += fmt::format("{:>5}  {:>14}  {:<8}  {} ({})\n", number(rule, "rule"), number(rule, "hits"),
                       text(rule, "action"), text(rule, "name"), text(rule, "where"));
  }
  return out;
}

std::string show_verdict(const Json& response) {
  std::string out = text(response, "action") + "  " + text(response, "name") + "\n";
  for (const Json& rule : response.at("rules").elements()) {
    out += fmt::format("rule {} on the {}: {}, {} ({})\n", number(rule, "rule"), text(rule, "on"),
                       text(rule, "name"), text(rule, "action"), text(rule, "where"));
  }
  if (response.at("rules").elements().empty()) out += "no rule matches\n";
  if (response.value("unlimited", false)) out += "the client has no rate limit\n";
  return out;
}

std::string show_level(const Json& response) {
  return response.at("level").get<std::string>() + "\n";
}

}  // namespace ptrd::ctl
