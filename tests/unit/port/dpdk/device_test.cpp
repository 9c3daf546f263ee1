// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/device.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

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

/// A /sys of the test's own, with PCI devices in it.
class DeviceTest : public testing::Test {
 protected:
  DeviceTest() {
    std::string path = "/tmp/ptrd-device-XXXXXX";
    sys_ = mkdtemp(path.data());
  }
  ~DeviceTest() override { std::filesystem::remove_all(sys_); }

  void device(const std::string& address, const std::string& driver, const std::string& kind,
              const std::string& interface = "") {
    const auto card = sys_ / "bus/pci/devices" / address;
    std::filesystem::create_directories(card / "net" / interface);
    std::ofstream(card / "class") << kind << "\n";
    if (!driver.empty())
      std::filesystem::create_symlink("../../../../bus/pci/drivers/" + driver, card / "driver");
  }
  [[nodiscard]] std::string fault(const std::string& device) const {
    const auto checked = check_device(device, sys_);
    return checked ? "" : checked.error();
  }
  [[nodiscard]] std::string no_port(const std::string& device) const { return why_no_port(device, sys_); }

  std::filesystem::path sys_;
};

// Before DPDK starts: a PCI device and an interface that are not there, and an interface in a device's place.
// Whatever else DPDK's buses may know is left to it.
TEST_F(DeviceTest, Check) {
  device("0000:0a:00.1", "vfio-pci", "0x020000");
  for (const char* good : {"0000:0a:00.1", "0a:00.1", "0a:00.1,txq_inline=0", "net_null0", "auxiliary:sf.2",
                           "net_af_xdp0,iface=lo", "net_pcap0,rx_pcap=nowhere"})
    EXPECT_EQ(fault(good), "") << good;
  EXPECT_EQ(fault("0000:ff:1f.7"), "0000:ff:1f.7: no such PCI device; list them with lspci -D");
  EXPECT_EQ(fault("0a:00.2,x=1"), "0a:00.2: no such PCI device; list them with lspci -D");
  EXPECT_EQ(fault("net_af_packet0,iface=nosuch0"), "nosuch0: no such interface; list them with ip link");
  EXPECT_TRUE(fault("lo").starts_with("lo is an interface; ")) << fault("lo");
}

// After it: what keeps DPDK from driving a card, and the command for it.
TEST_F(DeviceTest, NoPort) {
  device("0000:0a:00.1", "ixgbe", "0x020000", "eth3");
  device("0000:0a:00.2", "", "0x020000");
  device("0000:0a:00.3", "vfio-pci", "0x020000");
  device("0000:0a:00.4", "nvme", "0x010802");
  EXPECT_EQ(no_port("0a:00.1"),
            "that card is bound to ixgbe; bind it to vfio-pci: dpdk-devbind.py --bind=vfio-pci 0000:0a:00.1, "
            "or leave it to the kernel: --xdp eth3");
  EXPECT_EQ(no_port("0a:00.2,x=1"),
            "that card has no driver; bind it to vfio-pci: dpdk-devbind.py --bind=vfio-pci 0000:0a:00.2");
  EXPECT_NE(no_port("0a:00.3").find("though it is bound to vfio-pci"), std::string::npos);
  EXPECT_NE(no_port("0a:00.4").find("not a network card"), std::string::npos);
  EXPECT_NE(no_port("net_null0,x=1").find("check its arguments"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::port
