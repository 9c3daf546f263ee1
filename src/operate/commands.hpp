// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "operate/prefix_watch.hpp"
#include "operate/server.hpp"
#include "swap/reloader.hpp"

namespace ptrd::operate {

/// Executes the requests described in PROTOCOL.md.
class Commands {
 public:
  using Reply = std::function<void(std::string)>;

  Commands(Server& server, swap::Reloader& reloader) : server_(server), reloader_(reloader) {}

  /// Answers one request; one thread at a time may call it. `reply` is called once, before this returns or,
  /// after a swap, from the reloader's thread.
  void handle(std::string_view request, const Reply& reply);

 private:
  Server& server_;
  swap::Reloader& reloader_;
  PrefixWatch prefixes_;
};

}  // namespace ptrd::operate
