// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/losses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <span>
#include <utility>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"
#include "swap/parallel.hpp"

namespace ptrd::swap {

namespace {

/// Whether a name in wire form is below `top`; both in lower case, as in an image.
bool is_below(wire::Bytes name, wire::Bytes top) {
  if (name.size() <= top.size()) return false;
  const size_t above = name.size() - top.size();
  if (!std::equal(top.begin(), top.end(), name.begin() + static_cast<ptrdiff_t>(above))) return false;
  size_t label = 0;
  while (label < above) label += name[label] + size_t{1};
  return label == above;
}

/// The walk through the zones of two images, which are in canonical order. Records are compared by group: a
/// zone and all zones below it, which follow it in that order.
class Walk {
 public:
  Walk(const image::View& now, const image::View& next)
      : now_(now), next_(next), before_(now.zones()), after_(next.zones()) {
    found_.losses.zones_before = before_.size();
  }

  /// At most as many names as there are zones in both images.
  [[nodiscard]] size_t most_names() const { return before_.size() + after_.size(); }

  /// Goes on by `count` names, or to the end.
  void advance(size_t count) {
    for (; count > 0 && !(before_.empty() && after_.empty()); --count) compare_next();
  }

  [[nodiscard]] Comparison finish() && {
    end_group();
    return std::move(found_);
  }

 private:
  /// Of the next zone in either image.
  [[nodiscard]] std::weak_ordering order() const {
    if (before_.empty()) return std::weak_ordering::greater;
    if (after_.empty()) return std::weak_ordering::less;
    const wire::Bytes a = now_.zone_name(before_.front());
    const wire::Bytes b = next_.zone_name(after_.front());
    if (std::ranges::equal(a, b)) return std::weak_ordering::equivalent;
    return now_.apex(before_.front()).canonical_compare(next_.apex(after_.front()));
  }

  void compare_next() {
    const std::weak_ordering which = order();
    const bool was = which <= 0;
    const bool is = which >= 0;
    const wire::Bytes name = was ? now_.zone_name(before_.front()) : next_.zone_name(after_.front());
    if (group_.empty() || !is_below(name, group_)) {
      end_group();
      group_ = name;
    }
    if (was) records_before_ += before_.front().records;
    if (is) records_after_ += after_.front().records;
    if (was && !is) lose(name);
    if (was && is) compare_serials(before_.front(), after_.front());
    if (was) before_ = before_.subspan(1);
    if (is) after_ = after_.subspan(1);
  }

  void lose(wire::Bytes name) {
    ++found_.losses.zones;
    if (found_.losses.first.size() < Losses::kNamed) found_.losses.first.push_back(text_of(name));
  }

  void compare_serials(const image::Zone& before, const image::Zone& after) {
    // RFC 1982 3.2; a distance of 2^31 is neither forwards nor backwards, and rejected as well.
    if (!found_.backwards.empty() || static_cast<int32_t>(after.serial - before.serial) >= 0) return;
    found_.backwards = fmt::format("zone {} has serial {} in the new image and {} in service",
                                   text_of(next_.zone_name(after)), after.serial, before.serial);
  }

  void end_group() {
    found_.losses.records_before += records_before_;
    if (records_before_ > records_after_) {
      const uint64_t lost = records_before_ - records_after_;
      found_.losses.records += lost;
      if (lost > most_lost_) {
        most_lost_ = lost;
        found_.losses.hardest = text_of(group_);
      }
    }
    records_before_ = records_after_ = 0;
  }

  static std::string text_of(wire::Bytes name) {
    return wire::Name::from_wire(name).value_or(wire::Name()).to_text();
  }

  const image::View& now_;
  const image::View& next_;
  std::span<const image::Zone> before_;  // what is left of each
  std::span<const image::Zone> after_;
  wire::Bytes group_;  // the name of the group's first zone; empty: none yet
  uint64_t records_before_ = 0;
  uint64_t records_after_ = 0;
  uint64_t most_lost_ = 0;
  Comparison found_;
};

/// Without the final dot, for a list.
std::string in_list(const std::string& zone) {
  return zone.size() > 1 ? zone.substr(0, zone.size() - 1) : zone;
}

/// Whether `lost` of `before` are more than so many percent. `few` of them, and less than half of all, are
/// not, unless none may be lost.
bool exceeds(uint64_t lost, uint64_t before, double percent, uint64_t few) {
  if (static_cast<double>(lost) * 100 <= percent * static_cast<double>(before)) return false;
  return percent == 0 || lost > few || lost >= before - lost;
}

}  // namespace

std::string Losses::text() const {
  if (zones == 0 && records == 0) return {};
  std::string text;
  if (zones > 0) text = fmt::format("{} of {} zones", zones, zones_before);
  if (records > 0)
    text += fmt::format("{}{} of {} records", text.empty() ? "" : " and ", records, records_before);
  text += (zones == 0 || records == 0) && zones + records == 1 ? " is lost" : " are lost";
  if (zones == 0) return text + (records == 1 ? ", in " : ", the most in ") + in_list(hardest);
  for (size_t i = 0; i < first.size(); ++i) text += (i == 0 ? ": " : ", ") + in_list(first[i]);
  return zones > first.size() ? fmt::format("{} and {} more", text, zones - first.size()) : text;
}

std::string LossLimits::exceeded_by(const Losses& losses) const {
  std::string text;
  const auto check = [&](uint64_t lost, uint64_t before, double limit, uint64_t few, const char* what) {
    if (!exceeds(lost, before, limit, few)) return;
    text +=
        fmt::format("{}{}% of the {} (reload.max-lost-{})", text.empty() ? "" : " and ", limit, what, what);
  };
  check(losses.zones, losses.zones_before, zones, 0, "zones");
  check(losses.records, losses.records_before, records, kFewRecords, "records");
  return text;
}

Comparison compare(const image::View& in_service, const image::View& next) {
  constexpr size_t kPiece = 256;  // names: some ten microseconds
  Walk walk(in_service, next);
  run_with_rests(walk.most_names() / kPiece + 1, [&](size_t) { walk.advance(kPiece); });
  return std::move(walk).finish();
}

}  // namespace ptrd::swap
