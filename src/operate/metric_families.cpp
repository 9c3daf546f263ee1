// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/metric_families.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <string_view>

#include "operate/metrics.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::operate {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// The RCODE of a reply by its kind (RFC 1035 4.1.1, RFC 6895 2.3). A truncated reply mostly says NOERROR,
/// and counts as that.
const char* rcode_of(std::string_view kind) {
  struct Pair {
    const char* kind;
    const char* rcode;
  };
  static constexpr Pair kRcodes[] = {
      {"nxdomain", "NXDOMAIN"}, {"refused", "REFUSED"},   {"formerr", "FORMERR"}, {"notimp", "NOTIMP"},
      {"badvers", "BADVERS"},   {"yxdomain", "YXDOMAIN"}, {"notauth", "NOTAUTH"},
  };
  for (const Pair& pair : kRcodes) {
    if (kind == pair.kind) return pair.rcode;
  }
  return "NOERROR";
}

MetricFamily& family(Families& families, const char* name, MetricType type, const char* help) {
  const auto it =
      std::find_if(families.begin(), families.end(), [&](const auto& f) { return f.name == name; });
  if (it != families.end()) return *it;
  MetricFamily& made = families.emplace_back();
  made.name = name;
  made.help = help;
  made.type = type;
  return made;
}

void add(Families& families, const char* name, MetricType type, const char* help, Labels labels,
         double value) {
  ClientMetric& metric = family(families, name, type, help).metric.emplace_back();
  metric.label = std::move(labels);
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

void count(Families& families, const char* name, const char* help, Labels labels, uint64_t value) {
  add(families, name, MetricType::Counter, help, std::move(labels), static_cast<double>(value));
}

void gauge(Families& families, const char* name, const char* help, double value, Labels labels = {}) {
  add(families, name, MetricType::Gauge, help, std::move(labels), value);
}

/// How a service's notes become metrics: those of a section whose names begin with `prefix`; what follows
/// the prefix is the label's value. Without a label the name has to be the prefix.
struct NoteRule {
  const char* section;
  std::string_view prefix;
  const char* name;
  const char* label;
  const char* help;
  MetricType type = MetricType::Counter;
};
constexpr NoteRule kNoteRules[] = {
    {"kernel", "redirected", "ptrd_kernel_redirected_total", nullptr,
     "Frames that the XDP program gave to ptrd's sockets."},
    {"kernel", "answered.", "ptrd_kernel_responses_total", "kind",
     "Responses that the XDP program sent itself."},
    {"kernel", "passed_", "ptrd_kernel_passed_total", "reason",
     "Frames that the XDP program left to the kernel."},
    {"kernel", "lost_", "ptrd_kernel_lost_total", "reason",
     "Frames lost between the XDP program and a worker."},
    {"exception", "", "ptrd_exception_frames_total", "outcome",
     "Frames between the card and the kernel's interface in DPDK mode, by what became of them."},
    {"port", "lost_", "ptrd_port_lost_total", "reason",
     "Frames that the card lost before a worker saw them."},
    {"tcp", "accepted", "ptrd_tcp_connections_accepted_total", nullptr, "TCP connections taken."},
    {"tcp", "open", "ptrd_tcp_connections_open", nullptr, "TCP connections at this moment.",
     MetricType::Gauge},
    {"tcp", "closed.", "ptrd_tcp_connections_closed_total", "reason", "TCP connections that ended, by why."},
    {"tcp", "refused_", "ptrd_tcp_connections_refused_total", "reason",
     "TCP connections not taken because their network has its share."},
    {"tcp", "no_descriptor", "ptrd_tcp_accept_delays_total", nullptr,
     "Times that there was no file descriptor for a TCP connection."},
    {"tcp", "incomplete", "ptrd_tcp_incomplete_queries_total", nullptr,
     "TCP connections that ended with part of a query unanswered."},
};

void add_notes(const std::string& section, const datapath::Totals::Named& notes, Families& families) {
  for (const NoteRule& rule : kNoteRules) {
    if (section != rule.section) continue;
    for (const auto& [name, value] : notes) {
      if (!name.starts_with(rule.prefix)) continue;
      if (rule.label == nullptr && name != rule.prefix) continue;
      Labels labels;
      const std::string rest = name.substr(rule.prefix.size());
      if (rule.label != nullptr) labels.push_back({rule.label, rest});
      if (rule.label != nullptr && rule.label == std::string_view("kind"))
        labels.push_back({"rcode", rcode_of(rest)});
      add(families, rule.name, rule.type, rule.help, std::move(labels), static_cast<double>(value));
    }
  }
}

std::string name_of(const image::View& view, const image::Zone& zone) {
  const auto name = wire::Name::from_wire(view.zone_name(zone));
  return name ? name->to_text() : std::string();
}

void add_zones(const image::View& view, Families& families) {
  const uint32_t zones = view.header().zone_count;
  gauge(families, "ptrd_zones", "Zones in service.", zones);
  gauge(families, "ptrd_records", "Records in service.", static_cast<double>(view.header().records));
  MetricFamily serials{"ptrd_zone_serial", "Serial of a zone's SOA record.", MetricType::Gauge, {}};
  MetricFamily records{"ptrd_zone_records", "Records of a zone.", MetricType::Gauge, {}};
  for (uint32_t i = 0; i < std::min(zones, kMaxZoneMetrics); ++i) {
    const auto& zone = view.at<image::Zone>(view.header().zones + i);
    ClientMetric metric;
    metric.label = {{"zone", name_of(view, zone)}};
    metric.gauge.value = zone.serial;
    serials.metric.push_back(metric);
    metric.gauge.value = static_cast<double>(zone.records);
    records.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(serials));
  families.push_back(std::move(records));
}

}  // namespace

