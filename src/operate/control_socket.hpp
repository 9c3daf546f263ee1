// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::operate {

/// The Unix socket by which ptrctl talks to ptrd: a line in, a line out (PROTOCOL.md). One thread for all
/// clients; none of them can hold up another, nor the workers.
class ControlSocket {
 public:
  static constexpr size_t kMaxRequest = 64 << 10;  // bytes of a line
  static constexpr size_t kMaxClients = 128;

  /// Takes the response, without the line's end; from any thread, once.
  using Reply = std::function<void(std::string)>;
  /// Called in the socket's thread with a request; must not block.
  using Handler = std::function<void(std::string_view request, Reply reply)>;

  /// Listens at `path`, mode 0660, owned by `group` (name or number; empty: the process's). A socket that
  /// nobody listens at any more is replaced. Error: a line that says how to mend it.
  [[nodiscard]] static tl::expected<std::unique_ptr<ControlSocket>, std::string> open(
      const std::string& path, const std::string& group, Handler handler);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  /// Cuts the clients off and removes the socket, unless another has taken its place.
  ~ControlSocket();

 private:
  struct State;
  explicit ControlSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ptrd::operate
