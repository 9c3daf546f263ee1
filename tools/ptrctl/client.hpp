// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "json.hpp"
#include "port/descriptor.hpp"

namespace ptrd::ctl {

/// Why there is no connection: nothing is listening there, or another reason.
struct Failure {
  bool not_running = false;
  std::string what;
};

/// A connection to ptrd's control socket (src/operate/PROTOCOL.md).
class Client {
 public:
  [[nodiscard]] static tl::expected<Client, Failure> connect(const std::string& path);

  /// The response to `request`, whether ok or not; `body` are the bytes behind the request's line. `seconds`
  /// to wait for it; 0: no limit. Error: a line that says why there is none.
  [[nodiscard]] tl::expected<Response, std::string> ask(const Request& request, int seconds,
                                                        const std::string& body = "");
  /// The path of the socket.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Whether the other side has closed the connection.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  explicit Client(std::string path, port::Descriptor socket)
      : path_(std::move(path)), socket_(std::move(socket)) {}
  std::string path_;
  port::Descriptor socket_;
  std::string input_;  // data after the previous response
  bool ended_ = false;
};

}  // namespace ptrd::ctl
