// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>

#include "answer/budget.hpp"
#include "answer/suffix_table.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::answer {

/// A record's owner.
struct Owner {
  wire::Bytes name;
  size_t at = 0;  // its offset in the reply, at most 0x3FFF; 0: unknown
};

/// An RRset of a signed zone and the RRSIGs over it, each record as it is stored with the owner 0xC00C. The
/// owner is `labels`, each with its length, and the name at offset `above` of the reply, at most 0x3FFF.
struct ReadySet {
  wire::Bytes labels;
  size_t above;
  wire::Bytes records;
  wire::Bytes signatures;

  [[nodiscard]] size_t size() const { return labels.size() + records.size() + signatures.size(); }
};

/// Appends records to a reply after its question, with names compressed against those already there (RFC 1035
/// 4.1.4). An RRset is added whole or not at all (RFC 2181 9). Names passed to it are compared in place with
/// later ones, so they must stay valid and unchanged.
///
/// The cost is bounded by the number of bytes written: kLookUps labels are looked up, and one more for each
/// kBytesPerLookUp bytes; names beyond that are written out in full. A name in the same domain as the
/// previous one needs no lookup, and the first label of a name is never looked up.
class MessageWriter {
 public:
  static constexpr size_t kMaxPointer = 0x3FFF;
  static constexpr size_t kLookUps = 32;
  static constexpr size_t kBytesPerLookUp = 32;
  /// Labels of the question that names are compared with, from the right: all those of an IPv6 address.
  static constexpr size_t kQuestionLabels = 34;

  /// The question, which must exist, ends at `question_end`; records may extend to `end`. What is written
  /// takes steps of `budget`, which must outlive this; when it is spent, nothing fits.
  MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end, Budget& budget);

  [[nodiscard]] size_t size() const { return at_; }
  /// Whether a pointer can reach what is written next.
  [[nodiscard]] bool can_point() const { return at_ <= kMaxPointer; }
  /// Bytes that are left.
  [[nodiscard]] size_t room() const { return end_ - at_; }
  /// The offset of the last name written in a record's data, or of the name that it points at; 0: too far
  /// into the message for a pointer.
  [[nodiscard]] size_t last_name() const { return last_.at; }
  /// Adds an RRset's records (wire form, owner 0xC00C each) with the owner `owner`, and adds their number to
  /// `count`. `places` gets `last_name` for as many records as it has elements. Returns false, and writes
  /// nothing, if they do not fit.
  [[nodiscard]] bool add(Owner owner, uint16_t type, wire::Bytes records, uint16_t& count,
                         std::span<uint16_t> places = {});
  /// Adds a set of a signed zone. The names in its data are not compressed (RFC 4034 3.1.7, 4.1.1), and do
  /// not become targets of later pointers. Requires `can_point`. Returns false, and writes nothing, if it
  /// does not fit.
  [[nodiscard]] bool add_ready(const ReadySet& set, uint16_t& count);
  /// Adds one record as it is stored. Its names do not become targets of later pointers. Returns its address,
  /// so that its pointers can be filled in; null, and nothing written, if it does not fit.
  [[nodiscard]] uint8_t* add_stored(wire::Bytes record, uint16_t& count);
  /// Adds one record with the given data.
  [[nodiscard]] bool add_one(Owner owner, wire::Type type, uint32_t ttl, wire::Bytes rdata, uint16_t& count);

 private:
  /// Offsets of the last name written and of its domain; 0: cannot be a pointer target.
  struct LastName {
    wire::Bytes domain;
    size_t at = 0;
    size_t domain_at = 0;
  };

 public:
  /// A state to go back to.
  struct Mark {
    size_t at;
    LastName last;
    unsigned suffixes;
  };
  [[nodiscard]] Mark mark() const { return {at_, last_, suffixes_.count()}; }
  /// Drops what has been written since.
  void rewind(const Mark& mark) {
    at_ = mark.at;
    last_ = mark.last;
    suffixes_.shrink_to(mark.suffixes);
  }

 private:
  [[nodiscard]] bool add_nameless(size_t owner_at, wire::Bytes records, uint16_t& count);
  [[nodiscard]] bool put(wire::Bytes bytes);
  [[nodiscard]] bool put_pointer(size_t target);
  [[nodiscard]] bool put_name(wire::Bytes name, bool compress);
  [[nodiscard]] bool put_new_domain(wire::Bytes name, bool compress);
  [[nodiscard]] bool put_rdata(const wire::RdataLayout& layout, wire::Bytes rdata);
  [[nodiscard]] bool put_owner(Owner& owner);
  /// `fixed`: type, class and TTL in wire form.
  [[nodiscard]] bool put_record(Owner& owner, const wire::RdataLayout& layout, const uint8_t* fixed,
                                wire::Bytes rdata);
  /// `record`: wire form.
  [[nodiscard]] bool put_stored(Owner& owner, const wire::RdataLayout& layout, wire::Bytes record);
  /// The number of labels of one name that may be looked up.
  [[nodiscard]] size_t look_ups() const;
  [[nodiscard]] bool pay_look_ups(size_t count);
  void remember_question();

  wire::MutableBytes buffer_;
  Budget& budget_;
  wire::Bytes question_;  // its name, until it is in the table of pointer targets
  size_t at_;
  size_t end_;
  size_t look_ups_ = 0;
  LastName last_;
  SuffixTable suffixes_;
};

}  // namespace ptrd::answer
