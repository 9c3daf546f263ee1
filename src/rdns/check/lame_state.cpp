// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "file/atomic_file.hpp"
#include "json/value.hpp"
#include "rdns/check/lame_register.hpp"

// Loads and saves the register.

namespace ptrd::rdns::check {

namespace {

using Json = json::Value;

constexpr int kVersion = 1;

/// The value of a key must be valid, or the whole file is rejected.
struct Malformed {
  std::string what;
};

Day day_at(const Json& json, const char* key) {
  const auto day = day_of_text(json.at(key).get<std::string>());
  if (!day) throw Malformed{std::string(key) + " is not a date"};
  return *day;
}

Json entry_to_json(const LameEntry& entry) {
  Json notices = Json::array();
  for (const Day day : entry.notices) notices.push_back(to_text(day));
  return {{"first_seen", to_text(entry.first_seen)},
          {"lame", id_of(entry.lameness)},
          {"last_tested", to_text(entry.last_tested)},
          {"notices", std::move(notices)}};
}

LameEntry entry_of_json(const Json& json) {
  LameEntry entry{.first_seen = day_at(json, "first_seen"),
                  .last_tested = day_at(json, "last_tested"),
                  .lameness = lameness_of_id(json.at("lame").get<std::string>()),
                  .notices = {}};
  if (entry.lameness == Lameness::unknown || entry.lameness == Lameness::none)
    throw Malformed{"an unknown kind of lameness"};
  for (const Json& notice : json.at("notices").elements()) {
    const auto day = day_of_text(notice.get<std::string>());
    if (!day) throw Malformed{"a notice that is not a date"};
    entry.notices.push_back(*day);
  }
  return entry;
}

}  // namespace

tl::expected<void, std::string> LameRegister::save(const std::string& path) const {
  Json cleared = Json::array();
  for (const ClearedEntry& entry : cleared_)
    cleared.push_back({{"server", entry.server}, {"since", to_text(entry.since)}, {"zone", entry.zone}});
  Json zones = Json::object();
  for (const auto& [zone, state] : zones_) {
    Json& servers = zones.add(zone, Json::object());
    for (const auto& [server, entry] : state.lame) servers["lame"].add(server, entry_to_json(entry));
    servers.add("servers", state.servers);
  }
  const Json json = {
      {"cleared", std::move(cleared)},
      {"run", {{"day", to_text(position.day)}, {"done", position.done}, {"file", position.file}}},
      {"version", kVersion},
      {"zones", std::move(zones)}};

  auto file = file::AtomicFile::create(path);
  if (!file) return tl::unexpected(file.error());
  const std::string text = json.dump(1) + "\n";
  // A write error is reported by commit.
  (void)std::fwrite(text.data(), 1, text.size(), file->stream());
  return file->commit();
}

tl::expected<LameRegister, std::string> LameRegister::load(const std::string& path) {
  LameRegister all;
  std::ifstream file(path);
  if (!file) {
    if (errno == ENOENT) return all;
    return tl::unexpected(path + ": " + std::strerror(errno));
  }
  const auto refused = [&](const std::string& why) {
    return tl::unexpected(path + ": not a state file of rdns check: " + why +
                          "; move it away to start afresh");
  };
  try {
    const auto json = Json::parse((std::ostringstream() << file.rdbuf()).str());
    if (!json) return refused(json.error());
    if (json->at("version").dump() != std::to_string(kVersion)) return refused("unsupported version");
    const Json& run = json->at("run");
    all.position = {.day = day_at(run, "day"),
                    .file = run.at("file").get<std::string>(),
                    .done = run.at("done").get<uint64_t>()};
    for (const auto& [zone, state] : json->at("zones").members()) {
      LameZone& to = all.zones_[zone];
      to.servers = state.at("servers").get<uint64_t>();
      for (const auto& [server, entry] : state.at("lame").members()) to.lame[server] = entry_of_json(entry);
    }
    for (const Json& entry : json->at("cleared").elements())
      all.cleared_.push_back({entry.at("zone").get<std::string>(), entry.at("server").get<std::string>(),
                              day_at(entry, "since")});
  } catch (const json::Error& error) {
    return refused(error.what());
  } catch (const Malformed& error) {
    return refused(error.what);
  }
  return all;
}

}  // namespace ptrd::rdns::check
