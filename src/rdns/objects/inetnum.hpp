// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rdns/interval_index.hpp"
#include "rdns/objects/registry.hpp"
#include "rdns/objects/scan.hpp"
#include "rdns/range.hpp"

namespace ptrd::rdns {

/// The inetnum and inet6num objects of a registry, by address: 20 bytes for IPv4 ones, 48 for IPv6.
class Inetnums {
 public:
  using Progress = DomainScan::Progress;
  struct Entry {
    Status status;
    uint32_t line;
  };

  /// Reads a dump; skips objects of other classes. `unread` is called for inetnums that cannot be read, with
  /// line and reason. Error: the file cannot be read.
  tl::expected<void, std::string> read(const std::string& path,
                                       const std::function<void(uint64_t line, std::string)>& unread,
                                       const Progress& progress);
  /// Once, after the last `read`.
  void build();

  [[nodiscard]] size_t size() const { return v4_.entries().size() + v6_.entries().size(); }
  [[nodiscard]] const IntervalIndex<uint32_t, Entry>& v4() const { return v4_; }
  [[nodiscard]] const IntervalIndex<Address, Entry>& v6() const { return v6_; }

 private:
  class Sink;
  void add(const Range& range, Entry entry);

  IntervalIndex<uint32_t, Entry> v4_;
  IntervalIndex<Address, Entry> v6_;
  ScanCounts counts_;
};

}  // namespace ptrd::rdns
