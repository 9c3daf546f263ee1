// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/port_advice.hpp"

#include <fmt/core.h>

#include "process/log.hpp"

namespace ptrd::service {

void PortAdvice::log(port::Link link, uint64_t dropped) {
  const auto now = Clock::now();
  if (const auto line = this->link(link, now)) {
    if (link == port::Link::up) {
      process::log_info("{}", *line);
    } else {
      process::log_warning("{}", *line);
    }
  }
  if (const auto line = partial_checksums(dropped, now)) process::log_warning("{}", *line);
}

std::optional<std::string> PortAdvice::link(port::Link link, Clock::time_point now) {
  using port::Link;
  if (link != Link::no_carrier) without_carrier_.reset();
  if (link == Link::no_carrier) {
    if (!without_carrier_) without_carrier_ = now;
    if (now - *without_carrier_ < kNegotiation) return {};
  }
  if (std::exchange(told_, link) == link) return {};
  switch (link) {
    case Link::up:
      return name_ + ": the link is up";
    case Link::down:
      return fmt::format("{}: the interface is down, and no query arrives; bring it up: ip link set {} up",
                         name_, interface_);
    case Link::no_carrier:
      break;
  }
  return name_ + ": the link has no carrier, and no query arrives; check the cable, or the link's other end";
}

std::optional<std::string> PortAdvice::partial_checksums(uint64_t dropped, Clock::time_point now) {
  if (dropped == dropped_ || (told_of_dropped_ && now - *told_of_dropped_ < kAgain)) return {};
  told_of_dropped_ = now;
  const uint64_t more = dropped - std::exchange(dropped_, dropped);
  return fmt::format(
      "{}: {} queries were dropped (udp_partial): their sender, a container or a virtual machine of this "
      "host, "
      "leaves UDP checksums to hardware that they do not pass; at its end of the link: ethtool -K INTERFACE "
      "tx "
      "off",
      name_, more);
}

}  // namespace ptrd::service
