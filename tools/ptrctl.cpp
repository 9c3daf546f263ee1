// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrctl: talks to a ptrd that runs.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "control/config.hpp"
#include "port/detach.hpp"
#include "ptrctl_client.hpp"
#include "ptrctl_show.hpp"
#include "ptrctl_top.hpp"

namespace {

using namespace ptrd;
using ctl::Json;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotRunning = 3;  // of `status`, as in LSB init scripts

constexpr int kPatience = 10;  // seconds; a reload may take as long as it takes

struct Options {
  std::string socket = control::Config::Control().socket;
  std::string image;
  std::string level;
  std::string interface;
  bool force = false;
  bool json = false;
  bool once = false;
};

int fail(const std::string& what) {
  fmt::print(stderr, "ptrctl: {}\n", what);
  return kFailed;
}

/// Sends a request; `show` makes what is printed of a response that is ok.
template <class Show>
int ask(const Options& options, const Json& request, int seconds, Show show) {
  auto client = ctl::Client::connect(options.socket);
  if (!client) {
    fail(client.error().what);
    return client.error().not_running && request.at("command") == "status" ? kNotRunning : kFailed;
  }
  const auto response = client->ask(request, seconds);
  if (!response) {
    // A ptrd that is just ending took the connection, and is gone.
    ::usleep(client->ended() ? 100'000 : 0);
    const bool gone = client->ended() && !ctl::Client::connect(options.socket);
    fail(response.error());
    return gone && request.at("command") == "status" ? kNotRunning : kFailed;
  }
  if (!response->value("ok", false))
    return fail(response->value("error", std::string("refused without a reason")));
  try {
    std::fputs(show(*response).c_str(), stdout);
  } catch (const Json::exception& error) {
    return fail(options.socket + ": a response that is not as expected, from another version? " +
                error.what());
  }
  return std::fflush(stdout) == 0 ? kDone : fail("standard output: cannot be written");
}

int top(const Options& options) {
  auto client = ctl::Client::connect(options.socket);
  if (!client) return fail(client.error().what);
  try {
    const auto ok = ctl::run_top(*client, options.once);
    return ok ? kDone : fail(ok.error());
  } catch (const Json::exception& error) {
    return fail(options.socket + ": a response that is not as expected, from another version? " +
                error.what());
  }
}

int detach(const std::string& interface) {
  const auto done = port::detach_program(interface);
  if (!done) return fail(done.error());
  fmt::print("{}: {}\n", interface,
             *done ? "ptrd's program is off, its pins are removed" : "ptrd has left nothing there");
  return kDone;
}

/// ptrd has another working directory.
std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"ptrctl: talks to a ptrd that runs"};
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ptrctl: ") + error.what() + "; see ptrctl --help\n";
  });
  app.add_option("-s,--socket", options.socket, "ptrd's control socket")->capture_default_str();
  app.require_subcommand(1);
  auto* status =
      app.add_subcommand("status", "what runs, and the image in service; exit status 3: no ptrd runs");
  status->add_flag("--json", options.json, "as JSON");
  auto* reload =
      app.add_subcommand("reload", "take an image into service, without one the same file as it is now");
  reload->add_option("IMAGE", options.image, "another image");
  reload->add_flag("--force", options.force, "also if a zone's serial goes backwards");
  auto* rollback = app.add_subcommand("rollback", "back to the image before the last reload");
  auto* stats = app.add_subcommand("stats", "all counters");
  stats->add_flag("--json", options.json, "as JSON");
  auto* zones = app.add_subcommand("zones", "the zones in service");
  zones->add_flag("--json", options.json, "as JSON");
  auto* live = app.add_subcommand("top", "queries a second, by service, kind and reason; q quits");
  live->add_flag("--once", options.once, "one frame, after a second");
  auto* log = app.add_subcommand("log", "what ptrd logs from now on");
  log->add_option("LEVEL", options.level, "error, warning, info or debug; without it only tell");
  auto* off = app.add_subcommand("detach", "take off an interface what a ptrd that is gone has left there");
  off->add_option("INTERFACE", options.interface)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }

  const auto shown = [&](std::string (*text)(const Json&)) {
    return [&options, text](const Json& response) {
      return options.json ? response.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                          : text(response);
    };
  };
  if (*status) return ask(options, {{"command", "status"}}, kPatience, shown(ctl::show_status));
  if (*zones) return ask(options, {{"command", "zones"}}, kPatience, shown(ctl::show_zones));
  if (*stats) return ask(options, {{"command", "stats"}}, kPatience, shown(ctl::show_stats));
  if (*rollback) return ask(options, {{"command", "rollback"}}, 0, ctl::show_swap);
  if (*live) return top(options);
  if (*off) return detach(options.interface);
  if (*log) {
    Json request = {{"command", "log-level"}};
    if (!options.level.empty()) request["level"] = options.level;
    return ask(options, request, kPatience,
               [](const Json& response) { return response.at("level").get<std::string>() + "\n"; });
  }
  (void)reload;
  Json request = {{"command", "reload"}, {"force", options.force}};
  if (!options.image.empty()) request["image"] = absolute(options.image);
  return ask(options, request, 0, ctl::show_swap);
}
