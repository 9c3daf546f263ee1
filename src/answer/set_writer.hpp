// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>

#include "answer/writer.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// Records as they are stored, and the RRSIGs over them, if they are wanted.
struct SignedSet {
  uint16_t type;
  wire::Bytes records;
  wire::Bytes signatures;
};

/// Adds RRsets to a reply, those of signed zones with the RRSIGs over them.
class SetWriter {
 public:
  SetWriter(const image::View& view, MessageWriter& out) : view_(view), out_(out) {}

  /// Whether the sets that follow are of a signed zone, and the client wants to know (RFC 3225 3).
  void sign(bool on) { signed_ = on; }
  [[nodiscard]] bool is_signed() const { return signed_; }

  /// An RRset of a Node; in a signed zone, with the RRSIGs over it.
  [[nodiscard]] SignedSet of(const image::Node& node, const image::Rrset& set) const {
    return {set.type, image::View::records(set),
            signed_ ? view_.signatures(node, set.type).records : wire::Bytes()};
  }

  /// Adds an RRset and the RRSIGs over it (RFC 4035 3.1.1): both or neither. Adds the number of records to
  /// `count`. Returns false, and writes nothing, if they do not fit.
  [[nodiscard]] bool add(const Owner& owner, const SignedSet& set, uint16_t& count,
                         std::span<uint16_t> places = {}) {
    if (set.signatures.empty()) return add_records(owner, set, count, places);
    const MessageWriter::Mark before = out_.mark();
    const uint16_t count_before = count;
    if (!add_records(owner, set, count, places)) return false;
    if (out_.add(owner, static_cast<uint16_t>(wire::Type::rrsig), set.signatures, count)) return true;
    out_.rewind(before);
    count = count_before;
    return false;
  }
  /// MessageWriter::last_name of the last set itself, without its signatures.
  [[nodiscard]] size_t last_name() const { return last_name_; }

 private:
  [[nodiscard]] bool add_records(const Owner& owner, const SignedSet& set, uint16_t& count,
                                 std::span<uint16_t> places) {
    if (!out_.add(owner, set.type, set.records, count, places)) return false;
    last_name_ = out_.last_name();
    return true;
  }

  const image::View& view_;
  MessageWriter& out_;
  bool signed_ = false;
  size_t last_name_ = 0;
};

}  // namespace ptrd::answer
