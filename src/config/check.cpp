// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The constraints between the members of a configuration.
#include <fmt/core.h>

#include <algorithm>

#include "config/config.hpp"
#include "port/interface.hpp"
#include "port/tap_interface.hpp"
#include "service/dpdk_service.hpp"

namespace ptrd::config {

namespace {

std::optional<Conflict> find_bad_address(const Config& config) {
  for (const std::string& text : config.addresses) {
    if (config.dpdk.device.empty()) {
      if (const auto host = port::parse_host_address(text); !host) return Conflict{"addresses", host.error()};
    } else if (const auto address = port::parse_interface_address(text); !address) {
      return Conflict{"addresses", address.error()};
    }
  }
  return {};
}

std::optional<Conflict> find_duplicate(const Config& config) {
  std::vector<std::string> sorted = config.listen;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return {};
  return Conflict{"listen", *twice + " is there twice; remove one"};
}

}  // namespace

std::string exception_interface(const Config& config) {
  if (config.dpdk.device.empty() || config.dpdk.exception == "off") return {};
  if (!config.dpdk.exception.empty()) return config.dpdk.exception;
  return service::default_exception(config.dpdk.device, !config.addresses.empty());
}

std::optional<Conflict> find_conflict(const Config& config) {
  if (auto duplicate = find_duplicate(config)) return duplicate;
  if (!config.control.watch_socket.empty() && config.control.watch_socket == config.control.socket)
    return Conflict{"control.watch-socket", "is also control.socket; give it a path of its own"};
  const bool dpdk = !config.dpdk.device.empty();
  const bool automatic = !config.automatic.empty();
  const bool xdp = automatic || !config.xdp.interface.empty();
  if (automatic && (dpdk || !config.xdp.interface.empty()))
    return Conflict{"auto", "cannot be used with dpdk or xdp, between which it chooses"};
  if (dpdk && xdp) return Conflict{"xdp.interface", "cannot be used with dpdk; start one ptrd for each"};
  constexpr const char* kNeedsDpdk = "works with DPDK only; give the device (dpdk.device, --dpdk)";
  if (!dpdk && !config.dpdk.exception.empty()) return Conflict{"dpdk.exception", kNeedsDpdk};
  if (!dpdk && config.dpdk.mbufs != 0) return Conflict{"dpdk.mbufs", kNeedsDpdk};
  if (!dpdk && !config.dpdk.eal.empty()) return Conflict{"dpdk.eal", kNeedsDpdk};
  constexpr const char* kNeedsXdp = "works with AF_XDP only; give the interface (xdp.interface, --xdp)";
  if (!xdp && config.xdp.keep) return Conflict{"xdp.keep", kNeedsXdp};
  if (!xdp && config.xdp.kernel_answers != port::KernelAnswers::fallback)
    return Conflict{"xdp.kernel-answers", kNeedsXdp};
  if (!config.addresses.empty() && !dpdk && !xdp)
    return Conflict{"addresses",
                    "work with DPDK or AF_XDP only; give the device or interface (--dpdk, --xdp)"};
  if ((dpdk || xdp) && config.udp_payload > wire::kUdpPayload)
    return Conflict{"udp-payload", fmt::format("at most {} with DPDK or AF_XDP, whose buffers hold no more",
                                               wire::kUdpPayload)};
  return find_bad_address(config);
}

std::string missing_key(const Config& config) {
  if (config.image.empty()) return "image";
  const bool port = !config.dpdk.device.empty() || !config.xdp.interface.empty() ||
                    !config.automatic.empty() || !config.listen.empty();
  return port ? "" : "listen";
}

}  // namespace ptrd::config
