// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "top.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "frame.hpp"

namespace ptrd::ctl {

namespace {

constexpr int kPeriod = 1000;       // ms
constexpr int kAnswerTimeout = 10;  // s

volatile sig_atomic_t interrupted = 0;

/// Puts the terminal into raw mode without echo; restores it at the end. Does nothing if standard input is
/// not a terminal.
class Screen {
 public:
  Screen() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (is_terminal_) {
      termios raw = before_;
      raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
      (void)::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    (void)::sigaction(SIGINT, &action, nullptr);
    (void)::sigaction(SIGTERM, &action, nullptr);
    std::fputs("\x1b[?1049h\x1b[?25l", stdout);  // alternate screen, no cursor
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    std::fputs("\x1b[?25h\x1b[?1049l", stdout);
    std::fflush(stdout);
    if (is_terminal_) (void)::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

  /// What fits the window.
  static void draw(const std::string& frame) {
    winsize window{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row < 2) window = {24, 80, 0, 0};
    std::string out = "\x1b[H";
    size_t at = 0;
    for (int row = 1; row < window.ws_row && at < frame.size(); ++row) {
      const size_t end = std::min(frame.find('\n', at), frame.size());
      out += frame.substr(at, std::min<size_t>(end - at, window.ws_col)) + "\x1b[K\n";
      at = end + 1;
    }
    out += "\x1b[J(q quits)";
    std::fputs(out.c_str(), stdout);
    std::fflush(stdout);
  }

  /// Waits for the next frame; false: quit.
  [[nodiscard]] bool wait() const {
    pollfd key{is_terminal_ ? STDIN_FILENO : -1, POLLIN, 0};
    const int ready = ::poll(&key, 1, kPeriod);
    if (interrupted != 0) return false;
    if (ready <= 0) return true;
    char c = 0;
    return ::read(STDIN_FILENO, &c, 1) == 1 && c != 'q' && c != 'Q';
  }

 private:
  termios before_{};
  bool is_terminal_ = false;
};

tl::expected<Response, std::string> ask(Client& client, const char* command) {
  auto response = client.ask({.command = command}, kAnswerTimeout);
  if (response && !response->ok()) return tl::unexpected(response->error());
  return response;
}

tl::expected<Frame, std::string> take_frame(Client& client) {
  auto stats = ask(client, "stats");
  if (!stats) return tl::unexpected(stats.error());
  auto prefixes = ask(client, "prefixes");
  if (!prefixes) return tl::unexpected(prefixes.error());
  return Frame{*std::move(stats), *std::move(prefixes)};
}

}  // namespace

tl::expected<void, std::string> run_top(Client& client, bool once) {
  auto before = take_frame(client);
  if (!before) return tl::unexpected(before.error());
  const auto next_frame = [&]() -> tl::expected<std::string, std::string> {
    const auto status = ask(client, "status");
    if (!status) return tl::unexpected(status.error());
    auto now = take_frame(client);
    if (!now) return tl::unexpected(now.error());
    auto frame = shown(client.path(), [&] { return show_top(*before, *now, *status); });
    before = std::move(now);
    return frame;
  };
  if (once) {
    (void)::poll(nullptr, 0, kPeriod);
    const auto frame = next_frame();
    if (!frame) return tl::unexpected(frame.error());
    std::fputs(frame->c_str(), stdout);
    return {};
  }
  const Screen screen;
  while (screen.wait()) {
    const auto frame = next_frame();
    if (!frame) return tl::unexpected(frame.error());
    Screen::draw(*frame);
  }
  return {};
}

}  // namespace ptrd::ctl