void add_traffic(const std::vector<service::Report>& reports, Families& families) {
  for (const service::Report& report : reports) {
    const datapath::Totals& totals = report.totals;
    const ClientMetric::Label transport{"transport", report.transport};
    count(families, "ptrd_received_total",
          "Frames or messages received: answered, dropped and punted add up to it.", {transport}, totals.rx);
    static constexpr const char* kFamilies[] = {"ipv4", "ipv6"};
    for (size_t i = 0; i < totals.queries.size(); ++i) {
      count(families, "ptrd_queries_total",
            "DNS messages that were looked at, by the IP version they came over.",
            {transport, {"family", kFamilies[i]}}, totals.queries[i]);
    }
    for (const auto& [kind, value] : totals.answered) {
      count(families, "ptrd_responses_total", "Responses sent.",
            {transport, {"rcode", rcode_of(kind)}, {"kind", kind}}, value);
    }
    for (const auto& [reason, value] : totals.dropped) {
      count(families, "ptrd_dropped_total", "Frames or messages dropped.", {transport, {"reason", reason}},
            value);
    }
    for (const auto& [reason, value] : totals.punted) {
      count(families, "ptrd_punted_total", "Frames left to the kernel.", {transport, {"reason", reason}},
            value);
    }
    for (const auto& [section, notes] : totals.sections) add_notes(section, notes, families);
  }
}

void add_workers(const std::vector<service::Report>& reports, double ticks_per_second, Families& families) {
  for (const service::Report& report : reports) {
    for (size_t i = 0; i < report.workers.size(); ++i) {
      const datapath::Counters& worker = *report.workers[i];
      const Labels labels{{"transport", report.transport}, {"worker", std::to_string(i)}};
      count(families, "ptrd_worker_frames_total", "Frames or messages that a worker took in.", labels,
            worker.rx.get());
      count(families, "ptrd_worker_bursts_total",
            "Bursts that a worker took in; frames by bursts is the mean burst size.", labels,
            worker.bursts.get());
      count(families, "ptrd_worker_empty_polls_total", "Times that a worker looked and nothing had come.",
            labels, worker.empty_polls.get());
      add(families, "ptrd_worker_busy_seconds_total", MetricType::Counter,
          "Time that a worker had something to do; its rate is the busy share.", labels,
          static_cast<double>(worker.busy.ticks()) / ticks_per_second);
    }
  }
}

void add_image(const swap::ImageStore& images, Families& families) {
  const swap::ImageStore::Service service = images.in_service();
  const std::chrono::duration<double> age = std::chrono::system_clock::now() - service.since;
  count(families, "ptrd_swaps_total", "Images taken into service since the first.", {}, service.swaps);
  gauge(families, "ptrd_image_bytes", "Size of the image in service.", static_cast<double>(service.bytes));
  gauge(families, "ptrd_image_copies", "Copies of the image in service, one for each memory node.",
        static_cast<double>(service.copies));
  gauge(families, "ptrd_image_age_seconds", "Time since the image was taken into service.",
        std::max(0.0, age.count()));
  images.visit([&](const image::View& view) { add_zones(view, families); });
}

void add_reloads(const swap::Reloader::History& history, Families& families) {
  constexpr const char* kHelp = "Reloads and rollbacks that were asked for, by what became of them.";
  count(families, "ptrd_reloads_total", kHelp, {{"result", "done"}}, history.done);
  for (size_t i = 0; i < swap::kRefusals; ++i) {
    count(families, "ptrd_reloads_total", kHelp,
          {{"result", swap::refusal_name(static_cast<swap::Refusal>(i))}}, history.refused[i]);
  }
}

}  // namespace ptrd::operate
