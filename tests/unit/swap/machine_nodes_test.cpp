// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/machine_nodes.hpp"

#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace ptrd::swap {
namespace {

using Numbers = std::vector<unsigned>;

/// A folder in the kernel's format, with the nodes that a test needs.
class MachineNodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-nodes-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    cpu_set_t cpus;
    ASSERT_EQ(sched_getaffinity(0, sizeof cpus, &cpus), 0);
    unsigned cpu = 0;
    while (!CPU_ISSET(cpu, &cpus)) ++cpu;
    ours_ = std::to_string(cpu);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void has_memory(const std::string& nodes) const { std::ofstream(folder_ / "has_memory") << nodes << '\n'; }
  void node(unsigned number, const std::string& cpus) const {
    const auto where = folder_ / ("node" + std::to_string(number));
    std::filesystem::create_directory(where);
    std::ofstream(where / "cpulist") << cpus << '\n';
  }

  std::filesystem::path folder_;
  std::string ours_;                        // a CPU that this process may run on
  const std::string others_ = "2000-2100";  // beyond a cpu_set_t: never available to it
};

// Nodes with memory and a CPU that this process may run on are counted, in any form of the lists.
TEST_F(MachineNodesTest, CountsNodesOfUse) {
  has_memory("0-1,3,7-8");
  node(0, "2000," + ours_);
  node(1, others_);  // CPUs that are not for us
  node(2, ours_);    // no memory
  node(3, "");       // memory alone
  node(7, ours_ + "-" + ours_);
  node(8, ours_ + ",2000-2001");
  EXPECT_EQ(MachineNodes(folder_).numbers(), (Numbers{0, 7, 8}));
}

// A kernel without the folder, and one whose nodes are all for others, give one node.
TEST_F(MachineNodesTest, OneWhereNoneIsListed) {
  EXPECT_EQ(MachineNodes(folder_ / "none").numbers(), Numbers{0});
  has_memory("0");
  node(0, others_);
  EXPECT_EQ(MachineNodes(folder_).count(), 1U);
}

// This machine's own: a thread is on one of its nodes, and memory of each can be had.
TEST_F(MachineNodesTest, ThisMachine) {
  const MachineNodes& nodes = machine_nodes();
  EXPECT_LT(nodes.here(), nodes.count());
  for (size_t node = 0; node < nodes.count(); ++node) {
    bool called = false;
    EXPECT_FALSE(nodes.on(node, [&] { called = true; }));
    EXPECT_TRUE(called);
  }
}

/// The calling thread's memory policy, from linux/mempolicy.h; -1: unavailable.
int policy() {
  int mode = -1;
  return syscall(SYS_get_mempolicy, &mode, nullptr, 0, nullptr, 0) == 0 ? mode : -1;
}

// The work, and a thread that it makes, prefer the node's memory; afterwards the policy is restored, even if
// the work has thrown.
TEST_F(MachineNodesTest, PrefersTheNodesMemory) {
  has_memory("0,900");
  node(0, ours_);
  node(900, ours_);
  const MachineNodes nodes(folder_);
  const int before = policy();
  int own = -1;
  int of_thread = -1;
  const auto error = nodes.on(0, [&] {
    own = policy();
    std::thread([&] { of_thread = policy(); }).join();
  });
  if (error) GTEST_SKIP() << "the system lets nobody choose: " << error.message();
  EXPECT_EQ(own, MPOL_PREFERRED);
  EXPECT_EQ(of_thread, MPOL_PREFERRED);
  EXPECT_EQ(policy(), before);
  EXPECT_THROW((void)nodes.on(0, [] { throw std::runtime_error("full"); }), std::runtime_error);
  EXPECT_EQ(policy(), before);
}

// A node that the system does not have provides no memory: the work is done anyway, and the error is
// reported.
TEST_F(MachineNodesTest, WorkIsDoneAnyway) {
  has_memory("0,900");
  node(0, ours_);
  node(900, ours_);
  const MachineNodes nodes(folder_);
  ASSERT_EQ(nodes.numbers(), (Numbers{0, 900}));
  int calls = 0;
  const int before = policy();
  EXPECT_TRUE(nodes.on(1, [&] { ++calls; }));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(policy(), before);
}

}  // namespace
}  // namespace ptrd::swap
