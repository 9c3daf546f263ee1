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

/// Carries out the requests of PROTOCOL.md.
class Commands {
 public:
  using Reply = std::function<void(std::string)>;

  Commands(Server& server, swap::Reloader& reloader) : server_(server), reloader_(reloader) {}

  /// Answers one request, by one thread at a time: `reply` is called once, before this returns or, after a
  /// swap, from the reloader's thread.
  void handle(std::string_view request, const Reply& reply);

 private:
  Server& server_;
  swap::Reloader& reloader_;
  PrefixWatch prefixes_;
};

}  // namespace ptrd::operate
