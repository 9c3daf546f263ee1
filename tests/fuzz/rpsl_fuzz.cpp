// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// Arbitrary bytes as RPSL objects: reader, checks and the parent's zone must end and stay within bounds;
// pieces of any size give the same; what can be delegated is sane, and inetnums are ranges.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rdns/boundaries.hpp"
#include "rdns/objects/domain_object.hpp"
#include "rdns/objects/inetnum.hpp"
#include "rdns/objects/parent_zone.hpp"
#include "rdns/objects/rpsl_reader.hpp"

using namespace ptrd;

namespace {

/// Any text as a range: the zones of one are few, in order and exact, in the style that has names for all of
/// them; and its text reads back.
void check_range(std::string_view text) {
  const auto range = rdns::range_of_text(text);
  if (!range) {
    if (range.error().empty()) abort();
    return;
  }
  if (rdns::range_of_text(rdns::to_text(*range)) != *range) abort();
  const auto zones = rdns::zones_of(*range);
  if (zones.empty() || zones.size() > rdns::kMaxZones) abort();
  rdns::Address next = range->first;
  for (const rdns::DelegatedZone& zone : zones) {
    if (zone.range.first != next || rdns::range_of_name(zone.name) != zone.range) abort();
    next = zone.range.last + 1;
  }
  if (zones.back().range.last != range->last) abort();
}

/// Checks the reader's output and records it, and the zone of what can be delegated.
class Sink final : public rdns::RpslSink {
 public:
  explicit Sink(rdns::ParentZone* zone) : zone_(zone) {}

  bool wants(std::string_view name) override { return !rdns::same_word(name, "person"); }
  void passed_over(std::string_view name) override { trace_ += name; }
  void object(const rdns::RpslObject& object) override {
    if (object.attributes.empty()) abort();
    for (const auto& attribute : object.attributes) {
      if (attribute.name.empty() || attribute.line == 0 ||
          attribute.value.size() > rdns::RpslReader::kMaxObject)
        abort();
      trace_ += attribute.value;
      check_range(attribute.value);
    }
    const auto checked = rdns::check_domain_object(
        object, rdns::Operation::modify,
        [&](rdns::Rule rule, uint64_t line, std::string text) { fault(rule, line, {}, std::move(text)); });
    if (!checked) return;
    const auto& range = checked->domain.range;
    if (range.first > range.last) abort();
    if (rdns::domain_text(range) + '.' != checked->domain.name.to_text()) abort();
    if (checked->delegable && checked->servers.size() < 2) abort();
    if (checked->delegable && zone_ != nullptr) (void)zone_->add(*checked, {});
  }
  void fault(rdns::Rule rule, uint64_t line, std::string object, std::string text) override {
    if (line == 0 || text.empty()) abort();
    trace_ += rdns::Finding{"f", line, std::move(object), rule, std::move(text)}.to_text();
  }
  [[nodiscard]] const std::string& trace() const { return trace_; }

 private:
  rdns::ParentZone* zone_;
  std::string trace_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  rdns::ParentZone zone({.apex = *wire::Name::from_text("in-addr.arpa"), .soa = {}, .servers = {}, .ttl = 1});
  Sink whole(&zone);
  rdns::RpslReader reader(whole);
  reader.feed(text);
  reader.finish();

  Sink cut(nullptr);
  rdns::RpslReader again(cut);
  const size_t piece = size == 0 ? 1 : 1 + data[0] % 7U;
  for (size_t at = 0; at < size; at += piece) again.feed(text.substr(at, piece));
  again.finish();
  if (whole.trace() != cut.trace()) abort();

  static std::FILE* const nowhere = std::fopen("/dev/null", "w");
  (void)zone.write(nowhere, {"f"}, [](const rdns::Finding&) {});
  return 0;
}
