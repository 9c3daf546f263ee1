// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrctl: controls a running ptrd.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "apply.hpp"
#include "client.hpp"
#include "compact.hpp"
#include "lib/program.hpp"
#include "options.hpp"
#include "port/xdp/detach.hpp"
#include "show.hpp"
#include "top.hpp"

namespace ptrd::ctl {

namespace {

constexpr int kTimeout = 10;  // seconds; a reload may take as long as it takes

using Send = std::function<tl::expected<Response, std::string>(Client&)>;

/// Calls `send`, and prints the response if it is ok: as JSON, or the output of `show`. `not_running` is the
/// exit status if ptrd is not running.
int ask(const std::string& socket, const Send& send, std::string (*show)(const Json&), bool as_json,
        int not_running = kFailed) {
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what, client.error().not_running ? not_running : kFailed);
  const auto response = send(*client);
  if (!response) {
    // A ptrd that was just exiting accepted the connection and is gone.
    ::usleep(client->ended() ? 100'000 : 0);
    const bool gone = client->ended() && !Client::connect(socket);
    return fail(response.error(), gone ? not_running : kFailed);
  }
  if (!response->ok()) return fail(response->error());
  const auto text = shown(socket, [&] { return as_json ? response->to_text() : show(response->json()); });
  if (!text) return fail(text.error());
  std::fputs(text->c_str(), stdout);
  return kDone;
}

/// Sends one request.
int ask(const std::string& socket, const Request& request, int seconds, std::string (*show)(const Json&),
        bool as_json = false) {
  return ask(
      socket, [&](Client& client) { return client.ask(request, seconds); }, show, as_json,
      request.command == "status" ? kNotRunning : kFailed);
}

/// All zones, page by page. Starts over if the image changes meanwhile.
tl::expected<Response, std::string> ask_zones(Client& client) try {
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    std::vector<Response> pages;
    for (std::string after;; after = text(pages.back().json(), "next")) {
      auto page = client.ask({.command = "zones", .after = after}, kTimeout);
      if (!page || !page->ok()) return page;
      if (!pages.empty() && number(page->json(), "swaps") != number(pages.front().json(), "swaps")) break;
      pages.push_back(*std::move(page));
      if (text(pages.back().json(), "next").empty()) return Response::of_pages(pages, "zones");
    }
  }
  return tl::unexpected<std::string>("the image changed while its zones were listed; try again");
} catch (const std::exception& error) {  // of the JSON library
  return tl::unexpected(std::string("a response that is not as expected, from another version? ") +
                        error.what());
}

/// ptrd has another working directory.
std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

int run(const std::string& socket, const StatusOptions& options) {
  return ask(socket, {.command = "status"}, kTimeout, show_status, options.json);
}

int run(const std::string& socket, const ReloadOptions& options) {
  return ask(
      socket,
      {.command = "reload", .force = options.force, .image = absolute(options.image), .only = options.only},
      0, show_swap);
}

int run(const std::string& socket, const RollbackOptions&) {
  return ask(socket, {.command = "rollback"}, 0, show_swap);
}

int run(const std::string& socket, const ApplyOptions& options) {
  return run_apply(socket, options);
}

int run(const std::string& socket, const ChangeOptions& options) {
  return run_change(socket, options);
}

int run(const std::string& socket, const CompactOptions& options) {
  return run_compact(socket, options);
}

int run(const std::string& socket, const StatsOptions& options) {
  return ask(socket, {.command = "stats"}, kTimeout, show_stats, options.json);
}

int run(const std::string& socket, const ZonesOptions& options) {
  return ask(socket, ask_zones, show_zones, options.json);
}

/// All rules, page by page.
tl::expected<Response, std::string> ask_policy(Client& client) try {
  std::vector<Response> pages;
  for (std::string after;; after = text(pages.back().json(), "next")) {
    auto page = client.ask({.command = "policy", .after = after}, kTimeout);
    if (!page || !page->ok()) return page;
    pages.push_back(*std::move(page));
    if (text(pages.back().json(), "next").empty()) return Response::of_pages(pages, "rules");
  }
} catch (const std::exception& error) {  // of the JSON library
  return tl::unexpected(std::string("a response that is not as expected, from another version? ") +
                        error.what());
}

int run(const std::string& socket, const PolicyOptions& options) {
  if (options.test.empty()) return ask(socket, ask_policy, show_policy, options.json);
  return ask(socket,
             {.command = "policy-test", .name = options.name, .client = options.client, .type = options.type},
             kTimeout, show_verdict, options.json);
}

int run(const std::string& socket, const TopOptions& options) {
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what);
  const auto ok = run_top(*client, options.once);
  return ok ? kDone : fail(ok.error());
}

int run(const std::string& socket, const LogOptions& options) {
  return ask(socket, {.command = "log-level", .level = options.level}, kTimeout, show_level);
}

int run(const std::string&, const DetachOptions& options) {
  const auto done = port::detach_program(options.interface);
  if (!done) return fail(done.error());
  fmt::print("{}: {}\n", options.interface,
             *done ? "ptrd's program is detached, its pins are removed" : "ptrd left nothing there");
  return kDone;
}

}  // namespace

}  // namespace ptrd::ctl

const char* const ptrd::kProgram = "ptrctl";

int main(int argc, char** argv) {
  using namespace ptrd;
  return run_program(ctl::read_options(argc, argv), [](const ctl::Options& options) {
    return std::visit([&](const auto& command) { return ctl::run(options.socket, command); },
                      options.command);
  });
}
