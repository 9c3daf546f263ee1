// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/metric_families.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "operate/metrics.hpp"
#include "unit/signed_zone.hpp"

namespace ptrd::operate {
namespace {

using datapath::Metric;
using datapath::NoteFamily;

constexpr NoteFamily kUntold{"tcp", "messages", {}};
constexpr NoteFamily kOpen{"tcp", "open", {"open", "Open now.", Metric::Type::gauge}};
constexpr NoteFamily kClosed{"tcp", "closed.", {"closed_total", "Closed, by why."}, "reason"};
constexpr NoteFamily kResponses{"kernel", "answered.", {"responses_total", "Responses."}, "kind"};

/// The families, by name, that `add_traffic` makes of a transport that counted only `notes`.
std::map<std::string, prometheus::MetricFamily> told(const datapath::Totals& totals) {
  Families families;
  add_traffic({{.transport = "tcp", .totals = totals, .workers = {}}}, families);
  std::map<std::string, prometheus::MetricFamily> by_name;
  for (auto& family : std::move(families).take()) {
    const std::string name = family.name;
    EXPECT_TRUE(by_name.emplace(name, std::move(family)).second) << name << " is there twice";
  }
  return by_name;
}

// Each note is exported as its family defines: name, help, type and label; all notes of a family are one
// metric, and a family without a metric is not exported.
TEST(MetricFamiliesTest, Notes) {
  datapath::Totals totals;
  totals.add_note(kUntold, 1);
  totals.add_note(kClosed, "idle", 2);
  totals.add_note(kOpen, 3);
  totals.add_note(kClosed, "client", 4);
  const auto families = told(totals);
  EXPECT_FALSE(families.contains("messages"));
  const auto& open = families.at("open");
  EXPECT_EQ(open.help, "Open now.");
  EXPECT_EQ(open.type, prometheus::MetricType::Gauge);
  ASSERT_EQ(open.metric.size(), 1U);
  EXPECT_TRUE(open.metric[0].label.empty());
  EXPECT_EQ(open.metric[0].gauge.value, 3);
  const auto& closed = families.at("closed_total");
  EXPECT_EQ(closed.type, prometheus::MetricType::Counter);
  ASSERT_EQ(closed.metric.size(), 2U);
  EXPECT_EQ(closed.metric[1].label[0].name, "reason");
  EXPECT_EQ(closed.metric[1].label[0].value, "client");
  EXPECT_EQ(closed.metric[1].counter.value, 4);
}

// Responses have the RCODE of their kind as a label.
TEST(MetricFamiliesTest, Rcodes) {
  datapath::Totals totals;
  totals.add_note(kResponses, "answer", 1);
  totals.add_note(kResponses, "nxdomain", 1);
  const auto families = told(totals);
  const auto& responses = families.at("responses_total");
  EXPECT_EQ(responses.metric[0].label[1].value, "NOERROR");
  EXPECT_EQ(responses.metric[1].label[0].value, "nxdomain");
  EXPECT_EQ(responses.metric[1].label[1].name, "rcode");
  EXPECT_EQ(responses.metric[1].label[1].value, "NXDOMAIN");
}

// Each signed zone of the first ones has the time when its first signature expires, and of the rest those
// that expire soonest.
TEST(MetricFamiliesTest, Expiry) {
  constexpr uint32_t kNow = 1'800'000'000;
  test::ImageMaker maker;
  const auto apex = [](unsigned i) { return "z" + std::to_string(10'000 + i) + ".example"; };
  constexpr unsigned kZones = kMaxZoneMetrics + 2 * kMaxExpiryMetrics;
  for (unsigned i = 0; i < kZones; ++i) {
    if (i == 0) {
      maker.zone(apex(i));
    } else {  // those at the end expire first
      test::SignedZone(maker, apex(i)).sign(apex(i), wire::Type::soa, kNow - i).nsec();
    }
  }
  const auto lines = maker.lines();
  Families families;
  add_zones(image::View(lines), kNow, families);
  std::map<std::string, double> times;
  for (const auto& family : std::move(families).take()) {
    if (family.name != "ptrd_zone_signature_expiry_seconds") continue;
    for (const auto& metric : family.metric) times[metric.label.at(0).value] = metric.gauge.value;
  }
  EXPECT_EQ(times.size(), kMaxZoneMetrics - 1 + kMaxExpiryMetrics);
  EXPECT_FALSE(times.contains(apex(0) + "."));
  EXPECT_EQ(times.at(apex(1) + "."), kNow - 1);
  EXPECT_FALSE(times.contains(apex(kZones - kMaxExpiryMetrics - 1) + "."));
  EXPECT_EQ(times.at(apex(kZones - kMaxExpiryMetrics) + "."), kNow - kZones + kMaxExpiryMetrics);
  EXPECT_EQ(times.at(apex(kZones - 1) + "."), kNow - kZones + 1);
}

}  // namespace
}  // namespace ptrd::operate
