// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <memory>

struct mnl_socket;

namespace ptrd::service {

/// Tells when some interface has got or lost an address, or is gone (rtnetlink).
class AddressWatch {
 public:
  /// Addresses are to be read anew that often even if nothing tells of a change.
  static constexpr std::chrono::milliseconds kLongest{200};

  AddressWatch();
  /// Returns after a change, or at the latest after `limit`.
  void wait(std::chrono::milliseconds limit) const;

 private:
  std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket_;
};

}  // namespace ptrd::service
