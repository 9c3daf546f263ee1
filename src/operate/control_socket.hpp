// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

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

  /// Takes the response, without the line end. May be called from any thread, once.
  using Reply = std::function<void(std::string)>;
  /// Called in the socket's thread with a request; must not block.
  using Handler = std::function<void(std::string_view request, Reply reply)>;

  /// Listens at `path`, mode 0660, owned by `group` (name or number; empty: the process's). A socket that
  /// nothing listens on any more is replaced. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<ControlSocket>, std::string> open(
      const std::string& path, const std::string& group, Handler handler);
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
