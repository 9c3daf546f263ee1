// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <memory>

#include "rdns/live/zone_check.hpp"

namespace ptrd::rdns::live {

namespace {

using wire::Name;
using wire::Type;

/// From the zone up to its parent's servers, and down again by their referral.
class Finder : public std::enable_shared_from_this<Finder> {
 public:
  using Handler = std::function<void(tl::expected<Delegation, std::string>)>;

  Finder(Client& client, Resolver& resolver, const CheckOptions& options, const Name& zone, Handler handler)
      : client_(client), resolver_(resolver), options_(options), handler_(std::move(handler)) {
    delegation_.zone = zone;
  }

  /// The SOA in a reply about the name above says which zone that is in (RFC 2308 3).
  void find_parent() {
    if (delegation_.zone.is_root()) return fail("is the root, which nobody delegates");
    resolver_.look_up({delegation_.zone.parent(), Type::soa},
                      [self = shared_from_this()](const Lookup& lookup) {
                        if (lookup.state == Lookup::State::failed)
                          return self->fail("its parent is not found: " + lookup.failure);
                        if (!lookup.zone || !self->delegation_.zone.is_below_or_at(*lookup.zone))
                          return self->fail("its parent is not found: the resolver names no zone above it");
                        self->delegation_.parent = *lookup.zone;
                        self->find_parent_servers();
                      });
  }

 private:
  void fail(const std::string& what) {
    handler_(tl::unexpected(delegation_.zone.to_text() + " " + what + " (--ns names servers to check)"));
  }
  void fail_at_parent(const std::string& what) { fail("of " + delegation_.parent->to_text() + ": " + what); }

  void find_parent_servers() {
    resolver_.look_up({*delegation_.parent, Type::ns}, [self = shared_from_this()](const Lookup& lookup) {
      for (const Record& record : lookup.records) self->names_.push_back(record.target());
      self->next_name();
    });
  }

  /// The next of the parent's servers, and its addresses.
  void next_name() {
    if (names_.empty())
      return fail_at_parent(asked_ ? "none of its servers answers" : "its servers are not found");
    const Name name = names_.back();
    names_.pop_back();
    resolver_.addresses(name, options_.v4, options_.v6, [self = shared_from_this()](const Lookup& lookup) {
      for (const Record& record : lookup.records) self->addresses_.push_back(address_of(record.address()));
      self->next_address();
    });
  }

  void next_address() {
    if (addresses_.empty()) return next_name();
    const Endpoint server(addresses_.back(), options_.port);
    addresses_.pop_back();
    asked_ = true;
    client_.ask(server, {delegation_.zone, Type::ns}, {}, Transport::either,
                [self = shared_from_this()](const Answer& answer) { self->take_referral(answer); });
  }

  void take_referral(const Answer& answer) {
    if (answer.outcome != Outcome::reply || answer.reply.has(wire::flag::tc)) return next_address();
    const Reply& reply = answer.reply;
    const bool aa = reply.has(wire::flag::aa);
    if (reply.is(wire::Rcode::nxdomain) && aa)
      return fail_at_parent("not delegated: the name does not exist");
    if (!reply.is(wire::Rcode::noerror)) return next_address();
    for (const auto* section : {&reply.authority, &reply.answer})
      for (const Record& record : *section)
        if (record.is(Type::ns) && record.owner == delegation_.zone) add(record.target(), reply);
    if (delegation_.servers.empty())
      return aa ? fail_at_parent("not delegated: the parent has no NS records for it") : next_address();
    delegation_.parent_is_child = aa;
    handler_(std::move(delegation_));
  }

  void add(const Name& name, const Reply& reply) {
    DelegatedServer server{.name = name, .glue = {}};
    for (const Record& record : reply.additional)
      if ((record.is(Type::a) || record.is(Type::aaaa)) && record.owner == name)
        server.glue.push_back(address_of(record.address()));
    delegation_.servers.push_back(std::move(server));
  }

  Client& client_;
  Resolver& resolver_;
  CheckOptions options_;
  Handler handler_;
  Delegation delegation_;
  std::vector<Name> names_;
  std::vector<asio::ip::address> addresses_;
  bool asked_ = false;
};

}  // namespace

void find_delegation(Client& client, Resolver& resolver, const CheckOptions& options, const Name& zone,
                     std::function<void(tl::expected<Delegation, std::string>)> handler) {
  std::make_shared<Finder>(client, resolver, options, zone, std::move(handler))->find_parent();
}

}  // namespace ptrd::rdns::live
