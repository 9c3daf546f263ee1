// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "load/crew.hpp"
#include "port/interface.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::load {

using Mac = std::array<uint8_t, 6>;

/// For a card without an address, locally administered (IEEE 802, section 8.4).
inline constexpr Mac kLocalMac = {0x02, 0, 0, 0, 0, 0x01};

/// Source and destination of frames with queries.
struct Ends {
  Mac mac{};       // our own
  Mac next_hop{};  // the server's, or that of a router on the way
  port::Address source{};
  port::Address server{};
  uint16_t server_port = frame::kDnsPort;
};

/// "02:00:5e:10:00:01". Error: what is wrong with it.
[[nodiscard]] tl::expected<Mac, std::string> parse_mac(const std::string& text);

/// The ends given in the options, everything else zero. Error: what is wrong with them.
[[nodiscard]] tl::expected<Ends, std::string> given_ends(const CrewOptions& options);

}  // namespace ptrd::load
