// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/auto_driver.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace ptrd {
namespace {

namespace fs = std::filesystem;

/// A /sys of the test's own, with PCI devices in it.
class AutoDriverTest : public testing::Test {
 protected:
  AutoDriverTest() {
    std::string path = "/tmp/ptrd-auto-XXXXXX";
    sys_ = mkdtemp(path.data());
  }
  ~AutoDriverTest() override { fs::remove_all(sys_); }

  /// A device with a driver, and its interface in `folder`; either may be empty.
  void device(const std::string& address, const std::string& driver, const std::string& folder = "") {
    const fs::path card = sys_ / "bus/pci/devices" / address;
    fs::create_directories(card / folder);
    if (!driver.empty()) fs::create_symlink("../../../../bus/pci/drivers/" + driver, card / "driver");
  }
  [[nodiscard]] auto choose(const std::string& where) const { return service::choose_driver(where, sys_); }

  fs::path sys_;
};

/// A card bound to a driver for user space is DPDK's, with or without the domain in its address.
TEST_F(AutoDriverTest, CardForUserSpace) {
  device("0000:0a:00.1", "vfio-pci");
  device("0001:0b:00.0", "uio_pci_generic");
  for (const char* where : {"0000:0a:00.1", "0a:00.1", "0A:00.1"}) {
    const auto choice = choose(where);
    ASSERT_TRUE(choice) << choice.error();
    EXPECT_EQ(choice->device, "0000:0a:00.1");
    EXPECT_EQ(choice->interface, "");
  }
  EXPECT_EQ(choose("0001:0b:00.0")->device, "0001:0b:00.0");
}

/// A card that the kernel drives is its interface, and the reason names the driver.
TEST_F(AutoDriverTest, CardOfTheKernel) {
  device("0000:0a:00.1", "ixgbe", "net/eth3");
  device("0000:0b:00.0", "virtio-pci", "virtio2/net/eth5");
  const auto choice = choose("0a:00.1");
  ASSERT_TRUE(choice) << choice.error();
  EXPECT_EQ(choice->device, "");
  EXPECT_EQ(choice->interface, "eth3");
  EXPECT_EQ(choice->why_not_dpdk, "0000:0a:00.1 is bound to ixgbe, not to vfio-pci");
  EXPECT_EQ(choose("0b:00.0")->interface, "eth5");
}

/// Anything else is an error that says how to fix it.
TEST_F(AutoDriverTest, Errors) {
  device("0000:00:00.0", "");
  EXPECT_NE(choose("").error().find("needs an interface"), std::string::npos);
  EXPECT_NE(choose("0c:00.0").error().find("no such PCI device"), std::string::npos);
  EXPECT_NE(choose("00:00.0").error().find("has no driver and has no network interface; bind"),
            std::string::npos);
}

/// Everything else is taken as an interface name, even if it resembles an address.
TEST_F(AutoDriverTest, Interfaces) {
  for (const char* where : {"eth0", "0a:00.1x", "0a:00", "fe80::1", "br-0000:0a:00.1"}) {
    const auto choice = choose(where);
    ASSERT_TRUE(choice) << where;
    EXPECT_EQ(choice->interface, where);
    EXPECT_FALSE(choice->why_not_dpdk.empty());
  }
}

}  // namespace
}  // namespace ptrd
