// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/metric_families.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "operate/metrics.hpp"
#include "operate/policy_commands.hpp"
#include "ptrd/image/expiry.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::operate {

namespace {

using datapath::Metric;
using datapath::Totals;
using prometheus::ClientMetric;
using Labels = Families::Labels;

constexpr Metric kSwaps{"ptrd_swaps_total", "Images taken into service since the first."};
constexpr Metric kImageBytes{"ptrd_image_bytes", "Size of the image in service.", Metric::Type::gauge};
constexpr Metric kImageCopies{
    "ptrd_image_copies", "Copies of the image in service, one for each memory node.", Metric::Type::gauge};
constexpr Metric kImageAge{"ptrd_image_age_seconds", "Time since the image was taken into service.",
                           Metric::Type::gauge};
constexpr Metric kZones{"ptrd_zones", "Zones in service.", Metric::Type::gauge};
constexpr Metric kRecords{"ptrd_records", "Records in service.", Metric::Type::gauge};
constexpr Metric kZoneSerial{"ptrd_zone_serial", "Serial of a zone's SOA record.", Metric::Type::gauge};
constexpr Metric kZoneRecords{"ptrd_zone_records", "Records of a zone.", Metric::Type::gauge};
constexpr Metric kZoneExpiry{"ptrd_zone_signature_expiry_seconds",
                             "Unix time when the first signature of a zone expires.", Metric::Type::gauge};
constexpr Metric kReloads{"ptrd_reloads_total",
                          "Reloads and rollbacks that were asked for, by what became of them."};
constexpr Metric kChanges{"ptrd_changes_total", "Requests to change records, by what became of them."};
constexpr Metric kChangedRecords{"ptrd_changed_records_total", "Records added and removed by changes."};
constexpr Metric kChangeGroups{"ptrd_change_groups_total",
                               "Groups of changes, each with one sync of the journal and one publication."};
constexpr Metric kJournalBytes{"ptrd_journal_bytes", "Size of the journal.", Metric::Type::gauge};
constexpr Metric kJournalEntries{"ptrd_journal_entries", "Changes in the journal: since the image was made.",
                                 Metric::Type::gauge};
constexpr Metric kSpareBytes{"ptrd_image_spare_bytes", "Room for changes in the image.", Metric::Type::gauge};
constexpr Metric kRuleHits{"ptrd_policy_rule_hits_total",
                           "Queries that a rule of the policy in service has matched."};
constexpr Metric kBuild{"ptrd_build_info", "This ptrd; always 1.", Metric::Type::gauge};

/// The RCODE of a reply by its kind (RFC 1035 4.1.1, RFC 6895 2.3). A truncated reply usually has NOERROR,
/// and is counted as that.
const char* rcode_of(std::string_view kind) {
  struct Pair {
    const char* kind;
    const char* rcode;
  };
  static constexpr Pair kRcodes[] = {
      {"nxdomain", "NXDOMAIN"}, {"refused", "REFUSED"},   {"formerr", "FORMERR"}, {"notimp", "NOTIMP"},
      {"badvers", "BADVERS"},   {"yxdomain", "YXDOMAIN"}, {"notauth", "NOTAUTH"}, {"badcookie", "BADCOOKIE"},
  };
  for (const Pair& pair : kRcodes) {
    if (kind == pair.kind) return pair.rcode;
  }
  return "NOERROR";
}

void add_note(const Totals::Note& note, const ClientMetric::Label& transport, Families& families) {
  const datapath::NoteFamily& family = *note.family;
  if (family.metric.name == nullptr) return;
  Labels labels;
  if (family.by_transport) labels.push_back(transport);
  if (family.label != nullptr) {
    labels.push_back({family.label, note.name});
    if (family.label == std::string_view("kind")) labels.push_back({"rcode", rcode_of(note.name)});
  }
  families.add(family.metric, std::move(labels), note.value);
}

/// Of signed zones, the `most` whose signatures expire first, that one first.
std::vector<const image::Zone*> first_to_expire(std::span<const image::Zone> zones, size_t most,
                                                int64_t now) {
  std::vector<const image::Zone*> first;
  const auto sooner = [now](const image::Zone* a, const image::Zone* b) {
    return image::expiry(*a, now) < image::expiry(*b, now);
  };
  for (const image::Zone& zone : zones) {
    if (zone.denial == image::Denial::none) continue;
    if (first.size() == most && !sooner(&zone, first.back())) continue;
    first.insert(std::upper_bound(first.begin(), first.end(), &zone, sooner), &zone);
    if (first.size() > most) first.pop_back();
  }
  return first;
}

}  // namespace

void add_zones(const image::View& view, int64_t now, Families& families) {
  const std::span<const image::Zone> zones = view.zones();
  families.add(kZones, {}, static_cast<double>(zones.size()));
  families.add(kRecords, {}, view.header().records);
  const auto add_expiry = [&](const image::Zone& zone, Labels labels) {
    const auto expiry = image::expiry(zone, now);
    if (expiry) families.add(kZoneExpiry, std::move(labels), static_cast<double>(*expiry));
  };
  const size_t shown = std::min<size_t>(zones.size(), kMaxZoneMetrics);
  for (const image::Zone& zone : zones.first(shown)) {
    const Labels labels{{"zone", view.apex(zone).to_text()}};
    families.add(kZoneSerial, labels, zone.serial);
    families.add(kZoneRecords, labels, zone.records);
    add_expiry(zone, labels);
  }
  for (const image::Zone* zone : first_to_expire(zones.subspan(shown), kMaxExpiryMetrics, now))
    add_expiry(*zone, {{"zone", view.apex(*zone).to_text()}});
}

