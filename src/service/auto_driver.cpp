// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/auto_driver.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "port/interface.hpp"
#include "port/pci.hpp"
#include "process/log.hpp"

namespace ptrd::service {

namespace {

/// "192.0.2.1:53" or "[2001:db8::1]:53"; no value for a link-local address, which needs the name of its
/// interface.
std::optional<std::string> socket_address(const port::Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  in6_addr v6{};
  std::copy(address.begin(), address.end(), v6.s6_addr);
  if (IN6_IS_ADDR_LINKLOCAL(&v6)) return std::nullopt;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    return fmt::format("{}:53", text.data());
  }
  inet_ntop(AF_INET6, &v6, text.data(), text.size());
  return fmt::format("[{}]:53", text.data());
}

}  // namespace

tl::expected<AutoChoice, std::string> choose_driver(const std::string& where, const std::string& sys) {
  if (where.empty()) return tl::unexpected<std::string>("--auto needs an interface or a PCI address");
  const auto address = port::parse_pci_address(where);
  if (!address)
    return AutoChoice{
        .device = "", .interface = where, .why_not_dpdk = "DPDK needs the PCI address of a card"};
  const auto card = port::find_pci_device(*address, sys);
  if (!card) return tl::unexpected("--auto " + where + ": no such PCI device; list them with lspci -D");
  if (card->is_for_user_space()) return AutoChoice{.device = *address, .interface = "", .why_not_dpdk = ""};
  if (card->interface.empty()) {
    return tl::unexpected(fmt::format(
        "--auto {}: that device {} and has no network interface; bind a card to vfio-pci for DPDK "
        "(dpdk-devbind.py -s lists them)",
        where, card->bound()));
  }
  return AutoChoice{.device = "",
                    .interface = card->interface,
                    .why_not_dpdk = fmt::format("{} {}, not to vfio-pci", *address, card->bound())};
}

tl::expected<std::unique_ptr<Service>, std::string> open_xdp_or_sockets(const AutoChoice& choice,
                                                                        XdpOptions xdp, SocketOptions sockets,
                                                                        datapath::EngineSlot& engine) {
  const port::Interface interface {
    .name = choice.interface, .index = if_nametoindex(choice.interface.c_str())
  };
  if (interface.index == 0) {
    return tl::unexpected("--auto " + choice.interface + ": no such interface; list them with ip link");
  }
  // An error in them is an error in the command line, not a reason to use another driver.
  for (const std::string& text : xdp.addresses) {
    if (const auto address = port::parse_host_address(text); !address)
      return tl::unexpected("--address " + address.error());
  }
  xdp.interface = choice.interface;
  auto opened = open_xdp(xdp, engine);
  if (opened) {
    process::log_info("--auto selected AF_XDP on {}; not DPDK: {}", choice.interface, choice.why_not_dpdk);
    return opened;
  }
  const std::string why = opened.error();
  port::Addresses addresses = port::addresses_of(interface).value_or(port::LinkAddresses{}).addresses;
  for (const std::string& text : xdp.addresses) addresses.insert(*port::parse_host_address(text));
  sockets.addresses.clear();
  for (const port::Address& address : addresses) {
    if (auto text = socket_address(address)) sockets.addresses.push_back(*std::move(text));
  }
  if (sockets.addresses.empty()) {
    return tl::unexpected(
        fmt::format("{}; {} has no address for kernel sockets either: give it one", why, choice.interface));
  }
  auto plain = open_sockets(sockets, engine);
  if (!plain) return tl::unexpected(why + "; and kernel sockets: " + plain.error());
  process::log_info("--auto selected kernel sockets on {}; not DPDK: {}; not AF_XDP: {}", choice.interface,
                    choice.why_not_dpdk, why);
  return plain;
}

}  // namespace ptrd::service
