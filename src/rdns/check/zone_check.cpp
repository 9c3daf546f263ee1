// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/zone_check.hpp"

#include <algorithm>
#include <asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "client/join.hpp"
#include "rdns/check/checksum_probe.hpp"
#include "rdns/check/server_probe.hpp"

namespace ptrd::rdns::check {

namespace {

/// One delegation under observation: first the addresses, then all servers in parallel.
class ZoneCheck : public std::enable_shared_from_this<ZoneCheck> {
 public:
  ZoneCheck(client::Client& client, client::Resolver* resolver, const CheckOptions& options,
            Delegation delegation, client::Clock::time_point end, std::function<void(Observation)> handler)
      : client_(client),
        resolver_(resolver),
        options_(options),
        end_(end),
        timer_(client.context(), end),
        handler_(std::move(handler)) {
    for (const DelegatedServer& server : delegation.servers) {
      seen_.servers.push_back({.name = server.name, .glue = server.glue, .lookup = {}, .addresses = {}});
      if (seen_.servers.size() > options.limits.servers) continue;
      for (const auto& address : server.glue) add(seen_.servers.back(), address);
    }
    seen_.delegation = std::move(delegation);
    seen_.limits = options.limits;
  }

  void find_addresses() {
    timer_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
      if (cancelled || self->over()) return;
      self->seen_.time_is_up = true;
      self->finish();
    });
    const auto join = std::make_shared<client::Join>([self = shared_from_this()] { self->ask_servers(); });
    const size_t servers = std::min<size_t>(seen_.servers.size(), options_.limits.servers);
    for (size_t i = 0; resolver_ != nullptr && i < servers; ++i) {
      resolver_->addresses(
          seen_.servers[i].name, true, true,
          [self = shared_from_this(), i, arrive = join->one()](const client::Lookup& lookup) {
            if (self->over()) return;
            ServerObservation& server = self->seen_.servers[i];
            server.lookup = lookup;
            for (const client::Record& record : lookup.records)
              self->add(server, client::address_of(record.address()));
            arrive();
          });
    }
    join->close();
  }

 private:
  void add(ServerObservation& server, const asio::ip::address& address) {
    const bool wanted = address.is_v4() ? options_.v4 : options_.v6;
    const bool known = std::any_of(server.addresses.begin(), server.addresses.end(),
                                   [&](const AddressObservation& a) { return a.address == address; });
    if (!wanted || known) return;
    if (options_.limits.why_not(address) != nullptr) return note(server.special, address);
    if (server.addresses.size() >= options_.limits.addresses || all_ >= options_.limits.all_addresses)
      return note(server.left_out, address);
    ++all_;
    server.addresses.emplace_back().address = address;
    server.addresses.back().unfinished = true;
  }
  static void note(std::vector<asio::ip::address>& known, const asio::ip::address& address) {
    if (std::find(known.begin(), known.end(), address) == known.end()) known.push_back(address);
  }

  /// Answers after the end are ignored: the observation no longer exists.
  [[nodiscard]] bool over() const { return !handler_; }
  void finish() {
    if (over()) return;
    timer_.cancel();
    std::exchange(handler_, nullptr)(std::move(seen_));
  }

  void ask_servers() {
    if (over()) return;
    const auto join = std::make_shared<client::Join>([self = shared_from_this()] { self->finish(); });
    for (size_t i = 0; i < seen_.servers.size(); ++i)
      for (size_t j = 0; j < seen_.servers[i].addresses.size(); ++j) ask_server(i, j, *join);
    join->close();
  }

  void ask_server(size_t i, size_t j, client::Join& join) {
    const auto address = seen_.servers[i].addresses[j].address;
    probe_server(client_, {address, options_.port}, seen_.delegation.zone, end_,
                 [self = shared_from_this(), i, j, arrive = join.one()](AddressObservation seen) {
                   if (self->over()) return;
                   auto& place = self->seen_.servers[i].addresses[j];
                   seen.ptr = std::move(place.ptr);
                   seen.takes_bad_checksums = place.takes_bad_checksums;
                   place = std::move(seen);
                   arrive();
                 });
    if (options_.checksums)
      probe_checksum(client_, {address, options_.port}, {seen_.delegation.zone, wire::Type::soa},
                     [self = shared_from_this(), i, j, arrive = join.one()](bool answered) {
                       if (self->over()) return;
                       self->seen_.servers[i].addresses[j].takes_bad_checksums = answered;
                       arrive();
                     });
    if (resolver_ == nullptr || !options_.ptr) return;
    verify(*resolver_, client::key_of(address), kMaxNames,
           [self = shared_from_this(), i, j, arrive = join.one()](const Verification& verification) {
             if (self->over()) return;
             self->seen_.servers[i].addresses[j].ptr = verification;
             arrive();
           });
  }

  client::Client& client_;
  client::Resolver* resolver_;
  CheckOptions options_;
  client::Clock::time_point end_;
  asio::steady_timer timer_;
  std::function<void(Observation)> handler_;  // empty after the call
  size_t all_ = 0;                            // addresses of all servers
  Observation seen_;
};

}  // namespace

void observe(client::Client& client, client::Resolver* resolver, const CheckOptions& options,
             Delegation delegation, client::Clock::time_point end, std::function<void(Observation)> handler) {
  std::make_shared<ZoneCheck>(client, resolver, options, std::move(delegation), end, std::move(handler))
      ->find_addresses();
}

}  // namespace ptrd::rdns::check
