// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/named_conf.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "ptrd/wire/one_line.hpp"
#include "zone/sources/named_statements.hpp"

namespace ptrd::zone {

using wire::one_line;

namespace {

/// Chooses the zones to read.
class Chooser {
 public:
  Chooser(Configuration& configuration, const NamedStatements& conf)
      : configuration_(configuration), conf_(conf) {}

  /// False: an error was reported.
  [[nodiscard]] bool choose_view(const std::string& wanted) {
    const auto& views = conf_.views;
    std::string names;
    size_t choices = 0;
    for (uint32_t i = 0; i < views.size(); ++i) {
      if (views[i].class_name != "in") continue;
      names += (choices++ == 0 ? "" : ", ") + one_line(views[i].name);
      if (wanted.empty() || views[i].name == wanted) view_ = i;
    }
    const Place start{0, 1, 1};
    if (choices == 0) {
      if (wanted.empty()) return true;
      return configuration_.fail(start, "there are no views; remove --view");
    }
    if (view_ == kNoView)
      return configuration_.fail(start,
                                 fmt::format("no view '{}'; the views are: {}", one_line(wanted), names));
    if (wanted.empty() && choices > 1)
      return configuration_.fail(start,
                                 fmt::format("{} views: {}; choose one with --view NAME", choices, names));
    return true;
  }

  void take_all() {
    for (const NamedZone& zone : conf_.zones) {
      if (zone.view != view_)
        configuration_.leave_out(zone.view == kNoView ? "outside of the views" : "in another view");
      else if (zone.class_name != "in")
        configuration_.leave_out("of class " + one_line(zone.class_name));
      else if (zone.in_view.empty())
        take(zone, zone.zone.place);
      else
        take_shared(zone);
    }
  }

 private:
  /// A zone of another view, which this view shares (`in-view`).
  void take_shared(const NamedZone& zone) {
    if (!std::exchange(has_index_, true)) {
      for (const NamedZone& other : conf_.zones) {
        if (other.view == kNoView || !other.in_view.empty()) continue;
        by_view_.emplace(key(conf_.views[other.view].name, other.zone.apex), &other);
      }
    }
    const auto shared = by_view_.find(key(zone.in_view, zone.zone.apex));
    if (shared == by_view_.end()) {
      configuration_.fail(zone.zone.place, fmt::format("zone '{}' is not in the view '{}'",
                                                       one_line(zone.zone.apex), one_line(zone.in_view)));
      return;
    }
    take(*shared->second, zone.zone.place);
  }
  static std::string key(const std::string& view, const std::string& zone) {
    const auto name = wire::Name::from_text(zone);
    return view + '\0' + (name ? name->lowered().to_text() : zone);
  }

  void take(const NamedZone& zone, const Place& at) {
    const auto fail = [&](const char* why) {
      configuration_.fail(at, fmt::format("zone '{}' {}", one_line(zone.zone.apex), why));
    };
    if (zone.type.empty()) return fail("has no type");
    if (zone.type == "slave") return configuration_.leave_out("secondary");
    if (zone.type != "primary" && zone.type != "master") return configuration_.leave_out(one_line(zone.type));
    if (!zone.has_file) return configuration_.leave_out("without a file");
    const bool view_is_raw = zone.view == kNoView ? conf_.is_raw : conf_.views[zone.view].is_raw;
    if (zone.is_raw.value_or(view_is_raw))
      return fail("has its file in the raw format; convert it with \"named-compilezone -f raw -F text\"");
    ConfiguredZone resolved = zone.zone;
    resolved.file = configuration_.resolve(zone.zone.file, conf_.directory);
    std::error_code error;
    if (zone.is_dynamic && std::filesystem::exists(resolved.file + ".jnl", error)) {
      configuration_.warn(at, fmt::format("zone '{}' has a journal, whose changes are not read; first run "
                                          "\"rndc sync {}\"",
                                          one_line(zone.zone.apex), one_line(zone.zone.apex)));
    }
    configuration_.add(resolved, conf_.directory);
  }

  Configuration& configuration_;
  const NamedStatements& conf_;
  uint32_t view_ = kNoView;
  bool has_index_ = false;
  std::unordered_map<std::string, const NamedZone*> by_view_;  // if `has_index_`
};

}  // namespace

std::vector<Source> read_named_conf(Configuration& configuration, const std::string& view) {
  NamedStatements conf;
  if (!read_named_statements(configuration, conf)) return {};
  Chooser chooser(configuration, conf);
  if (!chooser.choose_view(view)) return {};
  chooser.take_all();
  return configuration.finish();
}

}  // namespace ptrd::zone
