// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/own_addresses.hpp"

#include <pthread.h>

#include <utility>

#include "process/log.hpp"
#include "service/address_watch.hpp"

namespace ptrd::service {

OwnAddressKeeper::OwnAddressKeeper(Sources sources, datapath::EngineSlot& engine)
    : sources_(std::move(sources)),
      engine_(engine),
      limited_(!sources_.interfaces.empty() || !sources_.fixed.empty()) {}

std::optional<port::LinkAddresses> OwnAddressKeeper::read() const {
  port::LinkAddresses own{.mac = {}, .addresses = sources_.fixed};
  for (const port::Interface& interface : sources_.interfaces) {
    const auto found = port::addresses_of(interface);
    if (!found) return std::nullopt;
    if (!own.mac) own.mac = found->mac;
    own.addresses.insert(found->addresses.begin(), found->addresses.end());
  }
  if (!own.mac) own.mac = sources_.mac;
  return own;
}

tl::expected<void, std::string> OwnAddressKeeper::refresh() {
  if (!limited_) return {};
  while (!retired_.empty() && engine_.passed(retired_.front().token)) retired_.pop_front();
  auto own = read();
  if (!own) return {};  // keep the previous ones until the kernel answers
  if (set_ != nullptr && *own == current_) return {};
  current_ = *std::move(own);
  publish();
  if (sources_.filter) return sources_.filter->set(current_);
  return {};
}

void OwnAddressKeeper::publish() {
  const std::vector<port::Address> addresses(current_.addresses.begin(), current_.addresses.end());
  auto next = std::make_unique<const frame::OwnAddresses>(current_.mac, addresses, sources_.others);
  slot_.store(next.get(), std::memory_order_release);
  auto before = std::exchange(set_, std::move(next));
  if (before) retired_.push_back({std::move(before), engine_.ask()});
}

std::string OwnAddressKeeper::describe() const {
  if (!limited_) return "answers for every address";
  std::string text;
  for (const port::Interface& interface : sources_.interfaces)
    text += (text.empty() ? "answers for the addresses of " : " and ") + interface.name;
  if (text.empty()) return "answers for the addresses given";
  return text;
}

void OwnAddressKeeper::start() {
  if (sources_.interfaces.empty() || !stop_.exchange(false)) return;
  thread_ = std::thread([this] { run(); });
}

void OwnAddressKeeper::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void OwnAddressKeeper::run() {
  (void)pthread_setname_np(pthread_self(), "addresses");
  const AddressWatch changes;
  for (bool told = false; !stop_;) {
    if (const auto ok = refresh(); !ok && !std::exchange(told, true)) process::log_error("{}", ok.error());
    changes.wait(AddressWatch::kLongest);
  }
}

}  // namespace ptrd::service
