// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/machine_nodes.hpp"

#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace ptrd::swap {
namespace {

constexpr unsigned kMaxNodes = 1024;  // the kernel's own limit (CONFIG_NODES_SHIFT is at most 10)

/// The numbers in a kernel list such as `0-3,8`; empty if there is no such file.
std::set<unsigned> read_list(const std::filesystem::path& path) {
  std::set<unsigned> numbers;
  std::ifstream file(path);
  for (std::string range; std::getline(file, range, ',');) {
    std::istringstream text(range);
    unsigned first = 0;
    unsigned last = 0;
    char dash = 0;
    if (!(text >> first)) continue;  // an empty list is an empty line
    if (!(text >> dash >> last)) last = first;
    for (unsigned number = first; number <= last; ++number) numbers.insert(number);
  }
  return numbers;
}

/// Also true if the machine has more CPUs than fit in a set.
bool may_run_on_any(const std::set<unsigned>& cpus) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return !cpus.empty();
  return std::any_of(cpus.begin(), cpus.end(), [&](unsigned cpu) { return CPU_ISSET(cpu, &allowed); });
}

/// A thread's memory policy, by system call: no libnuma is needed.
struct Policy {
  static constexpr size_t kBits = sizeof(unsigned long) * CHAR_BIT;
  int mode = MPOL_DEFAULT;
  std::array<unsigned long, kMaxNodes / kBits> nodes{};

  static Policy preferring(unsigned node) {
    Policy policy{.mode = MPOL_PREFERRED};
    policy.nodes[node / kBits] |= 1UL << node % kBits;
    return policy;
  }
  bool get() { return syscall(SYS_get_mempolicy, &mode, nodes.data(), kMaxNodes, nullptr, 0) == 0; }
  // The kernel uses one bit less than it is given.
  bool set() const { return syscall(SYS_set_mempolicy, mode, nodes.data(), kMaxNodes + 1) == 0; }
};

/// Sets a policy for this thread, until destruction.
class Preference {
 public:
  explicit Preference(unsigned node) {
    if (!before_.get() || !Policy::preferring(node).set()) error_ = {errno, std::system_category()};
  }
  Preference(const Preference&) = delete;
  Preference& operator=(const Preference&) = delete;
  ~Preference() {
    if (!error_) (void)before_.set();  // the kernel accepts its previous value
  }
  [[nodiscard]] std::error_code error() const { return error_; }

 private:
  Policy before_;
  std::error_code error_;
};

}  // namespace

MachineNodes::MachineNodes(const std::string& folder) {
  const std::filesystem::path root(folder);
  for (const unsigned node : read_list(root / "has_memory")) {
    const auto cpus = read_list(root / ("node" + std::to_string(node)) / "cpulist");
    if (node < kMaxNodes && may_run_on_any(cpus)) numbers_.push_back(node);
  }
  if (numbers_.empty()) numbers_.push_back(0);
}

size_t MachineNodes::here() const {
  unsigned cpu = 0;
  unsigned node = 0;
  if (count() == 1 || getcpu(&cpu, &node) != 0) return 0;
  const auto found = std::find(numbers_.begin(), numbers_.end(), node);
  return found == numbers_.end() ? 0 : static_cast<size_t>(found - numbers_.begin());
}

std::error_code MachineNodes::on(size_t node, const std::function<void()>& work) const {
  if (count() == 1) {
    work();
    return {};
  }
  const Preference preference(numbers_[node]);
  work();
  return preference.error();
}

const MachineNodes& machine_nodes() {
  static const MachineNodes nodes;
  return nodes;
}

}  // namespace ptrd::swap
