// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrd: the server. Loads an image, opens a port, starts the workers, waits for the end.
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "config/keys.hpp"
#include "datapath/counters.hpp"
#include "lib/plural.hpp"
#include "operate/management.hpp"
#include "operate/server.hpp"
#include "options.hpp"
#include "process/log.hpp"
#include "process/notify.hpp"
#include "process/privileges.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;

int fail(const std::string& what) {
  process::log_error("{}", what);
  return kFailed;
}

/// The signals that stop ptrd or make it reload, blocked in every thread so that the main one can wait for
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

/// Waits for one of `signals`, at most `most`; 0 if none came.
int wait_for(const sigset_t& signals, Clock::duration most) {
  const double left = std::max(0.0, std::chrono::duration<double>(most).count());
  timespec limit{};
  limit.tv_sec = static_cast<time_t>(left);
  limit.tv_nsec = static_cast<long>((left - static_cast<double>(limit.tv_sec)) * 1e9);
  return std::max(0, sigtimedwait(&signals, nullptr, &limit));
}

/// One line for `systemctl status`.
std::string status_of(const swap::ImageStore& images) {
  const auto in_service = images.in_service();
  std::string text;
  images.visit([&](const image::View& image) {
    text = fmt::format("{}: {}, {}, {}", in_service.path, plural(image.header().zone_count, "zone"),
                       plural(image.header().records, "record"), plural(in_service.swaps, "swap"));
  });
  return text;
}

/// The image to reload on SIGHUP: that of the configuration file as it is now, whose live keys are taken
/// over. Without a configuration file, the one in service (""). No value: the file has an error.
[[nodiscard]] std::optional<std::string> read_again(int argc, char** argv, Options& options,
                                                    operate::Management& management) {
  if (options.config_file.empty()) return "";
  const auto next = read_options(argc, argv);
  if (!next) {
    process::log_error("{}; the previous configuration stays in force", next.error().what);
    return {};
  }
  const auto later = config::changed_keys(options.config, next->config, false);
  if (!later.empty())
    process::log_warning("{}: changed keys that need a restart: {}", options.config_file,
                         fmt::join(later, ", "));
  if (next->config.log_level != options.config.log_level) process::set_log_level(next->config.log_level);
  config::take_live_keys(next->config, options.config);
  if (const auto ok = management.take_over(options.config); !ok) process::log_error("{}", ok.error());
  return options.config.image;
}

/// SIGHUP. The reload follows the one in progress, if there is one.
void reload(int argc, char** argv, Options& options, operate::Server& server, operate::Management& management,
            const process::Notifier& manager) {
  const auto path = read_again(argc, argv, options, management);
  if (!path) return;
  manager.reloading();
  management.reloader().reload_next(*path, [&server, &manager](const swap::Reloader::Outcome&) {
    manager.ready(status_of(server.images()));
  });
}

/// The end of a run: a summary in the log, and --stats-json.
int report(const Options& options, std::ofstream& stats, const datapath::Totals& totals, double seconds) {
  using datapath::Totals;
  process::log_info("stopped after {:.1f} s: rx {} answered {} dropped {} punted {} tx {}", seconds,
                    totals.rx, Totals::sum(totals.answered), Totals::sum(totals.dropped),
                    Totals::sum(totals.punted), totals.tx);
  const std::string& path = options.config.stats_json;
  if (path.empty()) return kDone;
  stats << totals.stats_text(seconds);
  stats.close();
  return stats ? kDone : fail(path + ": cannot write the statistics");
}

int run(int argc, char** argv, Options& options, std::ofstream& stats, operate::Server& server,
        std::unique_ptr<operate::Management> management, const sigset_t& signals) {
  const bool ends = options.duration > 0;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(std::min(options.duration, 1e9)));
  server.start();
  for (const auto& service : server.services())
    process::log_info("ready: answering on {}", service->describe());
  process::Notifier manager(server.images().slot());
  manager.ready(status_of(server.images()));
  for (;;) {
    manager.beat();
    server.observe();
    Clock::duration most = operate::Server::kObserve;
    if (manager.interval()) most = std::min<Clock::duration>(most, *manager.interval());
    if (ends) most = std::min(most, end - Clock::now());
    const int caught = wait_for(signals, most);
    if (caught == SIGHUP) reload(argc, argv, options, server, *management, manager);
    if (caught == SIGINT || caught == SIGTERM || (ends && Clock::now() >= end)) break;
  }
  manager.stopping();
  management.reset();
  const double seconds = server.seconds();
  server.stop();
  return report(options, stats, server.totals(), seconds);
}

/// From the command line to the exit status.
int run_ptrd(int argc, char** argv) {
  auto options = read_options(argc, argv);
  if (!options) {
    if (!options.error().what.empty()) process::log_error("{}", options.error().what);
    return options.error().status;
  }
  if (options->check_only) return kDone;
  process::set_log_level(options->config.log_level);

  const sigset_t signals = awaited_signals();
  const auto server = operate::Server::open(options->config);
  if (!server) return fail(server.error());
  auto management = operate::Management::open(**server, options->config, (*server)->changer());
  if (!management) return fail(management.error());
  // Opened before the process drops its rights to other users' directories.
  std::ofstream stats;
  if (const std::string& path = options->config.stats_json; !path.empty()) {
    stats.open(path);
    if (!stats) return fail(path + ": cannot write the statistics: " + std::strerror(errno));
  }
  if (const auto ok = process::drop_privileges((*server)->needs()); !ok) return fail(ok.error());
  return run(argc, argv, *options, stats, **server, *std::move(management), signals);
}

}  // namespace

int main(int argc, char** argv) try {
  process::open_log();
  return run_ptrd(argc, argv);
} catch (const std::bad_alloc&) {
  return fail("there is not enough memory");
} catch (const std::system_error& error) {
  // Of the standard library: a thread that cannot start.
  return fail(std::string("cannot start a thread: ") + error.what() +
              "; raise the limit on threads or memory (TasksMax=, LimitNPROC=, ulimit -u, ulimit -v)");
}
