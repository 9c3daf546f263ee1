// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/address_watch.hpp"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

namespace ptrd::service {

AddressWatch::AddressWatch()
    : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK), mnl_socket_close) {
  constexpr unsigned kGroups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  // Without it each wait lasts until its limit.
  if (socket_) (void)mnl_socket_bind(socket_.get(), kGroups, MNL_SOCKET_AUTOPID);
}

void AddressWatch::wait(std::chrono::milliseconds limit) const {
  // poll(2) ignores a negative descriptor.
  pollfd wait{socket_ ? mnl_socket_get_fd(socket_.get()) : -1, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return;
  // The addresses are read again from the kernel after a change, so a lost message does no harm.
  std::array<char, 8192> ignored;
  while (mnl_socket_recvfrom(socket_.get(), ignored.data(), ignored.size()) > 0) {
  }
}

}  // namespace ptrd::service
