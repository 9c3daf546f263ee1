// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/keep_going.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "image/build/copy.hpp"
#include "ptrd/image/expiry.hpp"
#include "ptrd/wire/time_text.hpp"

namespace ptrd::zone {

using image::ZoneId;
using wire::Name;

namespace {

auto place_of(const Finding& finding) {
  return std::tie(finding.file, finding.line, finding.column, finding.text);
}

/// How many errors it has, and where: the file is named unless the message does, `named`.
std::string errors_of(const FaultyInput& input, bool named) {
  const std::string count = input.errors == 1 ? "1 error" : fmt::format("{} errors, the first", input.errors);
  if (input.first.line != 0) return fmt::format("{} at {}:{}", count, input.first.file, input.first.line);
  if (!named || input.first.file != input.file) return fmt::format("{} in {}", count, input.first.file);
  return input.errors == 1 ? count : fmt::format("{} errors", input.errors);
}

/// Leaves faulty inputs out of one image.
class Leaving {
 public:
  Leaving(image::Builder& builder, const Previous* previous) : builder_(builder), previous_(previous) {}

  LeftOut run(std::span<const FaultyInput> faulty) {
    for (const FaultyInput& input : faulty) {
      if (input.zone != 0) builder_.drop_zone(input.zone);
    }
    std::vector<Fate> fates(faulty.size());
    for (const bool known : {true, false}) {  // a guessed apex must not take the place of a known one
      for (size_t i = 0; i < faulty.size(); ++i) {
        if ((faulty[i].zone != 0) == known) fates[i] = decide(faulty[i]);
      }
    }
    refuse(fates);
    for (size_t i = 0; i < faulty.size(); ++i) report(faulty[i], fates[i]);
    for (const Fate& fate : fates) warn(fate);
    return std::move(out_);
  }

 private:
  struct Fate {
    std::optional<Name> apex;
    const image::Zone* taken = nullptr;  // from the previous image
    ZoneId copy = 0;                     // its number in the builder
    std::string why_not;                 // the reason for leaving it out although there is a previous image
  };

  Fate decide(const FaultyInput& input) {
    Fate fate{.apex = input.zone != 0 ? builder_.apex(input.zone) : input.origin};
    if (previous_ == nullptr || !fate.apex || builder_.zone_at(*fate.apex) != 0) return fate;
    const image::Zone* zone = previous_->view.find_zone(*fate.apex);
    if (zone == nullptr) {
      fate.why_not = fmt::format(" and not in {}", previous_->name);
    } else if (const auto copied = image::copy_zone(previous_->view, *zone, builder_); !copied) {
      fate.why_not = fmt::format(" and cannot be taken from {}: {}", previous_->name, copied.error());
    } else {
      fate.taken = zone;
      fate.copy = *copied;
    }
    return fate;
  }

  /// What the previous image could answer for, this one may not: its limits can be lower.
  void refuse(std::vector<Fate>& fates) {
    for (const image::Builder::Refused& refused : builder_.refused_zones()) {
      builder_.drop_zone(refused.zone);
      for (Fate& fate : fates) {
        if (fate.taken == nullptr || fate.copy != refused.zone) continue;
        fate.taken = nullptr;
        fate.why_not = fmt::format(" and cannot be taken from {}: {}", previous_->name, refused.why);
      }
    }
  }

  void report(const FaultyInput& input, const Fate& fate) {
    const bool is_zone = input.zone != 0 || fate.taken != nullptr;
    std::string what = is_zone ? "zone " + fate.apex->to_text() : input.file;
    if (fate.taken != nullptr) {
      ++out_.taken;
      what += fmt::format(" is taken from {}, serial {}", previous_->name, fate.taken->serial);
    } else {
      ++out_.left_out;
      what += " is left out" + fate.why_not;
    }
    out_.lines.push_back(what + ": " + errors_of(input, !is_zone));
  }

  void warn(const Fate& fate) {
    if (fate.taken != nullptr) return warn_of_gaps(*fate.taken, *fate.apex);
    if (!fate.apex || builder_.zone_at(*fate.apex) != 0) return;
    for (Name above = *fate.apex; !above.is_root();) {
      above = above.parent();
      if (builder_.zone_at(above) == 0) continue;
      out_.lines.push_back(fmt::format("warning: zone {} answers for the names of {}, which is left out",
                                       above.to_text(), fate.apex->to_text()));
      return;
    }
  }

