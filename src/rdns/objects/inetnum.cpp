// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/inetnum.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "rdns/objects/rpsl_reader.hpp"

namespace ptrd::rdns {
namespace {

constexpr auto kV4 = wire::Family::v4;
constexpr auto kV6 = wire::Family::v6;

}  // namespace

class Inetnums::Sink final : public RpslSink {
 public:
  Sink(Inetnums& inetnums, const std::function<void(uint64_t, std::string)>& unread)
      : inetnums_(inetnums), unread_(unread) {}

  bool wants(std::string_view name) override {
    return same_word(name, "inetnum") || same_word(name, "inet6num");
  }
  void passed_over(std::string_view) override { ++inetnums_.counts_.passed_over; }
  /// Errors in the text of an inetnum are the registry's; only its range and its status matter.
  void fault(Rule, uint64_t, std::string, std::string) override {}

  void object(const RpslObject& object) override {
    const RpslAttribute& first = object.attributes.front();
    const wire::Family family = same_word(first.name, "inetnum") ? kV4 : kV6;
    const auto range = range_of_text(first.value);
    if (!range || range->family != family)
      return unread_(first.line, fmt::format("'{}' is not an address range", printable(first.value, 60)));
    const std::string_view status = object.value_of("status");
    if (status.empty()) unread_(first.line, fmt::format("'{}' has no status:", printable(first.value, 60)));
    const Registry registry = registry_of_source(object.value_of("source"));
    const auto line = static_cast<uint32_t>(std::min<uint64_t>(first.line, UINT32_MAX));
    inetnums_.add(*range, {status_of_text(registry, family, status), line});
    ++inetnums_.counts_.domains;
  }

 private:
  Inetnums& inetnums_;
  const std::function<void(uint64_t, std::string)>& unread_;
};

void Inetnums::add(const Range& range, Entry entry) {
  if (range.family == kV4) {
    v4_.add(static_cast<uint32_t>(range.first), static_cast<uint32_t>(range.last), entry);
  } else {
    v6_.add(range.first, range.last, entry);
  }
}

tl::expected<void, std::string> Inetnums::read(const std::string& path,
                                               const std::function<void(uint64_t line, std::string)>& unread,
                                               const Progress& progress) {
  Sink sink(*this, unread);
  RpslReader reader(sink);
  auto done = read_pieces(path, [&](std::string_view piece, Position position) {
    reader.feed(piece);
    progress(position, counts_);
  });
  if (done) reader.finish();
  return done;
}

void Inetnums::build() {
  v4_.build();
  v6_.build();
}

}  // namespace ptrd::rdns
