// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/management.hpp"

#include <utility>

namespace ptrd::operate {

tl::expected<std::unique_ptr<Management>, std::string> Management::open(Server& server,
                                                                        const config::Config& config) {
  std::unique_ptr<Management> management(new Management(server));
  if (!config.control.socket.empty()) {
    auto socket = ControlSocket::open(
        config.control.socket, config.control.group,
        [&commands = management->commands_](std::string_view request, const ControlSocket::Reply& reply) {
          commands.handle(request, reply);
        });
    if (!socket) return tl::unexpected(socket.error());
    management->socket_ = *std::move(socket);
  }
  if (const auto ok = management->take_over(config); !ok) return tl::unexpected(ok.error());
  if (!config.metrics.listen.empty()) {
    auto metrics =
        Metrics::open(config.metrics.listen, server.services(), server.images(), management->reloader_);
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
  // Before the socket closes: a client may be waiting for the result of a swap.
  reloader_.stop();
  socket_.reset();
}

}  // namespace ptrd::operate
