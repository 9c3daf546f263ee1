// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <memory>

struct mnl_socket;

namespace ptrd::service {

/// Reports when an interface gains or loses an address, or disappears (rtnetlink).
class AddressWatch {
 public:
  /// Addresses must be read again at this interval even without a reported change.
  static constexpr std::chrono::milliseconds kLongest{200};

  AddressWatch();
  /// Returns after a change, or after `limit` at the latest.
  void wait(std::chrono::milliseconds limit) const;

 private:
  std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket_;
};

}  // namespace ptrd::service
