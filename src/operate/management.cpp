// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/management.hpp"

#include <utility>

namespace ptrd::operate {

tl::expected<std::unique_ptr<ControlSocket>, std::string> Management::open_socket(const std::string& path,
                                                                                  const std::string& group,
                                                                                  Commands& commands) {
  if (path.empty()) return nullptr;
  return ControlSocket::open(
      path, group,
      [&commands](std::string_view request, std::string body, const ControlSocket::Reply& reply) {
        commands.handle(request, std::move(body), reply);
      },
      [&commands](std::string_view request) { return commands.body(request); });
}

tl::expected<std::unique_ptr<Management>, std::string> Management::open(Server& server,
                                                                        const config::Config& config,
                                                                        swap::Changer* changer) {
  std::unique_ptr<Management> management(new Management(server, changer));
  const config::Config::Control& control = config.control;
  auto socket = open_socket(control.socket, control.group, management->commands_);
  if (!socket) return tl::unexpected(socket.error());
  management->socket_ = *std::move(socket);
  auto watch = open_socket(control.watch_socket, control.watch_group, management->watch_commands_);
  if (!watch) return tl::unexpected(watch.error());
  management->watch_socket_ = *std::move(watch);
  if (const auto ok = management->take_over(config); !ok) return tl::unexpected(ok.error());
  if (!config.metrics.listen.empty()) {
    auto metrics = Metrics::open(config.metrics.listen, server.services(), server.images(),
                                 management->reloader_, changer);
    if (!metrics) return tl::unexpected(metrics.error());
    management->metrics_ = *std::move(metrics);
  }
  return management;
}

tl::expected<void, std::string> Management::take_over(const config::Config& config) {
  images_.set_loss_limits(config.reload);
  if (!config.watch_image || (watch_ && config.image == watched_)) return {};
  watch_.reset();
  auto watch = swap::ImageWatch::open(config.image, [this, path = config.image] {
    // A compacted image is in service before its file has this name.
    if (changer_ != nullptr && images_.is_file_in_service(path)) return;
    // Only what has appeared: a policy that is being edited must not keep the image out.
    reloader_.reload_next(path, {}, swap::ImageStore::Part::image);
  });
  if (!watch) return tl::unexpected(watch.error());
  watch_ = *std::move(watch);
  watched_ = config.image;
  return {};
}

Management::~Management() {
  watch_.reset();
  // Before the sockets close: a client may be waiting for the result of a swap, or of a change.
  reloader_.stop();
  if (changer_ != nullptr) changer_->stop();
  socket_.reset();
  watch_socket_.reset();
}

}  // namespace ptrd::operate
