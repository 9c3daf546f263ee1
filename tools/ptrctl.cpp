// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrctl: talks to a ptrd that runs.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <variant>

#include "port/detach.hpp"
#include "ptrctl_client.hpp"
#include "ptrctl_options.hpp"
#include "ptrctl_show.hpp"
#include "ptrctl_top.hpp"

namespace ptrd::ctl {

namespace {

constexpr int kNotRunning = 3;  // of `status`, as in LSB init scripts

constexpr int kPatience = 10;  // seconds; a reload may take as long as it takes

int fail(const std::string& what) {
  fmt::print(stderr, "ptrctl: {}\n", what);
  return kFailed;
}

/// Sends a request and prints the response that is ok: as JSON, or what `show` makes of it.
int ask(const std::string& socket, const Request& request, int seconds, std::string (*show)(const Json&),
        bool as_json = false) {
  auto client = Client::connect(socket);
  if (!client) {
    fail(client.error().what);
    return client.error().not_running && request.command == "status" ? kNotRunning : kFailed;
  }
  const auto response = client->ask(request, seconds);
  if (!response) {
    // A ptrd that is just ending took the connection, and is gone.
    ::usleep(client->ended() ? 100'000 : 0);
    const bool gone = client->ended() && !Client::connect(socket);
    fail(response.error());
    return gone && request.command == "status" ? kNotRunning : kFailed;
  }
  if (!response->ok()) return fail(response->error());
  const auto text = shown(socket, [&] { return as_json ? response->to_text() : show(response->json()); });
  if (!text) return fail(text.error());
  std::fputs(text->c_str(), stdout);
  return std::fflush(stdout) == 0 ? kDone : fail("standard output: cannot be written");
}

/// ptrd has another working directory.
std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

int run(const std::string& socket, const StatusOptions& options) {
  return ask(socket, {.command = "status"}, kPatience, show_status, options.json);
}

int run(const std::string& socket, const ReloadOptions& options) {
  return ask(socket, {.command = "reload", .force = options.force, .image = absolute(options.image)}, 0,
             show_swap);
}

int run(const std::string& socket, const RollbackOptions&) {
  return ask(socket, {.command = "rollback"}, 0, show_swap);
}

int run(const std::string& socket, const StatsOptions& options) {
  return ask(socket, {.command = "stats"}, kPatience, show_stats, options.json);
}

int run(const std::string& socket, const ZonesOptions& options) {
  return ask(socket, {.command = "zones"}, kPatience, show_zones, options.json);
}

int run(const std::string& socket, const TopOptions& options) {
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what);
  const auto ok = run_top(*client, options.once);
  return ok ? kDone : fail(ok.error());
}

int run(const std::string& socket, const LogOptions& options) {
  return ask(socket, {.command = "log-level", .level = options.level}, kPatience, show_level);
}

int run(const std::string&, const DetachOptions& options) {
  const auto done = port::detach_program(options.interface);
  if (!done) return fail(done.error());
  fmt::print("{}: {}\n", options.interface,
             *done ? "ptrd's program is off, its pins are removed" : "ptrd has left nothing there");
  return kDone;
}

}  // namespace

}  // namespace ptrd::ctl

int main(int argc, char** argv) {
  using namespace ptrd::ctl;
  const auto options = read_options(argc, argv);
  if (!options) return options.error().status;
  return std::visit([&](const auto& command) { return run(options->socket, command); }, options->command);
}
