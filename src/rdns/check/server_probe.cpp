// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/server_probe.hpp"

#include <memory>

#include "client/join.hpp"

namespace ptrd::rdns::check {

namespace {

using wire::Type;

Reaction reaction_of(const client::Answer& answer, const client::Question& question) {
  Reaction reaction{.asked = true, .outcome = answer.outcome};
  if (answer.outcome != client::Outcome::reply) return reaction;
  const client::Reply& reply = answer.reply;
  reaction.rcode = reply.rcode;
  reaction.aa = reply.has(wire::flag::aa);
  reaction.ra = reply.has(wire::flag::ra);
  reaction.tc = reply.has(wire::flag::tc);
  reaction.edns = reply.edns;
  for (const client::Record& record : reply.answer)
    if (record.is(Type::soa) && record.owner == question.name) reaction.soa = record.soa();
  return reaction;
}

/// EDNS is not understood, or a middlebox drops messages with it (RFC 6891 6.2.2).
bool may_be_for_edns(const Reaction& reaction) {
  if (reaction.outcome == client::Outcome::timeout) return true;
  return reaction.outcome == client::Outcome::reply &&
         (reaction.rcode == static_cast<uint16_t>(wire::Rcode::formerr) ||
          reaction.rcode == static_cast<uint16_t>(wire::Rcode::notimp) ||
          reaction.rcode == static_cast<uint16_t>(wire::Rcode::badvers));
}

class Probe : public std::enable_shared_from_this<Probe> {
 public:
  Probe(client::Client& client, const client::Endpoint& server, const wire::Name& zone,
        client::Clock::time_point end, std::function<void(AddressObservation)> handler)
      : client_(client),
        server_(server),
        end_(end),
        soa_{zone, Type::soa},
        ns_{zone, Type::ns},
        handler_(std::move(handler)) {
    seen_.address = server.address();
  }

  void start() {
    const auto join =
        std::make_shared<client::Join>([self = shared_from_this()] { self->handler_(self->seen_); });
    client_.ask(
        server_, soa_, {}, client::Transport::tcp,
        [self = shared_from_this(), arrive = join->one()](const client::Answer& answer) {
          self->seen_.strays += answer.strays;
          self->seen_.tcp = reaction_of(answer, self->soa_);
          arrive();
        },
        end_);
    ask_udp(true, join->one());
    join->close();
  }

 private:
  void ask_udp(bool edns, std::function<void()> arrive) {
    client_.ask(
        server_, soa_, {.edns = edns}, client::Transport::udp,
        [self = shared_from_this(), edns, arrive = std::move(arrive)](const client::Answer& answer) {
          self->seen_.strays += answer.strays;
          self->judge_udp(reaction_of(answer, self->soa_), edns, arrive);
        },
        end_);
  }

  void judge_udp(const Reaction& reaction, bool edns, const std::function<void()>& arrive) {
    if (edns) {
      seen_.udp = reaction;
      if (may_be_for_edns(reaction)) return ask_udp(false, arrive);
    } else if (reaction.outcome == client::Outcome::reply &&
               (reaction.rcode != seen_.udp.rcode || seen_.udp.outcome != client::Outcome::reply)) {
      seen_.udp = reaction;
      seen_.only_without_edns = true;
    }
    if (!seen_.udp.authoritative() && !seen_.udp.tc) return arrive();
    ask_ns(arrive);
  }

  /// With RD, so that a recursive server shows RA.
  void ask_ns(const std::function<void()>& arrive) {
    client_.ask(
        server_, ns_, {.recursion_desired = true, .edns = !seen_.only_without_edns},
        client::Transport::either,
        [self = shared_from_this(), arrive](const client::Answer& answer) {
          self->seen_.strays += answer.strays;
          self->take_ns(answer);
          arrive();
        },
        end_);
  }

  void take_ns(const client::Answer& answer) {
    if (answer.outcome != client::Outcome::reply) return;
    const client::Reply& reply = answer.reply;
    if (reply.has(wire::flag::ra)) seen_.udp.ra = true;
    if (!reply.has(wire::flag::aa) || !reply.is(wire::Rcode::noerror) || reply.has(wire::flag::tc)) return;
    seen_.ns.emplace();
    for (const client::Record& record : reply.answer)
      if (record.is(Type::ns) && record.owner == ns_.name) seen_.ns->push_back(record.target());
  }

  client::Client& client_;
  client::Endpoint server_;
  client::Clock::time_point end_;
  client::Question soa_;
  client::Question ns_;
  std::function<void(AddressObservation)> handler_;
  AddressObservation seen_;
};

}  // namespace

void probe_server(client::Client& client, const client::Endpoint& server, const wire::Name& zone,
                  client::Clock::time_point end, std::function<void(AddressObservation)> handler) {
  std::make_shared<Probe>(client, server, zone, end, std::move(handler))->start();
}

}  // namespace ptrd::rdns::check
