// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/checksum_probe.hpp"

#include <netinet/in.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/generic/raw_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>
#include <memory>

namespace ptrd::rdns::check {

namespace {

using RawProtocol = asio::generic::raw_protocol;
using asio::ip::udp;

constexpr size_t kUdpHeader = 8;

/// The 16-bit words of `bytes`; an odd last byte is the first byte of a word.
uint64_t sum_of(wire::Bytes bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) sum += wire::load16(&bytes[i]);
  return bytes.size() % 2 == 0 ? sum : sum + (uint64_t{bytes.back()} << 8U);
}

wire::Bytes octets(const wire::AddressKey& key) {
  return {key.address.data(), key.family == wire::Family::v4 ? size_t{4} : size_t{16}};
}

/// A query from the port of `socket`, with a checksum that is one too high; zero would mean no checksum.
std::vector<uint8_t> wrong_datagram(const udp::endpoint& from, const udp::endpoint& to, wire::Bytes query) {
  std::vector<uint8_t> datagram(kUdpHeader + query.size());
  wire::store16(&datagram[0], from.port());
  wire::store16(&datagram[2], to.port());
  wire::store16(&datagram[4], static_cast<uint16_t>(datagram.size()));
  std::copy(query.begin(), query.end(), datagram.begin() + kUdpHeader);
  const uint16_t right = udp_checksum(from.address(), to.address(), datagram);
  wire::store16(&datagram[6], right == 0xFFFF ? uint16_t{1} : static_cast<uint16_t>(right + 1));
  return datagram;
}

class ChecksumProbe : public std::enable_shared_from_this<ChecksumProbe> {
 public:
  ChecksumProbe(client::Client& client, const client::Endpoint& server, const client::Question& question,
                std::function<void(bool)> handler)
      : client_(client),
        server_(server.address(), server.port()),
        question_(question),
        handler_(std::move(handler)),
        socket_(client.context()),
        timer_(client.context()) {}

  void start() {
    timer_.expires_after(client_.options().timeout);
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (!cancelled) self->end(false);
    });
    if (!send()) return end(false);
    receive();
  }

 private:
  /// The answer is received by an ordinary socket, which is connected to get its source address; the query is
  /// sent through a raw socket.
  bool send() {
    asio::error_code error;
    socket_.connect(server_, error);
    if (error) return false;
    const udp::endpoint from = socket_.local_endpoint(error);
    const auto datagram = wrong_datagram(from, server_, client::write_query(question_, id_, {}));
    RawProtocol::socket raw(client_.context());
    raw.open(RawProtocol(server_.protocol().family(), IPPROTO_UDP), error);
    if (error) return false;
    const udp::endpoint to(server_.address(), 0);  // IPv6 raw sockets take no port
    raw.send_to(asio::buffer(datagram), RawProtocol::endpoint(to.data(), to.size(), IPPROTO_UDP), 0, error);
    return !error;
  }

  void receive() {
    socket_.async_receive(asio::buffer(buffer_),
                          [self = shared_from_this()](const asio::error_code& error, size_t size) {
                            if (error) return self->end(false);
                            const auto reply = client::read_reply({self->buffer_.data(), size});
                            if (reply && match(*reply, self->id_, self->question_) == client::Match::yes)
                              return self->end(true);
                            self->receive();
                          });
  }

  void end(bool answered) {
    if (!handler_) return;
    asio::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    std::exchange(handler_, nullptr)(answered);
  }

  client::Client& client_;
  udp::endpoint server_;
  client::Question question_;
  std::function<void(bool)> handler_;
  udp::socket socket_;
  asio::steady_timer timer_;
  uint16_t id_ = client::random_id();
  std::array<uint8_t, 8192> buffer_{};
};

}  // namespace

uint16_t udp_checksum(const asio::ip::address& source, const asio::ip::address& destination,
                      wire::Bytes datagram) {
  uint64_t sum = sum_of(octets(client::key_of(source))) + sum_of(octets(client::key_of(destination))) +
                 sum_of(datagram) + IPPROTO_UDP + datagram.size();
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16U);
  const auto folded = static_cast<uint16_t>(~sum);
  return folded == 0 ? uint16_t{0xFFFF} : folded;
}

tl::expected<void, std::string> may_probe_checksums() {
  asio::io_context context(1);
  asio::error_code error;
  RawProtocol::socket raw(context);
  raw.open(RawProtocol(AF_INET, IPPROTO_UDP), error);
  if (error)
    return tl::unexpected("packets with wrong checksums cannot be sent: " + error.message() +
                          "; CAP_NET_RAW is required");
  return {};
}

void probe_checksum(client::Client& client, const client::Endpoint& server, const client::Question& question,
                    std::function<void(bool)> handler) {
  client.pacer().acquire(server.address(), [&client, server, question, handler = std::move(handler)] {
    auto done = [&client, handler](bool answered) {
      client.pacer().release();
      handler(answered);
    };
    std::make_shared<ChecksumProbe>(client, server, question, std::move(done))->start();
  });
}

}  // namespace ptrd::rdns::check
