// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/report.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "ptrd/wire/rcode.hpp"

namespace ptrd::load {

namespace {

struct Percentile {
  const char* name;
  double percent;
};
constexpr std::array<Percentile, 5> kPercentiles = {
    {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99}}};

double microseconds(uint64_t ns) {
  return static_cast<double>(ns) / 1e3;
}

double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

double per_second(uint64_t count, double seconds) {
  return seconds <= 0 ? 0 : static_cast<double>(count) / seconds;
}

std::string rcode_text(size_t rcode) {
  return wire::rcode_to_text(static_cast<uint16_t>(rcode));
}

bool empty(const Bin& bin) {
  return bin.answered == 0;
}
bool lossy(const Bin& bin) {
  return bin.answered < bin.sent;
}

double each(uint64_t cycles, uint64_t count) {
  return count == 0 ? 0 : static_cast<double>(cycles) / static_cast<double>(count);
}

Json rate_json(const std::optional<Trial>& trial, bool limited) {
  if (!trial) return nullptr;
  return {{"rate", trial->achieved},
          {"sent", trial->sent},
          {"answered", trial->answered},
          {"limited_by", limited ? "generator" : "server"}};
}

std::string rate_text(const char* what, const std::optional<Trial>& trial, bool limited) {
  if (!trial) return fmt::format("{}: none found\n", what);
  return fmt::format("{}: {:.0f} q/s{}\n", what, trial->achieved,
                     limited ? "; limited by this load generator, the server may sustain more" : "");
}

std::string costs_text(const Costs& costs) {
  return fmt::format("cycles    send {:.0f} a query; receive {:.0f}, match {:.0f}, check {:.0f} a reply\n",
                     each(costs.send, costs.queries), each(costs.receive, costs.replies),
                     each(costs.match, costs.replies), each(costs.check, costs.replies));
}

Json costs_json(const Costs& costs) {
  return {{"send", each(costs.send, costs.queries)},
          {"receive", each(costs.receive, costs.replies)},
          {"match", each(costs.match, costs.replies)},
          {"check", each(costs.check, costs.replies)}};
}

}  // namespace

std::string to_text(const Plan& plan, const Tally& tally) {
  std::string text =
      fmt::format("sent      {} in {:.2f} s, {:.0f} q/s of {:.0f} requested; not sent {}\n", tally.sent,
                  tally.seconds, per_second(tally.sent, tally.seconds), plan.rate, tally.not_sent());
  text += fmt::format("answered  {} ({:.4f} %), wrong {}, lost {}\n", tally.answered,
                      share(tally.answered, tally.sent), tally.wrong, tally.lost);
  text += fmt::format("other     late {}, duplicate {}, stray {}, damaged {}, overrun {}\n", tally.late,
                      tally.duplicate, tally.stray, tally.damaged, tally.overrun);
  text += "rcodes   ";
  for (size_t i = 0; i < tally.rcodes.size(); ++i) {
    if (tally.rcodes[i] > 0) text += fmt::format(" {} {}", rcode_text(i), tally.rcodes[i]);
  }
  if (tally.truncated > 0) text += fmt::format(", truncated {}", tally.truncated);
  text += "\nlatency  ";
  for (const auto& [name, percent] : kPercentiles)
    text += fmt::format(" {} {:.1f}", name, microseconds(tally.latency.percentile(percent)));
  text += fmt::format(" max {:.1f} us\n", microseconds(tally.latency.max()));
  for (size_t i = 0; i < tally.from_image.size(); ++i)
    text += fmt::format("image {}   {} answers\n", i + 1, tally.from_image[i]);
  return text + costs_text(tally.costs);
}

Json to_json(const Plan& plan, const Tally& tally) {
  Json json = {{"asked", plan.rate},           {"rate", per_second(tally.sent, tally.seconds)},
               {"seconds", tally.seconds},     {"due", tally.due},
               {"not_sent", tally.not_sent()}, {"sent", tally.sent},
               {"answered", tally.answered},   {"wrong", tally.wrong},
               {"lost", tally.lost},           {"late", tally.late},
               {"duplicate", tally.duplicate}, {"stray", tally.stray},
               {"damaged", tally.damaged},     {"overrun", tally.overrun},
               {"truncated", tally.truncated}};
  json["rcodes"] = Json::object();
  for (size_t i = 0; i < tally.rcodes.size(); ++i) {
    if (tally.rcodes[i] > 0) json["rcodes"][rcode_text(i)] = tally.rcodes[i];
  }
  if (!tally.from_image.empty()) json["from_image"] = tally.from_image;
  for (const auto& [name, percent] : kPercentiles)
    json["latency_us"][name] = microseconds(tally.latency.percentile(percent));
  json["latency_us"]["max"] = microseconds(tally.latency.max());
  json["longest_silence_ms"] = static_cast<double>(tally.silence) / 1e6;
  if (plan.bin > 0) {
    json["longest_empty_bins_ms"] = static_cast<double>(longest_row(tally.bins, empty)) * plan.bin * 1e3;
    json["longest_lossy_bins_ms"] = static_cast<double>(longest_row(tally.bins, lossy)) * plan.bin * 1e3;
  }
  json["cycles"] = costs_json(tally.costs);
  return json;
}

std::string to_text(const Trial& trial) {
  return fmt::format("{:9.0f} q/s: sent {:.0f} q/s, answered {:.4f} %{}\n", trial.asked, trial.achieved,
                     share(trial.answered, trial.sent), trial.limited() ? ", the generator's limit" : "");
}

std::string to_text(const Rates& rates, const Costs& costs) {
  return rate_text("no loss", rates.no_loss, rates.no_loss_limited) +
         rate_text("99.9 % answered", rates.most_answered, rates.most_answered_limited) + costs_text(costs);
}

Json to_json(const Rates& rates, const Costs& costs) {
  Json json = {{"no_loss", rate_json(rates.no_loss, rates.no_loss_limited)},
               {"answered_99.9", rate_json(rates.most_answered, rates.most_answered_limited)},
               {"trials", Json::array()},
               {"cycles", costs_json(costs)}};
  for (const Trial& trial : rates.trials) {
    json["trials"].push_back({{"asked", trial.asked},
                              {"rate", trial.achieved},
                              {"sent", trial.sent},
                              {"answered", trial.answered},
                              {"limited", trial.limited()}});
  }
  return json;
}

tl::expected<void, std::string> write_table(const std::string& path, const Plan& plan,
                                            const Outcome& outcome) {
  std::ofstream file(path);
  const Bins& bins = outcome.tally.bins;
  for (size_t i = 0; i < bins.size(); ++i) {
    file << fmt::format("{:.6f}\t{}\t{}\t{:.6f}\n", outcome.start + static_cast<double>(i) * plan.bin,
                        bins[i].sent, bins[i].answered, static_cast<double>(bins[i].slowest) / 1e6);
  }
  file.close();
  if (!file) return tl::unexpected<std::string>(path + ": cannot be written: " + std::strerror(errno));
  return {};
}

}  // namespace ptrd::load
