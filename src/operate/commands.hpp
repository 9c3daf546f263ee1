// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "operate/control_socket.hpp"
#include "operate/prefix_watch.hpp"
#include "operate/server.hpp"
#include "swap/changer.hpp"
#include "swap/reloader.hpp"

namespace ptrd::operate {

/// What the clients of a socket may do.
enum class Role : uint8_t {
  control,  // everything
  watch,    // look, but change nothing
};

/// Executes the requests described in PROTOCOL.md.
class Commands {
 public:
  using Reply = std::function<void(std::string)>;

  /// `changer` makes changes; null: none are taken, as no journal is configured.
  Commands(Server& server, swap::Reloader& reloader, swap::Changer* changer, Role role)
      : server_(server), reloader_(reloader), changer_(changer), role_(role) {}

  /// How many bytes follow a request, and whether they are wanted.
  [[nodiscard]] ControlSocket::Body body(std::string_view request) const;
  /// Answers one request; one thread at a time may call it. `reply` is called once, before this returns or,
  /// after a swap or a change, from the reloader's or the changer's thread.
  void handle(std::string_view request, std::string body, const Reply& reply);

 private:
  struct Request;
  [[nodiscard]] static tl::expected<Request, std::string> parse(std::string_view line);
  /// The response to what is not for these clients, or not switched on; empty: it is.
  [[nodiscard]] std::string refusal(const Request& request) const;
  void compact(const std::string& image, const swap::Reloader::Done& done, const Reply& reply);

  Server& server_;
  swap::Reloader& reloader_;
  swap::Changer* changer_;
  /// Begun, and not ended: what the image has that is being made.
  struct Compaction {
    change::Journal::Mark from;
    uint64_t swaps;  // as far as the image has been swapped then
  };
  std::optional<Compaction> compaction_;
  Role role_;
  PrefixWatch prefixes_;
};

}  // namespace ptrd::operate
