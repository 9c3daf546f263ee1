// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/engine_slot.hpp"
#include "port/dpdk/ethdev.hpp"
#include "port/interface.hpp"
#include "port/xdp/dns_filter.hpp"

namespace ptrd::service {

/// The addresses that a DPDK port answers for, kept as its interfaces in the kernel have them. Its workers
/// read them through a pointer, as they read the engine, and pass the same quiescent moments: a set that was
/// replaced is freed when every reader of the engine has passed one.
class OwnAddressKeeper {
 public:
  struct Sources {
    /// Whose addresses are ours, and whose MAC: the first one's that has one.
    std::vector<port::Interface> interfaces;
    port::Addresses fixed;          // ours whatever the interfaces have
    std::optional<frame::Mac> mac;  // ours where no interface has one
    /// What becomes of queries to others.
    frame::Verdict others = frame::Verdict::drop_not_ours;
    std::optional<port::DnsFilter> filter;  // to be told the same
  };

  /// Without interfaces and fixed addresses every address is ours. `engine` must outlive this.
  OwnAddressKeeper(Sources sources, datapath::EngineSlot& engine);
  OwnAddressKeeper(const OwnAddressKeeper&) = delete;
  OwnAddressKeeper& operator=(const OwnAddressKeeper&) = delete;
  ~OwnAddressKeeper() { stop(); }

  /// For the port's queues; lives as long as this.
  [[nodiscard]] const port::OwnAddressesSlot& slot() const { return slot_; }
  /// Reads the interfaces' addresses, and publishes them where they have changed. One thread at a time.
  /// Error: what the kernel refused.
  [[nodiscard]] tl::expected<void, std::string> refresh();
  /// Nothing is ours at this moment.
  [[nodiscard]] bool none() const { return limited_ && current_.addresses.empty(); }
  /// "answers for the addresses of ptrd0", for the log.
  [[nodiscard]] std::string describe() const;

  /// Follows changes from now on, in a thread of its own off the workers' CPUs.
  void start();
  void stop();

 private:
  /// Replaced, and what `EngineSlot::passed` is asked with.
  struct Retired {
    std::unique_ptr<const frame::OwnAddresses> set;
    uint64_t token;
  };

  [[nodiscard]] std::optional<port::LinkAddresses> read() const;
  void publish();
  void run();

  Sources sources_;
  datapath::EngineSlot& engine_;
  bool limited_;
  port::LinkAddresses current_;
  std::unique_ptr<const frame::OwnAddresses> set_;  // none: every address is ours
  std::deque<Retired> retired_;
  port::OwnAddressesSlot slot_ = &frame::kEveryAddress;
  std::atomic<bool> stop_ = true;
  std::thread thread_;
};

}  // namespace ptrd::service
