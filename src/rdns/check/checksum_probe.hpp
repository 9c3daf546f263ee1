// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>

#include "client/client.hpp"

namespace ptrd::rdns::check {

/// Sends one query in a UDP packet with a wrong checksum, which must not be answered (RFC 1122 4.1.3.4).
/// `handler` is told whether an answer came within the timeout of one try; also false if the packet could not
/// be sent. Needs CAP_NET_RAW.
void probe_checksum(client::Client& client, const client::Endpoint& server, const client::Question& question,
                    std::function<void(bool)> handler);

/// Whether this process may send such packets. Error: why not.
[[nodiscard]] tl::expected<void, std::string> may_probe_checksums();

/// The checksum of a UDP datagram, including its header, between two addresses of one family (RFC 768, RFC
/// 8200 8.1); the datagram's own checksum field must be zero.
[[nodiscard]] uint16_t udp_checksum(const asio::ip::address& source, const asio::ip::address& destination,
                                    wire::Bytes datagram);

}  // namespace ptrd::rdns::check
