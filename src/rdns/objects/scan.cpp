// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/scan.hpp"

#include <algorithm>

namespace ptrd::rdns {

/// Callbacks for the reader of one file.
class DomainScan::Sink final : public RpslSink {
 public:
  explicit Sink(DomainScan& scan) : scan_(scan) {}

  bool wants(std::string_view class_name) override { return same_word(class_name, "domain"); }
  void passed_over(std::string_view) override { ++scan_.counts_.passed_over; }

  void object(const RpslObject& object) override {
    const std::string_view value = object.attributes.front().value;
    if (is_enum_domain(value)) {
      ++scan_.counts_.enums;
      return;
    }
    ++scan_.counts_.domains;
    const auto name = [&] { return printable(without_dot(value)); };
    const auto checked = check_domain_object(
        object, scan_.operation_,
        [&](Rule rule, uint64_t line, std::string text) { fault(rule, line, name(), std::move(text)); });
    const auto line = static_cast<uint32_t>(std::min<uint64_t>(object.line(), UINT32_MAX));
    if (checked) scan_.take_(*checked, {static_cast<uint32_t>(scan_.files_.size() - 1), line});
  }

  void fault(Rule rule, uint64_t line, std::string object, std::string text) override {
    scan_.findings_({scan_.files_.back(), line, std::move(object), rule, std::move(text)});
  }

 private:
  DomainScan& scan_;
};

tl::expected<void, std::string> DomainScan::read(const std::string& path, const Progress& progress) {
  files_.push_back(path);
  Sink sink(*this);
  RpslReader reader(sink);
  auto done = read_pieces(path, [&](std::string_view piece, Position position) {
    reader.feed(piece);
    progress(position, counts_);
  });
  if (done) reader.finish();
  return done;
}

}  // namespace ptrd::rdns
