// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/live/zone_check.hpp"

#include <algorithm>
#include <memory>

#include "rdns/live/checksum_probe.hpp"
#include "rdns/live/join.hpp"
#include "rdns/live/server_probe.hpp"

namespace ptrd::rdns::live {

namespace {

/// One delegation under observation: addresses first, then all servers at once.
class ZoneCheck : public std::enable_shared_from_this<ZoneCheck> {
 public:
  ZoneCheck(Client& client, Resolver* resolver, const CheckOptions& options, Delegation delegation,
            std::function<void(Observation)> handler)
      : client_(client), resolver_(resolver), options_(options), handler_(std::move(handler)) {
    for (const DelegatedServer& server : delegation.servers) {
      seen_.servers.push_back({.name = server.name, .glue = server.glue, .lookup = {}, .addresses = {}});
      for (const auto& address : server.glue) add(seen_.servers.back(), address);
    }
    seen_.delegation = std::move(delegation);
  }

  void find_addresses() {
    const auto join = std::make_shared<Join>([self = shared_from_this()] { self->ask_servers(); });
    for (size_t i = 0; resolver_ != nullptr && i < seen_.servers.size(); ++i) {
      resolver_->addresses(seen_.servers[i].name, true, true,
                           [self = shared_from_this(), i, arrive = join->one()](const Lookup& lookup) {
                             ServerObservation& server = self->seen_.servers[i];
                             server.lookup = lookup;
                             for (const Record& record : lookup.records)
                               self->add(server, address_of(record.address()));
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
    server.addresses.emplace_back().address = address;
  }

  void ask_servers() {
    const auto join =
        std::make_shared<Join>([self = shared_from_this()] { self->handler_(std::move(self->seen_)); });
    for (size_t i = 0; i < seen_.servers.size(); ++i)
      for (size_t j = 0; j < seen_.servers[i].addresses.size(); ++j) ask_server(i, j, *join);
    join->close();
  }

  void ask_server(size_t i, size_t j, Join& join) {
    const auto address = seen_.servers[i].addresses[j].address;
    probe_server(client_, {address, options_.port}, seen_.delegation.zone,
                 [self = shared_from_this(), i, j, arrive = join.one()](AddressObservation seen) {
                   auto& place = self->seen_.servers[i].addresses[j];
                   seen.ptr = std::move(place.ptr);
                   seen.takes_bad_checksums = place.takes_bad_checksums;
                   place = std::move(seen);
                   arrive();
                 });
    if (options_.checksums)
      probe_checksum(client_, {address, options_.port}, {seen_.delegation.zone, wire::Type::soa},
                     [self = shared_from_this(), i, j, arrive = join.one()](bool answered) {
                       self->seen_.servers[i].addresses[j].takes_bad_checksums = answered;
                       arrive();
                     });
    if (resolver_ == nullptr || !options_.ptr) return;
    verify(*resolver_, key_of(address), kMaxNames,
           [self = shared_from_this(), i, j, arrive = join.one()](const Verification& verification) {
             self->seen_.servers[i].addresses[j].ptr = verification;
             arrive();
           });
  }

  Client& client_;
  Resolver* resolver_;
  CheckOptions options_;
  std::function<void(Observation)> handler_;
  Observation seen_;
};

}  // namespace

void observe(Client& client, Resolver* resolver, const CheckOptions& options, Delegation delegation,
             std::function<void(Observation)> handler) {
  std::make_shared<ZoneCheck>(client, resolver, options, std::move(delegation), std::move(handler))
      ->find_addresses();
}

}  // namespace ptrd::rdns::live
