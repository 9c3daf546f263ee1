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
  if (config.watch_image) {
    auto watch = swap::ImageWatch::open(
        config.image,
        [&reloader = management->reloader_, path = config.image] { return reloader.reload(path, false); });
    if (!watch) return tl::unexpected(watch.error());
    management->watch_ = *std::move(watch);
  }
  if (!config.metrics.listen.empty()) {
    auto metrics =
        Metrics::open(config.metrics.listen, server.services(), server.images(), management->reloader_);
    if (!metrics) return tl::unexpected(metrics.error());
    management->metrics_ = *std::move(metrics);
  }
  return management;
}

Management::~Management() {
  watch_.reset();
  // Before the socket closes: a client may be waiting for the result of a swap.
  reloader_.stop();
  socket_.reset();
}

}  // namespace ptrd::operate
