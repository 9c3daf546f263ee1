// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <span>

#include "service/service.hpp"
#include "swap/image_store.hpp"

namespace ptrd::operate {

/// The commands /ptrd/stats and /ptrd/zones of DPDK's telemetry socket, for dpdk-telemetry.py; the socket
/// exists where DPDK runs. They return data as long as the object lives. One per process.
class DpdkTelemetry {
 public:
  /// `services` and `images` must outlive the object.
  DpdkTelemetry(std::span<const std::unique_ptr<service::Service>> services, const swap::ImageStore& images);
  DpdkTelemetry(const DpdkTelemetry&) = delete;
  DpdkTelemetry& operator=(const DpdkTelemetry&) = delete;
  ~DpdkTelemetry();
};

}  // namespace ptrd::operate