  /// An image has no records of a zone below a deeper zone: if that is not in the new image, nothing is
  /// there.
  void warn_of_gaps(const image::Zone& zone, const Name& apex) {
    const auto zones = previous_->view.zones();
    const Name* deeper = nullptr;
    Name name;
    // Those below it follow it.
    for (auto i = static_cast<size_t>(&zone - zones.data()) + 1; i < zones.size(); ++i) {
      const Name next = previous_->view.apex(zones[i]);
      if (!next.is_below_or_at(apex)) return;
      if (deeper != nullptr && next.is_below_or_at(*deeper)) continue;
      name = next;
      deeper = &name;
      if (builder_.zone_at(name) != 0) continue;
      out_.lines.push_back(fmt::format("warning: zone {} has no names below {}: that was a zone of {}",
                                       apex.to_text(), name.to_text(), previous_->name));
    }
  }

  image::Builder& builder_;
  const Previous* previous_;
  LeftOut out_;
};

}  // namespace

std::vector<Finding> find_expired(std::span<const Source> sources, const SourceZones& zones,
                                  const image::Builder& builder, const Previous& previous, int64_t now) {
  std::vector<Finding> findings;
  for (uint32_t i = 0; i < zones.size(); ++i) {
    const ZoneId zone = zones[i];
    if (zone == 0 || builder.expires(zone) == 0) continue;
    const int64_t end = image::signature_time(builder.expires(zone), now);
    if (end >= now) continue;
    if (std::find(zones.begin(), zones.end(), zone) != zones.begin() + i) continue;  // reported before
    const Name& apex = builder.apex(zone);
    const image::Zone* before = previous.view.find_zone(apex);
    const auto end_before = before == nullptr ? std::nullopt : image::expiry(*before, now);
    if (!end_before || *end_before < now) continue;
    findings.push_back(
        {.file = sources[i].file,
         .text =
             fmt::format("zone {} has signatures that have expired, the first on {}; those in {} are "
                         "valid until {}",
                         apex.to_text(), wire::time_text(end), previous.name, wire::time_text(*end_before)),
         .source = i});
  }
  return findings;
}

std::vector<FaultyInput> faulty_inputs(std::span<const Source> sources, const SourceZones& zones,
                                       std::span<const Finding> findings) {
  std::map<std::tuple<ZoneId, uint32_t, std::string>, FaultyInput> inputs;
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::error) continue;
    const bool is_path = finding.source == kNoSource;
    const ZoneId zone = is_path ? 0 : zones[finding.source];
    FaultyInput& input = inputs[{zone, zone != 0 ? 0 : finding.source, is_path ? finding.file : ""}];
    if (input.errors == 0) {
      input = {.zone = zone, .file = is_path ? finding.file : "", .source = finding.source, .first = finding};
    } else if (place_of(finding) < place_of(input.first)) {
      input.first = finding;
    }
    ++input.errors;
  }
  if (inputs.empty()) return {};
  // Of two texts of one zone, the errors may be said of either: the first one counts.
  std::unordered_map<ZoneId, uint32_t> first;
  for (uint32_t i = 0; i < zones.size(); ++i) first.try_emplace(zones[i], i);
  std::vector<FaultyInput> out;
  for (auto& [key, input] : inputs) {
    if (input.zone != 0) input.source = first[input.zone];
    if (input.source != kNoSource) {
      input.file = sources[input.source].file;
      input.origin = sources[input.source].origin;
    }
    out.push_back(std::move(input));
  }
  std::sort(out.begin(), out.end(), [](const FaultyInput& a, const FaultyInput& b) {
    return std::tie(a.source, a.file) < std::tie(b.source, b.file);
  });
  return out;
}

LeftOut leave_out(std::span<const FaultyInput> faulty, image::Builder& builder, const Previous* previous) {
  return Leaving(builder, previous).run(faulty);
}

}  // namespace ptrd::zone
