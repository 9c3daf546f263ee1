// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrd: the responder. Loads an image, opens a port, starts the workers, waits for the end.
#include <fmt/ranges.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "control/management.hpp"
#include "control/server.hpp"
#include "datapath/counters.hpp"
#include "ptrd_options.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;

constexpr int kDone = 0;
constexpr int kFailed = 1;

int fail(const std::string& what) {
  spdlog::error("{}", what);
  return kFailed;
}

/// The signals that end ptrd or make it reload, blocked in every thread so that the main one can wait for
/// them.
sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

/// Waits for one of `signals`; 0 when `end` comes first.
int wait_for(const sigset_t& signals, const Clock::time_point* end) {
  int caught = 0;
  if (end == nullptr) {
    sigwait(&signals, &caught);
    return caught;
  }
  const double left = std::max(0.0, std::chrono::duration<double>(*end - Clock::now()).count());
  timespec limit{};
  limit.tv_sec = static_cast<time_t>(left);
  limit.tv_nsec = static_cast<long>((left - static_cast<double>(limit.tv_sec)) * 1e9);
  return std::max(0, sigtimedwait(&signals, nullptr, &limit));
}

/// SIGHUP: the configuration file as it is now, as far as that can be without a restart, and the image's file
/// as it is now. Without a configuration file the file of the image in service.
void reload(int argc, char** argv, Options& options, control::Reloader& reloader) {
  std::string path;
  if (!options.config_file.empty()) {
    const auto next = read_options(argc, argv);
    if (!next) {
      spdlog::error("{}; the configuration before stays", next.error().what);
      return;
    }
    const auto later = control::changed_keys(options.config, next->config, false);
    if (!later.empty())
      spdlog::warn("{}: changed, and taken over at the next start only: {}", options.config_file,
                   fmt::join(later, ", "));
    if (next->config.log_level != options.config.log_level) control::set_log_level(next->config.log_level);
    options.config.log_level = next->config.log_level;
    options.config.image = next->config.image;
    path = options.config.image;
  }
  if (!reloader.reload(path, false))
    spdlog::error("busy: another reload is under way; ask again when it is done");
}

/// The end of a run: how it went to the log, and to --stats-json.
int report(const Options& options, const datapath::Totals& totals, double seconds) {
  using datapath::Totals;
  spdlog::info("stopped after {:.1f} s: rx {} answered {} dropped {} punted {} tx {}", seconds, totals.rx,
               Totals::sum(totals.answered), Totals::sum(totals.dropped), Totals::sum(totals.punted),
               totals.tx);
  const std::string& path = options.config.stats_json;
  if (path.empty()) return kDone;
  std::ofstream file(path);
  file << totals.to_json(seconds);
  file.close();
  return file ? kDone : fail(path + ": cannot write the statistics");
}

int run(int argc, char** argv, Options& options, control::Server& server,
        std::unique_ptr<control::Management> management, const sigset_t& signals) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(std::min(options.duration, 1e9)));
  server.start();
  for (const auto& service : server.services()) spdlog::info("ready: answering on {}", service->describe());
  while (wait_for(signals, options.duration > 0 ? &end : nullptr) == SIGHUP)
    reload(argc, argv, options, management->reloader());
  management.reset();
  const double seconds = server.seconds();
  server.stop();
  return report(options, server.totals(), seconds);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ptrd"));
  spdlog::set_pattern("ptrd: %v");
  auto options = read_options(argc, argv);
  if (!options) {
    if (!options.error().what.empty()) spdlog::error("{}", options.error().what);
    return options.error().status;
  }
  if (options->check_only) return kDone;
  control::set_log_level(options->config.log_level);

  const sigset_t signals = awaited_signals();
  const auto server = control::Server::open(options->config);
  if (!server) return fail(server.error());
  auto management = control::Management::open(**server, options->config);
  if (!management) return fail(management.error());
  return run(argc, argv, *options, **server, *std::move(management), signals);
}
