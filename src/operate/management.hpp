// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "config/config.hpp"
#include "operate/commands.hpp"
#include "operate/control_socket.hpp"
#include "operate/dpdk_telemetry.hpp"
#include "operate/metrics.hpp"
#include "operate/server.hpp"
#include "swap/changer.hpp"
#include "swap/image_watch.hpp"
#include "swap/reloader.hpp"

namespace ptrd::operate {

/// The operator's access to a running server: swaps, the control socket, the watch on the image, metrics.
/// Ends before the server stops, because a swap waits for the workers.
class Management {
 public:
  /// Opens what `config` asks for. `changer` makes the changes that clients send, and must outlive this;
  /// null: they are told that none are taken. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<Management>, std::string> open(
      Server& server, const config::Config& config, swap::Changer* changer = nullptr);
  Management(const Management&) = delete;
  Management& operator=(const Management&) = delete;
  ~Management();

  [[nodiscard]] swap::Reloader& reloader() { return reloader_; }
  /// Takes over the live keys of `config`: the limits for losses, and the image to watch for. Error: why that
  /// cannot be watched; nothing is watched then.
  [[nodiscard]] tl::expected<void, std::string> take_over(const config::Config& config);

 private:
  /// A socket whose requests `commands` answers.
  [[nodiscard]] static tl::expected<std::unique_ptr<ControlSocket>, std::string> open_socket(
      const std::string& path, const std::string& group, Commands& commands);
  Management(Server& server, swap::Changer* changer)
      : images_(server.images()),
        reloader_(images_),
        changer_(changer),
        commands_(server, reloader_, changer, Role::control),
        watch_commands_(server, reloader_, changer, Role::watch),
        telemetry_(server.services(), server.images()) {}

  swap::ImageStore& images_;
  swap::Reloader reloader_;
  swap::Changer* changer_;
  Commands commands_;
  Commands watch_commands_;
  std::unique_ptr<ControlSocket> socket_;
  std::unique_ptr<ControlSocket> watch_socket_;
  std::unique_ptr<swap::ImageWatch> watch_;
  std::string watched_;  // the image's path
  DpdkTelemetry telemetry_;
  std::unique_ptr<Metrics> metrics_;
};

}  // namespace ptrd::operate
