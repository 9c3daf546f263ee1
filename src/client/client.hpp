// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <functional>

#include "client/endpoint.hpp"
#include "client/pacer.hpp"
#include "client/reply.hpp"

namespace ptrd::client {

using Clock = std::chrono::steady_clock;

enum class Transport : uint8_t {
  udp,
  tcp,
  either,  // UDP, and TCP when the reply is truncated (RFC 7766 5)
};

/// The outcome of a query after all its tries.
enum class Outcome : uint8_t {
  reply,
  timeout,   // no acceptable reply came in time
  refused,   // port or host unreachable, connection refused
  no_route,  // this machine cannot reach the address: says nothing about the server
};

/// Messages that arrived during the wait for a reply and were not accepted (RFC 5452 9.1).
struct Strays {
  unsigned other_source = 0;
  unsigned other_id = 0;
  unsigned other_question = 0;
  unsigned unreadable = 0;  // malformed, or not a reply
  [[nodiscard]] unsigned sum() const { return other_source + other_id + other_question + unreadable; }
  Strays& operator+=(const Strays& more);
};

struct Answer {
  Outcome outcome = Outcome::timeout;
  Reply reply;  // for Outcome::reply
  Strays strays;
  std::chrono::microseconds time{};  // from the last try's query to its reply
};

struct ClientOptions {
  std::chrono::milliseconds timeout{2000};  // of one try
  unsigned retries = 2;                     // tries after the first
  PaceLimits pace;
};

/// Queries name servers, many at once, on one thread: the caller calls `io_context::run`. Each try has a
/// socket of its own, with a port that the kernel chooses at random, and an id of its own (RFC 5452 9.2).
/// Handlers run in the context, never inside `ask`. Must outlive its pending queries.
class Client {
 public:
  using Handler = std::function<void(Answer)>;

  Client(asio::io_context& context, ClientOptions options)
      : context_(context), options_(options), pacer_(context, options.pace) {}

  /// No try begins at `end` or later, and none lasts longer: the outcome is then a timeout.
  void ask(const Endpoint& server, const Question& question, QueryStyle style, Transport transport,
           Handler handler, Clock::time_point end = Clock::time_point::max());

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] Pacer& pacer() { return pacer_; }

 private:
  asio::io_context& context_;
  ClientOptions options_;
  Pacer pacer_;
};

}  // namespace ptrd::client
