// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/address_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

namespace ptrd::service {

AddressWatch::AddressWatch()
    : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  // Without it the waits last to their limits.
  (void)::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups);
}

void AddressWatch::wait(std::chrono::milliseconds limit) const {
  pollfd wait{socket_.get(), POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return;
  // What changed is read anew from the kernel, so that a lost message costs nothing.
  std::array<char, 8192> ignored;
  while (::recv(socket_.get(), ignored.data(), ignored.size(), 0) > 0) {
  }
}

}  // namespace ptrd::service
