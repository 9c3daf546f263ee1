// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrctl_show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace ptrd::ctl {

namespace {

uint64_t number(const Json& object, const char* name) {
  return object.value(name, uint64_t{0});
}

std::string text(const Json& object, const char* name) {
  return object.value(name, std::string());
}

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(std::max(0.0, seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  if (whole < 172'800) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} days {} h", whole / 86400, whole / 3600 % 24);
}

/// Counters by name, those in objects of their own as "tcp.closed.idle".
using Flat = std::vector<std::pair<std::string, uint64_t>>;

void flatten(const Json& json, const std::string& prefix, Flat& flat) {
  if (json.is_object()) {
    for (const auto& [name, value] : json.items())
      flatten(value, prefix.empty() ? name : fmt::format("{}.{}", prefix, name), flat);
  } else if (json.is_number_unsigned()) {
    flat.emplace_back(prefix, json.get<uint64_t>());
  }
}

uint64_t sum(const Json& object) {
  Flat flat;
  flatten(object, "", flat);
  uint64_t total = 0;
  for (const auto& [name, value] : flat) total += value;
  return total;
}

/// What has come to a counter a second; a counter that went back began anew.
double rate(uint64_t before, uint64_t now, double seconds) {
  return now < before || seconds <= 0 ? 0 : static_cast<double>(now - before) / seconds;
}

/// Lines of the counters of `group` that move, the fastest first.
std::string rates(const Json& before, const Json& now, const char* group, double seconds) {
  Flat was, is;
  flatten(before.value(group, Json::object()), "", was);
  flatten(now.value(group, Json::object()), "", is);
  std::map<std::string, uint64_t> old(was.begin(), was.end());
  std::vector<std::pair<double, std::string>> moving;
  for (const auto& [name, value] : is) {
    if (value > 0)
      moving.emplace_back(rate(old[name], value, seconds), fmt::format("{:>14}  {}", value, name));
  }
  std::stable_sort(moving.begin(), moving.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string lines;
  for (const auto& [per_second, line] : moving) lines += fmt::format("  {:>10.0f}/s {}\n", per_second, line);
  return lines.empty() ? "  none\n" : lines;
}

}  // namespace

std::string show_status(const Json& response) {
  const Json& image = response.at("image");
  std::string out = fmt::format("ptrd {} runs: process {}, up {}{}\n", text(response, "version"),
                                number(response, "pid"), duration(response.value("seconds", 0.0)),
                                response.value("reloading", false) ? ", a reload is under way" : "");
  out += fmt::format("image      {}: {} zones, {} records, {} bytes\n", text(image, "path"),
                     number(image, "zones"), number(image, "records"), number(image, "bytes"));
  out += fmt::format("           in service since {}; {} swaps, {} refused\n", text(image, "since"),
                     number(response, "swaps"), number(response, "refused"));
  if (const auto error = text(response, "last_error"); !error.empty())
    out += "           the latest reload was refused: " + error + "\n";
  for (const Json& one : response.at("answering")) out += "answers on " + one.get<std::string>() + "\n";
  out += fmt::format("messages   received {}, answered {}, dropped {}, left to the kernel {}\n",
                     number(response, "rx"), number(response, "answered"), number(response, "dropped"),
                     number(response, "punted"));
  return out;
}

std::string show_swap(const Json& response) {
  return fmt::format("{}: {} zones, {} records in service; read in {:.0f} ms, swapped in {:.1f} ms\n",
                     text(response, "path"), number(response, "zones"), number(response, "records"),
                     response.value("read_seconds", 0.0) * 1e3, response.value("swap_seconds", 0.0) * 1e3);
}

std::string show_stats(const Json& response) {
  Flat flat;
  flatten(response.at("stats"), "", flat);
  std::string out;
  for (const auto& [name, value] : flat) {
    // Most of the counters by name never move.
    if (value > 0 || name.find('.') == std::string::npos) out += fmt::format("{:<32} {}\n", name, value);
  }
  return out;
}

std::string show_zones(const Json& response) {
  size_t width = 4;
  for (const Json& zone : response.at("zones")) width = std::max(width, text(zone, "zone").size());
  std::string out =
      fmt::format("{:<{}}  {:>10}  {:>12}  {}\n", "zone", width, "serial", "records", "in service since");
  for (const Json& zone : response.at("zones"))
    out += fmt::format("{:<{}}  {:>10}  {:>12}  {}\n", text(zone, "zone"), width, number(zone, "serial"),
                       number(zone, "records"), text(response, "since"));
  return out;
}

std::string show_top(const Json& before, const Json& now, const Json& status) {
  const Json& was = before.at("stats");
  const Json& is = now.at("stats");
  const double seconds = is.value("seconds", 0.0) - was.value("seconds", 0.0);
  const auto line = [&](const Json& a, const Json& b, const std::string& name) {
    return fmt::format("{:>10.0f} {:>12.0f} {:>10.0f} {:>10.0f}  {}\n",
                       rate(number(a, "rx"), number(b, "rx"), seconds),
                       rate(sum(a.value("answered", Json())), sum(b.value("answered", Json())), seconds),
                       rate(sum(a.value("dropped", Json())), sum(b.value("dropped", Json())), seconds),
                       rate(number(a, "punted"), number(b, "punted"), seconds), name);
  };
  const Json& image = status.at("image");
  std::string out =
      fmt::format("ptrd {}, up {}; {}: {} zones, {} records, {} swaps\n\n", text(status, "version"),
                  duration(is.value("seconds", 0.0)), text(image, "path"), number(image, "zones"),
                  number(image, "records"), number(status, "swaps"));
  out += fmt::format("{:>10} {:>12} {:>10} {:>10}  {}\n", "received/s", "answered/s", "dropped/s",
                     "kernel's/s", "by");
  const Json& services = now.at("services");
  for (size_t i = 0; i < services.size() && i < before.at("services").size(); ++i)
    out += line(before.at("services")[i], services[i],
                text(services[i], "transport") + " " +
                    text(services[i], "on").substr(0, text(services[i], "on").find(" (")));
  out += line(was, is, "all");
  out += "\nanswers by kind\n" + rates(was, is, "answered", seconds);
  out += "drops by reason\n" + rates(was, is, "dropped", seconds);
  return out;
}

}  // namespace ptrd::ctl
