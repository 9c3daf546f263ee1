// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrload: generates load for DNS servers, and measures the results.
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "json.hpp"
#include "lib/program.hpp"
#include "lib/progress_line.hpp"
#include "load/report.hpp"
#include "load/run.hpp"
#include "load/search.hpp"
#include "options.hpp"
#include "port/cpus.hpp"
#include "ptrd/image/image.hpp"

namespace {

using namespace ptrd;

/// As in load::Load; a second signal does not wait for replies.
std::atomic<int> stop = 0;

void on_signal(int) {
  stop.fetch_add(1);
}

/// What there is to ask, and what to answer.
struct Material {
  std::vector<image::Image> images;
  load::QuerySet queries;
};

tl::expected<Material, std::string> gather(const LoadOptions& options) {
  Material material;
  for (const std::string& path : options.images) {
    auto image = image::Image::open(path);
    if (!image) return tl::unexpected(image.error());
    material.images.push_back(std::move(*image));
  }
  auto queries = options.queries.empty() ? load::QuerySet::sample(material.images.front().view(),
                                                                  options.sample, options.seed, options.form)
                                         : load::QuerySet::read(options.queries, options.form);
  if (!queries)
    return tl::unexpected((options.queries.empty() ? options.images.front() + ": " : "") + queries.error());
  material.queries = std::move(*queries);
  return material;
}

tl::expected<std::unique_ptr<load::Crew>, std::string> open_crew(const LoadOptions& options) {
  if (!options.dpdk.empty()) return load::dpdk_crew(options.crew, options.dpdk, options.eal);
  if (!options.xdp.empty()) return load::xdp_crew(options.crew, options.xdp);
  return load::socket_crew(options.crew);
}

load::Outcome run(const load::Plan& plan, load::Crew& crew, const load::QuerySet& queries,
                  const load::Judge& judge) {
  ProgressLine line;
  return load::run(plan, crew, queries, judge, stop, [&](const load::Snapshot& snapshot) {
    line.show([&](double) {
      return fmt::format("{:.0f} s, sent {}, answered {}", snapshot.seconds, snapshot.sent,
                         snapshot.answered);
    });
  });
}

/// Text goes to standard output, unless the JSON does.
int tell(const LoadOptions& options, const load::Crew& crew, const std::string& text,
         const std::string& json) {
  fmt::print("{}", options.json == "-" ? json : fmt::format("transport {}\n{}", crew.describe(), text));
  if (const int status = finish(kDone, kFailed); status != kDone) return status;
  if (options.json.empty() || options.json == "-") return kDone;
  std::ofstream file(options.json);
  file << json;
  file.close();
  return file ? kDone : fail(options.json + ": cannot be written");
}

/// Queries with another answer than the images give, or without any answer.
int verdict(const load::Tally& tally, const std::string& server) {
  if (tally.wrong > 0) return fail(fmt::format("{} answers were wrong", tally.wrong));
  if (tally.sent > 0 && tally.answered == 0) {
    std::string hint =
        tally.damaged > 0
            ? "; damaged frames were received: on a veth, run ethtool -K IFACE tx off at the server's end"
            : "";
    return fail("no answer from " + server + hint);
  }
  return kDone;
}

int run_once(const LoadOptions& options, load::Crew& crew, const load::QuerySet& queries,
             const load::Judge& judge) {
  const load::Outcome outcome = run(options.plan, crew, queries, judge);
  if (!options.table.empty()) {
    if (const auto ok = load::write_table(options.table, options.plan, outcome); !ok) return fail(ok.error());
  }
  if (const int status = tell(options, crew, to_text(options.plan, outcome.tally),
                              json_text(options.plan, outcome.tally, crew.describe()));
      status != kDone)
    return status;
  return verdict(outcome.tally, options.crew.server);
}

int find(const LoadOptions& options, load::Crew& crew, const load::QuerySet& queries,
         const load::Judge& judge) {
  load::Tally all;
  const load::Rates rates = load::find_rates(options.search, [&](double rate) -> std::optional<load::Trial> {
    load::Plan plan = options.plan;
    plan.rate = rate;
    plan.bin = 0;
    const load::Outcome outcome = run(plan, crew, queries, judge);
    if (stop.load() != 0) return std::nullopt;
    all.add(outcome.tally);
    const load::Trial trial = load::trial_of(plan, outcome.tally);
    if (options.json != "-") std::fputs(to_text(trial).c_str(), stdout);
    std::fflush(stdout);
    return trial;
  });
  if (const int status =
          tell(options, crew, to_text(rates, all.costs), json_text(rates, all.costs, crew.describe()));
      status != kDone)
    return status;
  return verdict(all, options.crew.server);
}

/// The whole of a run.
int load_server(const LoadOptions& options) {
  port::keep_to(options.crew.cpus);
  const auto material = gather(options);
  if (!material) return fail(material.error());
  load::Judge judge(material->queries);
  for (const image::Image& image : material->images) judge.add_image(image.view(), {});
  const auto crew = open_crew(options);
  if (!crew) return fail(crew.error());

  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  return options.find ? find(options, **crew, material->queries, judge)
                      : run_once(options, **crew, material->queries, judge);
}

}  // namespace

const char* const ptrd::kProgram = "ptrload";

int main(int argc, char** argv) {
  return run_program(read_load_options(argc, argv), load_server);
}
