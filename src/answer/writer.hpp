// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>

#include "answer/suffix_table.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::answer {

/// A record's owner.
struct Owner {
  wire::Bytes name;
  size_t at = 0;  // where the reply has it, at most 0x3FFF; 0: not known
};

/// Appends records to a reply behind its question, names compressed against those already there (RFC
/// 1035 4.1.4). A record set goes in whole or not at all (RFC 2181 9). Names that are given to it are
/// compared with later ones where they are, and must stay as they are.
///
/// What it costs is bounded by the bytes that it writes: kLookUps labels are looked up, and one more for each
/// kBytesPerLookUp bytes; names behind that are written out. One that is in the same domain as the name
/// before needs no look-up, and no name's first label is looked up.
class MessageWriter {
 public:
  static constexpr size_t kLookUps = 48;
  static constexpr size_t kBytesPerLookUp = 24;
  /// Labels of the question that names are compared with, from the right: those of an IPv6 prefix of 56 bits.
  static constexpr size_t kQuestionLabels = 16;

  /// The question, without which no reply gets here, ends at `question_end`; records may reach to `end`.
  MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end);

  [[nodiscard]] size_t size() const { return at_; }
  /// Bytes that are left.
  [[nodiscard]] size_t room() const { return end_ - at_; }
  /// Where the last name is that was written in a record's data, or what it points at; 0: too far behind to
  /// be pointed at.
  [[nodiscard]] size_t last_name() const { return last_.at; }
  /// The set's records (wire form, owner 0xC00C each) under `owner`; adds their number to `count`. `places`
  /// gets `last_name` for each record, as far as it reaches. False, and nothing written, when they do not
  /// fit.
  [[nodiscard]] bool add(Owner owner, uint16_t type, wire::Bytes records, uint16_t& count,
                         std::span<uint16_t> places = {});
  /// One record as it is stored. Its names do not become targets of later pointers. Returns where it is, for
  /// its pointers to be put in; null, and nothing written, when it does not fit.
  [[nodiscard]] uint8_t* add_stored(wire::Bytes record, uint16_t& count);
  /// One record with the data given.
  [[nodiscard]] bool add_one(Owner owner, wire::Type type, uint32_t ttl, wire::Bytes rdata, uint16_t& count);

 private:
  /// The last name that was written, and its domain: where they are; 0: not to be pointed at.
  struct LastName {
    wire::Bytes domain;
    size_t at = 0;
    size_t domain_at = 0;
  };

  [[nodiscard]] bool put(wire::Bytes bytes);
  [[nodiscard]] bool put_pointer(size_t target);
  [[nodiscard]] bool put_name(wire::Bytes name, bool compress);
  [[nodiscard]] bool put_new_domain(wire::Bytes name, bool compress);
  [[nodiscard]] bool put_rdata(const wire::RdataLayout& layout, wire::Bytes rdata);
  [[nodiscard]] bool put_owner(Owner& owner);
  /// `fixed`: type, class and TTL as they are in a record.
  [[nodiscard]] bool put_record(Owner& owner, const wire::RdataLayout& layout, const uint8_t* fixed,
                                wire::Bytes rdata);
  /// `record`: wire form.
  [[nodiscard]] bool put_stored(Owner& owner, const wire::RdataLayout& layout, wire::Bytes record);
  /// Labels of one name that may be looked up.
  [[nodiscard]] size_t look_ups() const;
  void remember_question();

  wire::MutableBytes buffer_;
  wire::Bytes question_;  // its name, until it has become a target of pointers
  size_t at_;
  size_t end_;
  size_t look_ups_ = 0;
  LastName last_;
  SuffixTable suffixes_;
};

}  // namespace ptrd::answer
