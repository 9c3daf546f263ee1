// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "service/service.hpp"
#include "swap/changer.hpp"
#include "swap/image_store.hpp"
#include "swap/reloader.hpp"

namespace prometheus {
class Exposer;
}

namespace ptrd::operate {

/// The default address for metrics: only this machine has access.
inline constexpr const char* kMetricsAddress = "127.0.0.1";

/// Maximum number of zones with metrics of their own: the first ones in canonical order. A time series for
/// each of ten thousand zones would cost Prometheus more than it is worth; `ptrctl zones` lists them all.
inline constexpr uint32_t kMaxZoneMetrics = 1000;
/// Of the zones behind those, so many whose signatures expire first have a metric of that time.
inline constexpr uint32_t kMaxExpiryMetrics = 10;

/// The endpoint for Prometheus, http://`listen`/metrics, served by threads of its own as long as the object
/// lives. A scrape reads the workers' counters by relaxed loads, and does nothing that a worker waits for.
class Metrics {
 public:
  /// `listen`: "127.0.0.1:9153", "[::1]:9153", or a port alone for kMetricsAddress. `services`, `images`,
  /// `reloader` and `changer` (null: no changes are taken) must outlive the object. Error: a line that says
  /// how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<Metrics>, std::string> open(
      const std::string& listen, std::span<const std::unique_ptr<service::Service>> services,
      const swap::ImageStore& images, const swap::Reloader& reloader, const swap::Changer* changer);
  ~Metrics();

  /// The address that it listens on: "127.0.0.1:9153".
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  class Source;
  Metrics(std::string address, std::shared_ptr<Source> source, std::unique_ptr<prometheus::Exposer> exposer);

  std::string address_;
  std::shared_ptr<Source> source_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace ptrd::operate
