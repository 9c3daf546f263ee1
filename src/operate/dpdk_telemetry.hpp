// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <span>

#include "service/service.hpp"
#include "swap/image_store.hpp"

namespace ptrd::operate {

/// The commands /ptrd/stats and /ptrd/zones of DPDK's telemetry socket, which dpdk-telemetry.py asks; there
/// is one where DPDK runs. They tell something as long as the object lives. One a process.
class DpdkTelemetry {
 public:
  /// `services` and `images` must outlive the object.
  DpdkTelemetry(std::span<const std::unique_ptr<service::Service>> services, const swap::ImageStore& images);
  DpdkTelemetry(const DpdkTelemetry&) = delete;
  DpdkTelemetry& operator=(const DpdkTelemetry&) = delete;
  ~DpdkTelemetry();
};

}  // namespace ptrd::operate
