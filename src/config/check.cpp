// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What the members of a configuration demand of one another.
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

}  // namespace

std::string exception_interface(const Config& config) {
  if (config.dpdk.device.empty() || config.dpdk.exception == "off") return {};
  if (!config.dpdk.exception.empty()) return config.dpdk.exception;
  return service::default_exception(config.dpdk.device, !config.addresses.empty());
}

std::optional<Conflict> find_conflict(const Config& config) {
  const bool dpdk = !config.dpdk.device.empty();
  const bool automatic = !config.automatic.empty();
  if (automatic && (dpdk || !config.xdp.interface.empty()))
    return Conflict{"auto", "chooses by itself; leave dpdk and xdp out"};
  const bool xdp = automatic || !config.xdp.interface.empty();
  if (dpdk && xdp) return Conflict{"xdp.interface", "not together with dpdk; start a ptrd for each"};
  if (!dpdk && !config.dpdk.exception.empty())
    return Conflict{"dpdk.exception", "is for DPDK; give its device"};
  if (!dpdk && config.dpdk.mbufs != 0) return Conflict{"dpdk.mbufs", "is for DPDK; give its device"};
  if (!dpdk && !config.dpdk.eal.empty()) return Conflict{"dpdk.eal", "is for DPDK; give its device"};
  if (!xdp && config.xdp.keep) return Conflict{"xdp.keep", "is for AF_XDP; give its interface"};
  if (!xdp && config.xdp.kernel_answers != port::KernelAnswers::fallback)
    return Conflict{"xdp.kernel-answers", "is for AF_XDP; give its interface"};
  if (!config.addresses.empty() && !dpdk && !xdp)
    return Conflict{"addresses", "are for DPDK or AF_XDP; give its device or interface"};
  if ((dpdk || xdp) && config.udp_payload > wire::kUdpPayload)
    return Conflict{"udp-payload",
                    "above 1232 only with kernel sockets alone: a card's buffers hold no more"};
  return find_bad_address(config);
}

std::string missing_key(const Config& config) {
  if (config.image.empty()) return "image";
  const bool port = !config.dpdk.device.empty() || !config.xdp.interface.empty() ||
                    !config.automatic.empty() || !config.listen.empty();
  return port ? "" : "listen";
}

}  // namespace ptrd::config
