// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/client.hpp"

#include <memory>

#include "client/exchange.hpp"

namespace ptrd::client {

namespace {

/// One question: its tries, one after another.
class Asking : public std::enable_shared_from_this<Asking> {
 public:
  Asking(Client& client, ExchangeRequest request, Transport transport, Client::Handler handler,
         Clock::time_point end)
      : client_(client),
        request_(std::move(request)),
        transport_(transport),
        handler_(std::move(handler)),
        end_(end),
        left_(client.options().retries) {}

  void next_try() {
    client_.pacer().acquire(request_.server.address(), [self = shared_from_this()] {
      const auto now = Clock::now();
      if (now >= self->end_) {
        self->client_.pacer().release();
        return self->end({});
      }
      if (self->end_ - now < self->request_.timeout)
        self->request_.timeout = std::chrono::ceil<std::chrono::milliseconds>(self->end_ - now);
      auto done = [self](Answer answer) {
        self->client_.pacer().release();
        self->judge(std::move(answer));
      };
      if (self->transport_ == Transport::tcp)
        exchange_over_tcp(self->client_.context(), self->request_, std::move(done));
      else
        exchange_over_udp(self->client_.context(), self->request_, std::move(done));
    });
  }

 private:
  void judge(Answer answer) {
    strays_ += answer.strays;
    const bool worth_another = answer.outcome == Outcome::timeout || answer.outcome == Outcome::refused;
    if (worth_another && left_ > 0) {
      --left_;
      return next_try();
    }
    if (transport_ == Transport::either && answer.outcome == Outcome::reply &&
        answer.reply.has(wire::flag::tc)) {
      transport_ = Transport::tcp;
      left_ = client_.options().retries;
      return next_try();
    }
    end(std::move(answer));
  }

  void end(Answer answer) {
    answer.strays = strays_;
    handler_(std::move(answer));
  }

  Client& client_;
  ExchangeRequest request_;
  Transport transport_;
  Client::Handler handler_;
  Clock::time_point end_;
  unsigned left_;
  Strays strays_;
};

}  // namespace

Strays& Strays::operator+=(const Strays& more) {
  other_source += more.other_source;
  other_id += more.other_id;
  other_question += more.other_question;
  unreadable += more.unreadable;
  return *this;
}

void Client::ask(const Endpoint& server, const Question& question, QueryStyle style, Transport transport,
                 Handler handler, Clock::time_point end) {
  ExchangeRequest request{
      .server = server, .question = question, .style = style, .timeout = options_.timeout};
  std::make_shared<Asking>(*this, std::move(request), transport, std::move(handler), end)->next_try();
}

}  // namespace ptrd::client
