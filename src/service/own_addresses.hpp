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

/// The addresses that a DPDK port answers for, kept in step with its interfaces in the kernel. The workers
/// read them through a pointer, as they read the engine, and with the same quiescent states: a replaced set
/// is freed when every reader of the engine has passed one.
class OwnAddressKeeper {
 public:
  struct Sources {
    /// Interfaces whose addresses are ours; our MAC is that of the first one that has a MAC.
    std::vector<port::Interface> interfaces;
    port::Addresses fixed;          // always ours
    std::optional<frame::Mac> mac;  // ours if no interface has a MAC
    /// The verdict on queries to other addresses.
    frame::Verdict others = frame::Verdict::drop_not_ours;
    std::optional<port::DnsFilter> filter;  // gets the same addresses
  };

  /// Without interfaces and fixed addresses every address is ours. `engine` must outlive this.
  OwnAddressKeeper(Sources sources, datapath::EngineSlot& engine);
  OwnAddressKeeper(const OwnAddressKeeper&) = delete;
  OwnAddressKeeper& operator=(const OwnAddressKeeper&) = delete;
  ~OwnAddressKeeper() { stop(); }

  /// For the port's queues; valid as long as this object.
  [[nodiscard]] const port::OwnAddressesSlot& slot() const { return slot_; }
  /// Reads the interfaces' addresses, and publishes them if they have changed. One thread at a time. Error:
  /// what the kernel refused.
  [[nodiscard]] tl::expected<void, std::string> refresh();
  /// Whether no address is ours now.
  [[nodiscard]] bool none() const { return limited_ && current_.addresses.empty(); }
  /// "answers for the addresses of ptrd0", for the log.
  [[nodiscard]] std::string describe() const;

  /// Starts to follow changes, in a thread of its own.
  void start();
  void stop();

 private:
  /// A replaced set, with the token for `EngineSlot::passed`.
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