void Families::add(const Metric& metric, Labels labels, double value) {
  const auto [place, is_new] = places_.try_emplace(&metric, families_.size());
  const bool gauge = metric.type == Metric::Type::gauge;
  if (is_new) {
    families_.push_back({metric.name,
                         metric.help,
                         gauge ? prometheus::MetricType::Gauge : prometheus::MetricType::Counter,
                         {}});
  }
  ClientMetric& sample = families_[place->second].metric.emplace_back();
  sample.label = std::move(labels);
  (gauge ? sample.gauge.value : sample.counter.value) = value;
}

void add_traffic(const std::vector<service::Report>& reports, Families& families) {
  namespace metric = datapath::metric;
  for (const service::Report& report : reports) {
    const Totals& totals = report.totals;
    const ClientMetric::Label transport{"transport", report.transport};
    families.add(metric::kReceived, {transport}, totals.rx);
    families.add(metric::kQueries, {transport, {"family", "ipv4"}}, totals.queries[0]);
    families.add(metric::kQueries, {transport, {"family", "ipv6"}}, totals.queries[1]);
    for (const auto& [kind, value] : totals.answered)
      families.add(metric::kResponses, {transport, {"rcode", rcode_of(kind)}, {"kind", kind}}, value);
    for (const auto& [reason, value] : totals.dropped)
      families.add(metric::kDropped, {transport, {"reason", reason}}, value);
    for (const auto& [reason, value] : totals.punted)
      families.add(metric::kPunted, {transport, {"reason", reason}}, value);
    for (const Totals::Note& note : totals.notes) add_note(note, transport, families);
  }
}

void add_workers(const std::vector<service::Report>& reports, double ticks_per_second, Families& families) {
  namespace metric = datapath::metric;
  for (const service::Report& report : reports) {
    for (size_t i = 0; i < report.workers.size(); ++i) {
      const datapath::Counters& worker = *report.workers[i];
      const Labels labels{{"transport", report.transport}, {"worker", std::to_string(i)}};
      families.add(metric::kWorkerFrames, labels, worker.rx.get());
      families.add(metric::kWorkerBursts, labels, worker.bursts.get());
      families.add(metric::kWorkerEmptyPolls, labels, worker.empty_polls.get());
      families.add(metric::kWorkerBusy, labels, static_cast<double>(worker.busy.ticks()) / ticks_per_second);
    }
  }
}

void add_image(const swap::ImageStore& images, Families& families) {
  const swap::ImageStore::Service service = images.in_service();
  const std::chrono::duration<double> age = std::chrono::system_clock::now() - service.since;
  families.add(kSwaps, {}, service.swaps);
  families.add(kImageBytes, {}, service.bytes);
  families.add(kImageCopies, {}, service.copies);
  families.add(kImageAge, {}, std::max(0.0, age.count()));
  images.visit([&](const image::View& view) { add_zones(view, std::time(nullptr), families); });
}

void add_reloads(const swap::Reloader::History& history, Families& families) {
  families.add(kReloads, {{"result", "done"}}, history.done);
  for (size_t i = 0; i < swap::kRefusals; ++i)
    families.add(kReloads, {{"result", swap::refusal_name(static_cast<swap::Refusal>(i))}},
                 history.refused[i]);
}

void add_changes(const swap::Changer::Counts& counts, Families& families) {
  families.add(kChanges, {{"result", "done"}}, counts.requests);
  families.add(kChanges, {{"result", "refused"}}, counts.refused);
  families.add(kChanges, {{"result", "not_written"}}, counts.failed);
  families.add(kChangedRecords, {{"change", "added"}}, counts.added);
  families.add(kChangedRecords, {{"change", "removed"}}, counts.removed);
  families.add(kChangeGroups, {}, counts.groups);
  families.add(kJournalBytes, {}, counts.journal_bytes);
  families.add(kJournalEntries, {}, counts.journal_entries);
  families.add(kSpareBytes, {}, counts.spare_bytes);
}

void add_rules(const policy::Policy* policy, Families& families) {
  if (policy == nullptr) return;
  Totals kernel;
  kernel.add(policy->counts_of_kernel());
  for (const Totals::Note& note : kernel.notes) add_note(note, {"transport", "kernel"}, families);
  const size_t count = std::min(policy->rules().size(), kMaxRulesShown);
  for (size_t i = 0; i < count; ++i) {
    const policy::Rule& rule = policy->rules()[i];
    families.add(kRuleHits,
                 {{"rule", std::to_string(i + 1)},
                  {"name", rule.name},
                  {"action", std::string(policy::action_name(rule.action))}},
                 policy->hits(static_cast<policy::RuleNumber>(i + 1)));
  }
}

void add_build(Families& families) {
  families.add(kBuild, {{"version", PTRD_VERSION}, {"compiler", __VERSION__}}, 1.0);
}

}  // namespace ptrd::operate
