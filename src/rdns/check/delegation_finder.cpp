// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "rdns/check/zone_check.hpp"

namespace ptrd::rdns::check {

namespace {

using wire::Name;
using wire::Type;

/// From the zone up to its parent's servers, and down again through their referral.
class Finder : public std::enable_shared_from_this<Finder> {
 public:
  using Handler = std::function<void(tl::expected<Delegation, std::string>)>;

  Finder(client::Client& client, client::Resolver& resolver, const CheckOptions& options, const Name& zone,
         client::Clock::time_point end, Handler handler)
      : client_(client),
        resolver_(resolver),
        options_(options),
        end_(end),
        timer_(client.context(), end),
        handler_(std::move(handler)) {
    delegation_.zone = zone;
  }

  /// The SOA in a reply for the name above identifies its zone (RFC 2308 3).
  void find_parent() {
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (!cancelled) self->fail("its parent was not found within the time limit for a zone (--zone-time)");
    });
    if (delegation_.zone.is_root()) return fail("is the root, which is not delegated");
    resolver_.look_up(
        {delegation_.zone.parent(), Type::soa}, [self = shared_from_this()](const client::Lookup& lookup) {
          if (lookup.state == client::Lookup::State::failed)
            return self->fail("its parent was not found: " + lookup.failure);
          if (!lookup.zone || !self->delegation_.zone.is_below_or_at(*lookup.zone))
            return self->fail("its parent was not found: the resolver returned no zone above it");
          self->delegation_.parent = *lookup.zone;
          self->find_parent_servers();
        });
  }

 private:
  /// Reports the outcome, once: an answer may still arrive after the deadline.
  void finish(tl::expected<Delegation, std::string> outcome) {
    timer_.cancel();
    if (handler_) std::exchange(handler_, nullptr)(std::move(outcome));
  }
  void fail(const std::string& what) {
    finish(tl::unexpected(delegation_.zone.to_text() + " " + what + left_out_ +
                          " (use --ns to give the servers to check)"));
  }
  void fail_at_parent(const std::string& what) { fail("of " + delegation_.parent->to_text() + ": " + what); }

  void find_parent_servers() {
    resolver_.look_up({*delegation_.parent, Type::ns},
                      [self = shared_from_this()](const client::Lookup& lookup) {
                        for (const client::Record& record : lookup.records) {
                          if (self->names_.size() < self->options_.limits.servers)
                            self->names_.push_back(record.target());
                          else
                            self->leave_out("more than " + std::to_string(self->options_.limits.servers) +
                                            " name servers (--max-servers)");
                        }
                        self->next_name();
                      });
  }

  /// The next one of the parent's servers, and its addresses.
  void next_name() {
    if (names_.empty())
      return fail_at_parent(asked_ ? "none of its servers answered" : "its servers were not found");
    const Name name = names_.back();
    names_.pop_back();
    resolver_.addresses(name, options_.v4, options_.v6,
                        [self = shared_from_this()](const client::Lookup& lookup) {
                          for (const client::Record& record : lookup.records)
                            self->add(client::address_of(record.address()));
                          self->next_address();
                        });
  }

  void add(const asio::ip::address& address) {
    const AskLimits& limits = options_.limits;
    if (const SpecialPurpose* special = limits.why_not(address))
      return leave_out(describe(address, *special) + " (--allow-address)");
    if (addresses_.size() >= limits.addresses || all_ >= limits.all_addresses)
      return leave_out("more than " + std::to_string(limits.addresses) + " addresses of a server or " +
                       std::to_string(limits.all_addresses) +
                       " of all (--max-addresses, --max-all-addresses)");
    ++all_;
    addresses_.push_back(address);
  }
  /// The error names the first thing that a limit left out.
  void leave_out(const std::string& what) {
    if (left_out_.empty()) left_out_ = "; not queried: " + what;
  }

  void next_address() {
    if (!handler_) return;  // the deadline has passed
    if (addresses_.empty()) return next_name();
    const client::Endpoint server(addresses_.back(), options_.port);
    addresses_.pop_back();
    asked_ = true;
    client_.ask(
        server, {delegation_.zone, Type::ns}, {}, client::Transport::either,
        [self = shared_from_this()](const client::Answer& answer) { self->take_referral(answer); }, end_);
  }

  void take_referral(const client::Answer& answer) {
    if (answer.outcome != client::Outcome::reply || answer.reply.has(wire::flag::tc)) return next_address();
    const client::Reply& reply = answer.reply;
    const bool aa = reply.has(wire::flag::aa);
    if (reply.is(wire::Rcode::nxdomain) && aa)
      return fail_at_parent("not delegated: the name does not exist");
    if (!reply.is(wire::Rcode::noerror)) return next_address();
    for (const auto* section : {&reply.authority, &reply.answer})
      for (const client::Record& record : *section)
        if (record.is(Type::ns) && record.owner == delegation_.zone) add(record.target(), reply);
    if (delegation_.servers.empty())
      return aa ? fail_at_parent("not delegated: the parent has no NS records for it") : next_address();
    delegation_.parent_is_child = aa;
    finish(std::move(delegation_));
  }

  void add(const Name& name, const client::Reply& reply) {
    DelegatedServer server{.name = name, .glue = {}};
    for (const client::Record& record : reply.additional)
      if ((record.is(Type::a) || record.is(Type::aaaa)) && record.owner == name)
        server.glue.push_back(client::address_of(record.address()));
    delegation_.servers.push_back(std::move(server));
  }

  client::Client& client_;
  client::Resolver& resolver_;
  CheckOptions options_;
  client::Clock::time_point end_;
  asio::steady_timer timer_;
  Handler handler_;  // empty after the call
  Delegation delegation_;
  std::vector<Name> names_;
  std::vector<asio::ip::address> addresses_;
  size_t all_ = 0;  // addresses so far
  std::string left_out_;
  bool asked_ = false;
};

}  // namespace

void find_delegation(client::Client& client, client::Resolver& resolver, const CheckOptions& options,
                     const Name& zone, client::Clock::time_point end,
                     std::function<void(tl::expected<Delegation, std::string>)> handler) {
  std::make_shared<Finder>(client, resolver, options, zone, end, std::move(handler))->find_parent();
}

}  // namespace ptrd::rdns::check
