// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::operate {

/// The Unix socket through which ptrctl talks to ptrd: one line per request and per response (PROTOCOL.md).
/// One thread serves all clients; none of them can delay another, or the workers.
class ControlSocket {
 public:
  static constexpr size_t kMaxRequest = 64 << 10;  // bytes of a line
  static constexpr size_t kMaxClients = 128;
  /// Limits for the bytes behind a request's line. Those of more than kSmallBody share kMaxBodies, until
  /// their requests are answered: what does not fit beside the others' is refused. Smaller ones always fit,
  /// 128 clients have 8 MiB at most.
  static constexpr size_t kMaxBody = size_t{64} << 20;
  static constexpr size_t kMaxBodies = size_t{64} << 20;
  static constexpr size_t kSmallBody = 64 << 10;

  /// Takes the response, without the line end. May be called from any thread, once.
  using Reply = std::function<void(std::string)>;
  /// Called in the socket's thread with a request, a line and the bytes behind it; must not block.
  using Handler = std::function<void(std::string_view request, std::string body, Reply reply)>;
  /// The bytes that follow a request's line: how many, and the response that refuses them before they are
  /// read (empty: they are wanted). Refused bytes are read and thrown away, so that the next request is
  /// found.
  struct Body {
    uint64_t size = 0;
    std::string refusal;
  };
  /// Called in the socket's thread, before the handler. Empty: no request has a body.
  using Bodies = std::function<Body(std::string_view request)>;

  /// Listens at `path`, mode 0660, owned by `group` (name or number; empty: the process's). A socket that
  /// nothing listens on any more is replaced. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<ControlSocket>, std::string> open(
      const std::string& path, const std::string& group, Handler handler, Bodies bodies = {});
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  /// Disconnects the clients and removes the socket, unless another one has replaced it.
  ~ControlSocket();

 private:
  struct State;
  explicit ControlSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ptrd::operate
