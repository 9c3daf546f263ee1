// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "client/client.hpp"

namespace ptrd::client {

/// One try: a query, and the time to wait for its reply.
struct ExchangeRequest {
  Endpoint server;
  Question question;
  QueryStyle style;
  std::chrono::milliseconds timeout{};
};

/// Sends one datagram from a socket of its own; anything that is not the reply is counted and ignored until
/// the timeout. `done` is called once.
void exchange_over_udp(asio::io_context& context, const ExchangeRequest& request, Client::Handler done);
/// One connection for one query (RFC 7766); a wrong reply on it ends the try.
void exchange_over_tcp(asio::io_context& context, const ExchangeRequest& request, Client::Handler done);

}  // namespace ptrd::client
