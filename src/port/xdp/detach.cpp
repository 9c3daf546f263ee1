// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/detach.hpp"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>

#include "port/tap_interface.hpp"
#include "port/xdp/pins.hpp"

namespace ptrd::port {

tl::expected<bool, std::string> detach_program(const std::string& interface) {
  if (auto ok = check_interface_name(interface); !ok) return tl::unexpected(ok.error());
  const auto pins = Pins::open(interface);
  if (!pins) return tl::unexpected(pins.error());
  const Descriptor link = pins->get("link");
  if (!link) {
    const bool nothing = errno == ENOENT;
    if (!nothing) return tl::unexpected(pins->path() + "/link: " + std::strerror(errno));
    pins->remove();
    return false;
  }
  // The program also disappears with its last pin, but that takes a moment.
  const int error = bpf_link_detach(link.get());
  if (error != 0 && errno != ENOLINK)
    return tl::unexpected(interface + ": cannot detach the program: " + std::strerror(errno));
  pins->remove();
  return true;
}

}  // namespace ptrd::port
