// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/exchange.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace ptrd::client {

namespace {

Outcome outcome_of(const asio::error_code& error) {
  if (error == asio::error::network_unreachable || error == asio::error::address_family_not_supported ||
      error == asio::error::access_denied || error.value() == EADDRNOTAVAIL)
    return Outcome::no_route;
  // The connection was accepted, then closed without a reply.
  if (error == asio::error::eof || error == asio::error::connection_reset) return Outcome::timeout;
  return Outcome::refused;
}

/// The common part of both transports: the id, the timeout, and the check of received messages.
class Exchange {
 public:
  Exchange(asio::io_context& context, const ExchangeRequest& request, Client::Handler done)
      : request_(request), timer_(context), done_(std::move(done)), id_(random_id()) {
    query_ = write_query(request.question, id_, request.style);
  }

 protected:
  /// Accepts the message as the reply, or counts why it is not.
  bool believe(wire::Bytes message) {
    auto reply = read_reply(message);
    if (!reply) {
      ++answer_.strays.unreadable;
      return false;
    }
    switch (match(*reply, id_, request_.question)) {
      case Match::yes:
        answer_.reply = std::move(*reply);
        return true;
      case Match::other_id:
        ++answer_.strays.other_id;
        return false;
      case Match::other_question:
        ++answer_.strays.other_question;
        return false;
      case Match::not_a_reply:
        break;
    }
    ++answer_.strays.unreadable;
    return false;
  }

  /// Delivers the outcome; returns false if that was done before.
  bool finish(Outcome outcome) {
    if (!done_) return false;
    timer_.cancel();
    answer_.outcome = outcome;
    answer_.time = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
    const auto done = std::move(done_);
    done_ = nullptr;
    done(std::move(answer_));
    return true;
  }
  [[nodiscard]] bool over() const { return !done_; }

  ExchangeRequest request_;
  asio::steady_timer timer_;
  std::vector<uint8_t> query_;
  Answer answer_;

 private:
  Client::Handler done_;
  uint16_t id_;
  Clock::time_point started_ = Clock::now();
};

class UdpExchange : public Exchange, public std::enable_shared_from_this<UdpExchange> {
 public:
  UdpExchange(asio::io_context& context, const ExchangeRequest& request, Client::Handler done)
      : Exchange(context, request, std::move(done)),
        socket_(context),
        server_(request.server.address(), request.server.port()) {}

  void start() {
    asio::error_code error;
    socket_.open(server_.protocol(), error);
    if (error) return end(outcome_of(error));
    // Not connected, so that a message from elsewhere is seen and counted; the kernel's reports of
    // unreachable ports then have to be asked for.
    const int on = 1;
    if (request_.server.address().is_v4())
      (void)::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else
      (void)::setsockopt(socket_.native_handle(), IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    timer_.expires_after(request_.timeout);
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (!cancelled) self->end(Outcome::timeout);
    });
    socket_.async_send_to(asio::buffer(query_), server_,
                          [self = shared_from_this()](const asio::error_code& failed, size_t) {
                            if (failed) return self->end(outcome_of(failed));
                            self->receive();
                          });
  }

 private:
  void receive() {
    if (over()) return;
    socket_.async_receive_from(asio::buffer(buffer_), sender_,
                               [self = shared_from_this()](const asio::error_code& error, size_t size) {
                                 self->received(error, size);
                               });
  }

  void received(const asio::error_code& error, size_t size) {
    if (over()) return;
    if (error) return end(Outcome::refused);  // reported by a host on the path, not by this machine
    if (sender_ != server_)
      ++answer_.strays.other_source;
    else if (believe({buffer_.data(), size}))
      return end(Outcome::reply);
    receive();
  }

  void end(Outcome outcome) {
    if (over()) return;
    asio::error_code ignored;
    socket_.close(ignored);
    finish(outcome);
  }

  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint server_;
  asio::ip::udp::endpoint sender_;
  std::array<uint8_t, 8192> buffer_;  // more than was offered; a longer message is malformed
};

class TcpExchange : public Exchange, public std::enable_shared_from_this<TcpExchange> {
 public:
  TcpExchange(asio::io_context& context, const ExchangeRequest& request, Client::Handler done)
      : Exchange(context, request, std::move(done)), socket_(context) {}

  void start() {
    timer_.expires_after(request_.timeout);
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (!cancelled) self->end(Outcome::timeout);
    });
    const asio::ip::tcp::endpoint server(request_.server.address(), request_.server.port());
    socket_.async_connect(server, [self = shared_from_this()](const asio::error_code& error) {
      if (self->goes_on(error)) self->send();
    });
  }

 private:
  /// Whether the exchange continues after a step; an error ends it.
  bool goes_on(const asio::error_code& error) {
    if (over()) return false;
    if (error) end(outcome_of(error));
    return !error;
  }

  void send() {
    const auto size = static_cast<uint16_t>(query_.size());
    query_.insert(query_.begin(), {static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)});
    asio::async_write(socket_, asio::buffer(query_),
                      [self = shared_from_this()](const asio::error_code& error, size_t) {
                        if (self->goes_on(error)) self->read_length();
                      });
  }

  void read_length() {
    asio::async_read(socket_, asio::buffer(length_),
                     [self = shared_from_this()](const asio::error_code& error, size_t) {
                       if (self->goes_on(error)) self->read_message();
                     });
  }

  void read_message() {
    message_.resize(wire::load16(length_.data()));
    asio::async_read(socket_, asio::buffer(message_),
                     [self = shared_from_this()](const asio::error_code& error, size_t) {
                       if (!self->goes_on(error)) return;
                       if (!self->believe(self->message_)) return self->end(Outcome::timeout);
                       // Truncated although there is room for 65,535 bytes: not an answer, and a retry would
                       // not help (RFC 7766 5).
                       if (!self->answer_.reply.has(wire::flag::tc)) return self->end(Outcome::reply);
                       ++self->answer_.strays.unreadable;
                       self->end(Outcome::timeout);
                     });
  }

  void end(Outcome outcome) {
    if (over()) return;
    asio::error_code ignored;
    socket_.close(ignored);
    finish(outcome);
  }

  asio::ip::tcp::socket socket_;
  std::array<uint8_t, 2> length_{};
  std::vector<uint8_t> message_;
};

}  // namespace

void exchange_over_udp(asio::io_context& context, const ExchangeRequest& request, Client::Handler done) {
  std::make_shared<UdpExchange>(context, request, std::move(done))->start();
}

void exchange_over_tcp(asio::io_context& context, const ExchangeRequest& request, Client::Handler done) {
  std::make_shared<TcpExchange>(context, request, std::move(done))->start();
}

}  // namespace ptrd::client
