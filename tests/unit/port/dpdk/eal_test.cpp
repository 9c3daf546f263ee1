// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/eal.hpp"

#include <gtest/gtest.h>

namespace ptrd::port {
namespace {

// Drivers that receive the frames of a kernel interface name it; a file is not an interface, nor is one that
// the driver creates.
TEST(KernelInterface, IsInTheDevicesArguments) {
  EXPECT_EQ(kernel_interface_of("net_af_xdp0,iface=server0,xdp_prog=x.o,busy_budget=0"), "server0");
  EXPECT_EQ(kernel_interface_of("eth_af_packet7,qpairs=2,iface=eth1"), "eth1");
  EXPECT_EQ(kernel_interface_of("net_pcap0,iface=eth2"), "eth2");
  EXPECT_EQ(kernel_interface_of("net_pcap0,rx_iface_in=eth3,tx_iface=eth4"), "eth3");
  EXPECT_EQ(kernel_interface_of("net_pcap0,rx_pcap=iface=eth2,tx_pcap=b"), "");
  EXPECT_EQ(kernel_interface_of("net_tap0,iface=made0"), "");
  EXPECT_EQ(kernel_interface_of("net_virtio_user0,path=/dev/vhost-net,iface=made0"), "");
  EXPECT_EQ(kernel_interface_of("net_af_xdp0"), "");
  EXPECT_EQ(kernel_interface_of("0000:3b:00.0"), "");
  EXPECT_EQ(kernel_interface_of(""), "");
}

}  // namespace
}  // namespace ptrd::port
