// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <prometheus/metric_family.h>

#include <concepts>
#include <unordered_map>
#include <utility>
#include <vector>

#include "datapath/metric.hpp"
#include "policy/policy.hpp"
#include "service/service.hpp"
#include "swap/changer.hpp"
#include "swap/image_store.hpp"
#include "swap/reloader.hpp"

namespace ptrd::operate {

/// The result of a scrape: each metric once, with all its added values.
class Families {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  void add(const datapath::Metric& metric, Labels labels, double value);
  void add(const datapath::Metric& metric, Labels labels, std::unsigned_integral auto value) {
    add(metric, std::move(labels), static_cast<double>(value));
  }
  [[nodiscard]] std::vector<prometheus::MetricFamily> take() && { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
  std::unordered_map<const datapath::Metric*, size_t> places_;
};

/// Messages and frames by transport: received, queries, responses, dropped, punted; and the counts specific
/// to a transport: the kernel program, the exception path, TCP connections, the card.
void add_traffic(const std::vector<service::Report>& reports, Families& families);
/// Each worker's bursts, frames and time at work. `ticks_per_second`: of the time stamp counter.
void add_workers(const std::vector<service::Report>& reports, double ticks_per_second, Families& families);
/// The number of zones and records; of the first kMaxZoneMetrics zones each one's, and when their signatures
/// expire: also of the kMaxExpiryMetrics other zones where that is soonest. `now`: seconds since 1970.
void add_zones(const image::View& view, int64_t now, Families& families);
/// The image in service and the zones in it.
void add_image(const swap::ImageStore& images, Families& families);
/// The outcomes of the requested reloads.
void add_reloads(const swap::Reloader::History& history, Families& families);
/// What was changed in the image in service, and the journal of it.
void add_changes(const swap::Changer::Counts& counts, Families& families);
/// How often each rule of the policy has matched, if there is a policy.
void add_rules(const policy::Policy* policy, Families& families);
/// Version and compiler.
void add_build(Families& families);

}  // namespace ptrd::operate
