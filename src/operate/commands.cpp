// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <span>

#include "json/value.hpp"
#include "operate/policy_commands.hpp"
#include "operate/ticks.hpp"
#include "process/log.hpp"
#include "ptrd/image/expiry.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/time_text.hpp"

namespace ptrd::operate {

namespace {

using Json = json::Value;
using datapath::Totals;

std::string to_line(const Json& json) {
  return json.dump();
}

std::string error_line(const std::string& what) {
  return to_line({{"ok", false}, {"error", what}});
}

std::string busy_line(const std::string& why) {
  return to_line({{"ok", false}, {"error", "busy: " + why + "; try again later"}, {"busy", true}});
}

std::string reloading_line() {
  return busy_line("another reload is in progress");
}

std::string applied_line(const swap::Changer::Outcome& outcome) {
  if (!outcome) return error_line(outcome.error());
  Json zones = Json::array();
  for (const swap::Applied::Zone& zone : outcome->zones)
    zones.push_back({{"zone", zone.apex.to_text()}, {"serial", zone.serial}});
  return to_line(
      {{"ok", true}, {"zones", std::move(zones)}, {"added", outcome->added}, {"removed", outcome->removed}});
}

std::string utc(std::chrono::system_clock::time_point time) {
  return wire::time_text(std::chrono::system_clock::to_time_t(time));
}

Json losses_json(const swap::Losses& losses) {
  return {{"zones", losses.zones},     {"of_zones", losses.zones_before},
          {"records", losses.records}, {"of_records", losses.records_before},
          {"first", losses.first},     {"text", losses.text()}};
}

std::string outcome_line(const swap::Reloader::Outcome& outcome) {
  if (!outcome) {
    Json json = {{"ok", false},
                 {"error", outcome.error().what},
                 {"reason", swap::refusal_name(outcome.error().reason)}};
    if (outcome.error().losses.zones_before > 0) json["lost"] = losses_json(outcome.error().losses);
    return to_line(json);
  }
  return to_line({{"ok", true},
                  {"path", outcome->path},
                  {"zones", outcome->zones},
                  {"records", outcome->records},
                  {"read_seconds", outcome->read.count()},
                  {"swap_seconds", outcome->wait.count()},
                  {"lost", losses_json(outcome->losses)},
                  {"expired", {{"zones", outcome->expired.zones}, {"text", outcome->expired.text()}}}});
}

/// The outcomes of all requested reloads.
Json reloads_json(const swap::Reloader::History& history) {
  Json json = {{"done", history.done}};
  for (size_t i = 0; i < swap::kRefusals; ++i)
    json[swap::refusal_name(static_cast<swap::Refusal>(i))] = history.refused[i];
  return json;
}

Json worker_json(const datapath::Counters& worker, double seconds) {
  Totals totals;
  totals.add(worker);
  Json json = totals.to_json(seconds);
  json["bursts"] = worker.bursts.get();
  json["empty_polls"] = worker.empty_polls.get();
  json["busy_seconds"] = static_cast<double>(worker.busy.ticks()) / ticks_per_second();
  return json;
}

Json changes_json(const swap::Changer::Counts& counts) {
  return {{"done", counts.requests},
          {"refused", counts.refused},
          {"not_written", counts.failed},
          {"added", counts.added},
          {"removed", counts.removed},
          {"groups", counts.groups},
          {"journal_bytes", counts.journal_bytes},
          {"journal_entries", counts.journal_entries},
          {"spare_bytes", counts.spare_bytes},
          {"last_error", counts.last_error}};
}

std::string status(Server& server, const swap::Reloader& reloader) {
  const auto history = reloader.history();
  const auto service = server.images().in_service();
  const Totals totals = server.totals();
  Json image = {{"path", service.path},
                {"since", utc(service.since)},
                {"bytes", service.bytes},
                {"copies", service.copies}};
  server.images().visit([&](const image::View& view) {
    image["zones"] = view.header().zone_count;
    image["records"] = view.header().records;
  });
  Json answering = Json::array();
  for (const auto& one : server.services()) answering.push_back(one->describe());
  Json json = {{"ok", true},
               {"version", PTRD_VERSION},
               {"pid", ::getpid()},
               {"seconds", server.seconds()},
               {"reloading", history.busy},
               {"image", image},
               {"swaps", service.swaps},
               {"refused", history.failed()},
               {"reloads", reloads_json(history)},
               {"last_error", history.last_error},
               {"answering", answering},
               {"log_level", process::log_level_name(process::log_level())},
               {"rx", totals.rx},
               {"answered", Totals::sum(totals.answered)},
               {"dropped", Totals::sum(totals.dropped)},
               {"punted", Totals::sum(totals.punted)}};
  if (server.changer() != nullptr) json["changes"] = changes_json(server.changer()->counts());
  return to_line(json);
}

std::string stats(Server& server, const swap::Reloader& reloader) {
  const double seconds = server.seconds();
  Json services = Json::array();
  Totals all;
  for (const auto& one : server.services()) {
    std::vector<service::Report> reports;
    one->report_to(reports);
    for (const service::Report& report : reports) {
      all.add(report.totals);
      Json json = {{"transport", report.transport}, {"on", one->describe()}};
      const Json totals = report.totals.to_json(seconds);
      for (const auto& [name, value] : totals.members()) json.add(name, value);
      Json& workers = json["workers"] = Json::array();
      for (const datapath::Counters* worker : report.workers)
        workers.push_back(worker_json(*worker, seconds));
      services.push_back(std::move(json));
    }
  }
  const auto policy = server.images().policy();
  if (policy != nullptr) all.add(policy->counts_of_kernel());
  Json json = {{"ok", true},
               {"stats", all.to_json(seconds)},
               {"reloads", reloads_json(reloader.history())},
               {"services", services}};
  if (policy != nullptr) json["rules"] = hits_json(*policy);
  return to_line(json);
}

/// Maximum number of zones in one response: some hundred kilobytes, so that the memory for a client does not
/// grow with the number of zones.
constexpr uint32_t kMaxZones = 1000;

/// Index of the first zone after `after`, in canonical order.
size_t first_behind(const image::View& view, const wire::Name& after) {
  const std::span<const image::Zone> zones = view.zones();
  const auto first = std::partition_point(zones.begin(), zones.end(), [&](const image::Zone& zone) {
    return view.apex(zone).canonical_compare(after) <= 0;
  });
  return static_cast<size_t>(first - zones.begin());
}

std::string zones(Server& server, const std::string& after) {
  const int64_t now = std::time(nullptr);
  std::optional<wire::Name> behind;
  if (!after.empty()) {
    const auto name = wire::Name::from_text(after);
    if (!name) return error_line("\"" + after + "\" is not a zone name: " + name.error());
    behind = *name;
  }
  Json zones;
  Json response;
  swap::ImageStore::Service service;
  do {  // repeated if a swap came in between: a response describes one image
    zones = Json::array();
    response = {{"ok", true}};
    service = server.images().in_service();
    server.images().visit([&](const image::View& view) {
      const auto rest = view.zones().subspan(behind ? first_behind(view, *behind) : 0);
      for (const image::Zone& zone : rest.first(std::min<size_t>(rest.size(), kMaxZones))) {
        Json one = {{"zone", view.apex(zone).to_text()}, {"serial", zone.serial}, {"records", zone.records}};
        if (const auto expiry = image::expiry(zone, now)) one["expires"] = wire::time_text(*expiry);
        zones.push_back(std::move(one));
      }
      response["total"] = view.zones().size();
      if (rest.size() > kMaxZones) response["next"] = zones.elements().back().at("zone");
    });
  } while (server.images().in_service().swaps != service.swaps);
  response["since"] = utc(service.since);
  response["swaps"] = service.swaps;
  response["zones"] = std::move(zones);
  return to_line(response);
}

/// As many prefixes as fit on a screen with the rest.
constexpr size_t kPrefixes = 10;

std::string prefixes(Server& server, PrefixWatch& watch) {
  PrefixWatch::Workers workers;
  for (const auto& one : server.services()) {
    std::vector<service::Report> reports;
    one->report_to(reports);
    for (const service::Report& report : reports)
      workers.insert(workers.end(), report.workers.begin(), report.workers.end());
  }
  const auto busiest = watch.look(workers, PrefixWatch::Clock::now(), kPrefixes);
  Json list = Json::array();
  for (const auto& one : busiest.prefixes) {
    list.push_back({{"prefix", prefix_text(one.prefix)},
                    {"per_second", one.per_second},
                    {"share", one.per_second / busiest.per_second}});
  }
  return to_line({{"ok", true},
                  {"samples", busiest.samples},
                  {"per_second", busiest.per_second},
                  {"prefixes", std::move(list)}});
}

std::string set_level(const std::string& text) {
  if (!text.empty()) {
    const auto level = process::parse_log_level(text);
    if (!level) return error_line("\"" + text + "\" is not a log level; use error, warning, info or debug");
    process::set_log_level(*level);
  }
  return to_line({{"ok", true}, {"level", process::log_level_name(process::log_level())}});
}

}  // namespace

/// The members of a request; unknown members and wrong types are errors.
struct Commands::Request {
  std::string command;
  std::string image;
  std::string level;
  std::string after;
  PolicyQuestion question;
  uint64_t bytes = 0;
  bool force = false;
  swap::ImageStore::Part part = swap::ImageStore::Part::both;
};

tl::expected<Commands::Request, std::string> Commands::parse(std::string_view line) {
  const auto json = Json::parse(line);
  if (!json)
    return tl::unexpected<std::string>("the request is not valid JSON; write {\"command\": \"status\"}");
  if (!json->contains("command") || !json->at("command").is_string())
    return tl::unexpected<std::string>("the request has no command; write {\"command\": \"status\"}");
  Request request;
  request.command = json->at("command").get<std::string>();
  for (const auto& [name, value] : json->members()) {
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    const bool reload = request.command == "reload";
    if (name == "command") continue;
    const bool compact = request.command == "compact";
    if ((reload || compact) && name == "image" && value.is_string()) {
      request.image = text;
    } else if (reload && name == "force" && value.is_boolean()) {
      request.force = value.get<bool>();
    } else if (reload && name == "only" && (text == "image" || text == "policy")) {
      request.part = text == "image" ? swap::ImageStore::Part::image : swap::ImageStore::Part::policy;
    } else if (request.command == "policy-test" && value.is_string() && request.question.set(name, text)) {
      continue;
    } else if (request.command == "apply" && name == "bytes" && value.is_unsigned()) {
      request.bytes = value.get<uint64_t>();
    } else if (request.command == "log-level" && name == "level" && value.is_string()) {
      request.level = text;
    } else if ((request.command == "zones" || request.command == "policy") && name == "after" &&
               value.is_string()) {
      request.after = text;
    } else {
      return tl::unexpected("\"" + name + "\" is not a parameter of " + request.command +
                            ", or of the wrong type");
    }
  }
  return request;
}

ControlSocket::Body Commands::body(std::string_view line) const {
  if (line.find("apply") == std::string_view::npos) return {};
  const auto request = parse(line);
  if (!request || request->command != "apply") return {};
  if (role_ == Role::watch || changer_ == nullptr) return {request->bytes, refusal(*request)};
  return {request->bytes, ""};
}

std::string Commands::refusal(const Request& request) const {
  const bool looks = request.command != "reload" && request.command != "rollback" &&
                     request.command != "apply" && request.command != "compact" && request.level.empty();
  if (role_ == Role::watch && !looks)
    return error_line(request.command +
                      " changes something, and this socket is for looking only; use control.socket");
  if ((request.command == "apply" || request.command == "compact") && changer_ == nullptr)
    return error_line(
        "changes are not taken: ptrd has no journal; give it one (journal, --journal) and restart it");
  return {};
}

void Commands::handle(std::string_view line, std::string body, const Reply& reply) {
  const auto request = parse(line);
  if (!request) return reply(error_line(request.error()));
  const std::string& command = request->command;
  if (std::string refused = refusal(*request); !refused.empty()) return reply(std::move(refused));
  if (command == "apply") {
    const auto applied = [reply](const swap::Changer::Outcome& outcome) { reply(applied_line(outcome)); };
    if (!changer_->apply(std::move(body), applied)) reply(busy_line("too many changes wait"));
    return;
  }
  const auto done = [reply](const swap::Reloader::Outcome& outcome) { reply(outcome_line(outcome)); };
  if (command == "status") return reply(status(server_, reloader_));
  if (command == "stats") return reply(stats(server_, reloader_));
  if (command == "zones") return reply(zones(server_, request->after));
  if (command == "prefixes") return reply(prefixes(server_, prefixes_));
  if (command == "log-level") return reply(set_level(request->level));
  if (command == "policy" || command == "policy-test") {
    const auto policy = server_.images().policy();
    if (policy == nullptr)
      return reply(error_line("no policy: every query is answered; the key policy names one"));
    if (command == "policy")
      return reply(to_line(rules_json(*policy, std::strtoul(request->after.c_str(), nullptr, 10))));
    const auto verdict = policy_verdict(*policy, request->question);
    return reply(verdict ? to_line(*verdict) : error_line(verdict.error()));
  }
  if (command == "reload") {
    if (!reloader_.reload(request->image, request->force, done, request->part)) reply(reloading_line());
    return;
  }
  if (command == "rollback") {
    if (!reloader_.rollback(done)) reply(reloading_line());
    return;
  }
  if (command == "compact") return compact(request->image, done, reply);
  reply(error_line("unknown command \"" + command +
                   "\"; use status, reload, rollback, apply, compact, stats, prefixes, zones, policy, "
                   "policy-test or log-level"));
}

/// Without an image it says what to compact; with one, that is what became of it.
void Commands::compact(const std::string& image, const swap::Reloader::Done& done, const Reply& reply) {
  change::Journal& journal = *server_.journal();
  const auto paused = changer_->pause();
  const uint64_t swaps = server_.images().in_service().swaps;
  if (image.empty()) {
    compaction_ = {journal.mark(), swaps};
    return reply(to_line({{"ok", true},
                          {"image", server_.images().in_service().path},
                          {"journal", journal.path()},
                          {"journal_bytes", compaction_->from.offset}}));
  }
  if (!compaction_ || compaction_->swaps != swaps)
    return reply(
        error_line("there is another image in service since then, or nothing was begun; ask again "
                   "what to compact, without an image"));
  if (reloader_.replace_compacted(image, journal, compaction_->from, done))
    compaction_.reset();
  else
    reply(reloading_line());
}

}  // namespace ptrd::operate
