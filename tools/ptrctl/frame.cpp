// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "frame.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "lib/plural.hpp"

namespace ptrd::ctl {

namespace {

uint64_t sum(const Json& object) {
  uint64_t total = 0;
  for (const auto& [name, value] : flatten(object)) total += value;
  return total;
}

/// Rate of a counter per second; a counter that decreased was reset.
double rate(uint64_t before, uint64_t now, double seconds) {
  return now < before || seconds <= 0 ? 0 : static_cast<double>(now - before) / seconds;
}

/// The counters of `group`, or all of them, at two moments.
struct Moments {
  const Json& before;
  const Json& now;
  double seconds;

  [[nodiscard]] double of(const char* counter) const {
    return rate(number(before, counter), number(now, counter), seconds);
  }
  [[nodiscard]] double of(const char* group, const char* counter) const {
    const Json none = Json::object();
    return rate(number(before.value(group, none), counter), number(now.value(group, none), counter), seconds);
  }
  [[nodiscard]] double all_of(const char* group) const {
    return rate(sum(before.value(group, Json())), sum(now.value(group, Json())), seconds);
  }
};

/// Lines for the nonzero counters of `group`, the fastest first.
std::string rates(const Moments& moments, const char* group) {
  const Flat was = flatten(moments.before.value(group, Json::object()));
  std::map<std::string, uint64_t> old(was.begin(), was.end());
  std::vector<std::pair<double, std::string>> moving;
  for (const auto& [name, value] : flatten(moments.now.value(group, Json::object()))) {
    if (value > 0)
      moving.emplace_back(rate(old[name], value, moments.seconds), fmt::format("{:>14}  {}", value, name));
  }
  std::stable_sort(moving.begin(), moving.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string lines;
  for (const auto& [per_second, line] : moving) lines += fmt::format("  {:>10.0f}/s {}\n", per_second, line);
  return lines.empty() ? "  none\n" : lines;
}

std::string totals_line(const Moments& moments, const std::string& name) {
  return fmt::format("{:>10.0f} {:>12.0f} {:>10.0f} {:>10.0f}  {}\n", moments.of("rx"),
                     moments.all_of("answered"), moments.all_of("dropped"), moments.of("punted"), name);
}

/// A worker's rates by kind, and the share of time that it is busy.
std::string worker_line(const Moments& moments, const std::string& name) {
  const double answers = moments.of("answered", "answer");
  const double missing = moments.of("answered", "nxdomain");
  const double busy_before = moments.before.value("busy_seconds", 0.0);
  const double busy = moments.now.value("busy_seconds", 0.0) - busy_before;
  const double share = moments.seconds <= 0 ? 0 : std::clamp(busy / moments.seconds, 0.0, 1.0);
  const double bursts = moments.of("bursts");
  return fmt::format("{:>5} {:>6} {:>11.0f} {:>11.0f} {:>11.0f} {:>11.0f} {:>10.0f}  {}\n",
                     fmt::format("{:.0f} %", 100 * share),
                     bursts > 0 ? fmt::format("{:.1f}", moments.of("rx") / bursts) : "-", moments.of("rx"),
                     answers, missing, moments.all_of("answered") - answers - missing,
                     moments.all_of("dropped"), name);
}

std::string prefix_lines(const Json& response) {
  std::string lines;
  for (const Json& one : response.at("prefixes").elements())
    lines += fmt::format("  {:>10.0f}/s {:>5.1f} %  {}\n", one.value("per_second", 0.0),
                         100 * one.value("share", 0.0), text(one, "prefix"));
  return lines.empty() ? "  none\n" : lines;
}

}  // namespace

std::string show_top(const Frame& before, const Frame& now, const Response& status_now) {
  const Json& status = status_now.json();
  const Json& was = before.stats.json().at("stats");
  const Json& is = now.stats.json().at("stats");
  const double seconds = is.value("seconds", 0.0) - was.value("seconds", 0.0);
  const Json& image = status.at("image");
  const auto header =
      fmt::format("ptrd {}, up {}; {}: {}, {}, {}, {} refused\n\n", text(status, "version"),
                  duration(is.value("seconds", 0.0)), text(image, "path"),
                  plural(number(image, "zones"), "zone"), plural(number(image, "records"), "record"),
                  plural(number(status, "swaps"), "swap"), number(status, "refused"));
  std::string by_service = fmt::format("{:>10} {:>12} {:>10} {:>10}  {}\n", "received/s", "answered/s",
                                       "dropped/s", "kernel's/s", "by");
  std::string by_worker =
      fmt::format("\n{:>5} {:>6} {:>11} {:>11} {:>11} {:>11} {:>10}  {}\n", "busy", "burst", "received/s",
                  "answer/s", "nxdomain/s", "other/s", "dropped/s", "worker");
  const Json::Array& old_services = before.stats.json().at("services").elements();
  const Json::Array& services = now.stats.json().at("services").elements();
  for (size_t i = 0; i < std::min(services.size(), old_services.size()); ++i) {
    const std::string transport = text(services[i], "transport"), on = text(services[i], "on");
    by_service +=
        totals_line({old_services[i], services[i], seconds}, transport + " " + on.substr(0, on.find(" (")));
    const Json::Array& old_workers = old_services[i].at("workers").elements();
    const Json::Array& workers = services[i].at("workers").elements();
    for (size_t k = 0; k < std::min(workers.size(), old_workers.size()); ++k)
      by_worker += worker_line({old_workers[k], workers[k], seconds}, fmt::format("{} {}", transport, k));
  }
  const Moments all{was, is, seconds};
  // Only where there is a policy.
  const Json none = Json::object();
  const Json old_rules = {{"rules", before.stats.json().value("rules", none)}};
  const Json rules = {{"rules", now.stats.json().value("rules", none)}};
  std::string policy;
  if (now.stats.json().contains("rules"))
    policy = "limits and cookies\n" + rates(all, "policy") + "matches of rules\n" +
             rates({old_rules, rules, seconds}, "rules");
  return header + by_service + totals_line(all, "all") + by_worker + "\nanswers by kind\n" +
         rates(all, "answered") + "drops by reason\n" + rates(all, "dropped") + policy +
         "busiest prefixes, estimated\n" + prefix_lines(now.prefixes.json());
}

}  // namespace ptrd::ctl
