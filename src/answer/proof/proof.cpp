// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/proof.hpp"

#include <algorithm>

#include "answer/proof/nsec_search.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

using image::Nsec3Record;
using image::Zone;
using wire::Bytes;
using wire::Type;

namespace {

constexpr uint8_t kStar[] = {'*'};

/// Steps of the budget: of a search for an NSEC, besides one for each label between the closest encloser and
/// the apex; for so many names that it passes; and for so many octets that are hashed.
constexpr unsigned kStepsOfSearch = 4;
constexpr unsigned kStepsOfPassed = 3;
constexpr unsigned kPassed = 2;
constexpr unsigned kStepsOfHash = 20;
constexpr size_t kHashedAtOnce = 64;
constexpr unsigned kStepsOfRecord = 6;  // of NSEC3, found
constexpr unsigned kLabelsOfStep = 3;   // of the name, passed several times

/// Writes `*.` and `encloser` to `out`: the source of synthesis (RFC 4592 3.3.1). Empty: it is too long to be
/// a name, so it does not exist.
Bytes wildcard_of(Bytes encloser, wire::MutableBytes out) {
  wire::Writer name(out, 0);
  name.put8(1);
  name.put(kStar);
  name.put(encloser);
  return name.ok() ? Bytes(out).first(name.position()) : Bytes();
}

}  // namespace

bool Proof::has(const void* source) const {
  return std::any_of(sets().begin(), sets().end(), [&](const Set& set) { return set.source == source; });
}

void Proof::add(const Set& set) {
  whole_ = whole_ && count_ < kMaxSets;
  if (whole_) sets_[count_++] = set;
}

/// Proofs by NSEC (RFC 4035 3.1.3).
class Proof::Nsec {
 public:
  Nsec(Proof& proof, const Found& found, Bytes name)
      : proof_(proof),
        view_(proof.view_),
        encloser_(found.at.labels),
        labels_(found.labels()),
        depth_(encloser_ - view_.at<Zone>(found.zone).label_count),
        search_(view_, found.zone, name, found.at) {}
  Nsec(const Nsec&) = delete;
  Nsec& operator=(const Nsec&) = delete;

  /// Adds the NSEC at a Node. False: there is none.
  [[nodiscard]] bool add_at(uint32_t node, Bytes owner, Bytes shared) {
    if (node == 0) return false;
    const auto& at = view_.at<image::Node>(node);
    const image::Rrset* set = view_.find_rrset(at, code(Type::nsec));
    if (set == nullptr) return false;
    if (!proof_.has(set)) {
      proof_.add({owner, shared, code(Type::nsec), image::View::records(*set),
                  view_.signatures(at, code(Type::nsec)).records, set});
    }
    return true;
  }
  /// Adds the NSEC of a leaf. False: there is none, or it is not a leaf.
  [[nodiscard]] bool add_at(const image::Position& at, Bytes owner, Bytes shared) {
    const image::SignedLeaf leaf(view_, at);
    if (!leaf.has_nsec()) return false;
    const void* const source = view_.unit(at.index);
    if (proof_.has(source)) return true;
    auto& room = proof_.leaf_room();
    const size_t size = leaf.write_nsec(owner, room.data());
    const size_t signatures = leaf.write_nsec_rrsig(room.data() + size);
    proof_.add({owner, shared, code(Type::nsec), Bytes(room).first(size),
                Bytes(room).subspan(size, signatures), source});
    return true;
  }
  /// Adds the one that covers the name, which exists.
  void cover_name() {
    if (starts()) add_cover(search_.cover_name());
  }
  /// Adds the one that covers the name of `label` below the closest encloser.
  void cover_below(Bytes label) {
    if (starts()) add_cover(search_.cover_below(label));
  }
  void cover_next_closer() { cover_below(next_label()); }
  /// After it, the one that covers the wildcard below the closest encloser, which does not exist either.
  void cover_wildcard() {
    if (!proof_.whole_) return;
    before_ = search_.steps();
    const bool together = search_.are_together(next_label(), kStar);
    if (pay() && !together) cover_below(kStar);
  }

 private:
  /// The label of the name that is one below the closest encloser.
  [[nodiscard]] Bytes next_label() const {
    const Bytes next = search_.suffix(encloser_ + 1U);
    return next.subspan(1, next[0]);
  }
  [[nodiscard]] bool starts() {
    if (!proof_.take(kStepsOfSearch + depth_ + labels_ / kLabelsOfStep)) return false;
    // One more than the budget has: then it is spent.
    const size_t most = proof_.budget_.left() / kStepsOfPassed * kPassed + kPassed;
    search_.limit(static_cast<unsigned>(std::min<size_t>(most, NsecSearch::kMaxSteps)));
    before_ = search_.steps();
    return true;
  }
  /// For the steps of the search since `before_`.
  [[nodiscard]] bool pay() { return proof_.take((search_.steps() - before_) * kStepsOfPassed / kPassed); }
  void add_cover(const NsecSearch::Cover& cover) {
    if (!pay()) return;
    const Bytes shared = search_.suffix(cover.shared);
    Bytes owner = shared;
    if (cover.labels > cover.shared) {
      const wire::MutableBytes room = proof_.owner_room();
      owner = room.first(search_.write_owner(room));
    }
    if (cover.node != 0) {
      (void)add_at(cover.node, owner, shared);
    } else {
      (void)add_at({.kind = image::Position::Kind::leaf, .labels = cover.labels, .index = cover.leaf}, owner,
                   shared);
    }
  }

  Proof& proof_;
  const image::View& view_;
  uint8_t encloser_;     // labels
  unsigned labels_;      // of the name
  unsigned depth_;       // labels of the closest encloser below the apex
  unsigned before_ = 0;  // steps of the search
  NsecSearch search_;
};

/// Proofs by NSEC3 (RFC 5155 7.2).
class Proof::Nsec3 {
 public:
  Nsec3(Proof& proof, const Found& found, Bytes name)
      : proof_(proof), view_(proof.view_), zone_(view_.at<Zone>(found.zone)), name_(name), labels_(name) {
    (void)proof.take(found.labels() / (2 * kLabelsOfStep));
  }

  /// Adds the record that matches a name. False: there is none.
  [[nodiscard]] bool match(Bytes name) {
    const Nsec3Record* record = place(name).match;
    if (record != nullptr) add(*record);
    return record != nullptr;
  }
  /// Adds the record that covers a name. One that matches is not added: it proves that the name exists.
  void cover(Bytes name) {
    const image::Nsec3Place at = place(name);
    if (at.match == nullptr && at.before != nullptr) add(*at.before);
  }
  [[nodiscard]] Bytes suffix(unsigned labels) const {
    return labels == 0 ? name_.last(1) : name_.subspan(labels_.offset[labels_.count - labels]);
  }
  /// Adds the closest encloser proof (RFC 5155 7.2.1) for the name. `encloser`: the labels of the last name
  /// that exists; it may have no record, below or at a delegation that is opted out, and then one above it
  /// is the closest provable one (RFC 5155 7.2.4). What has a record has one at each name above, up to the
  /// apex, so that is found by halves. Returns its labels.
  unsigned closest_encloser(unsigned encloser) {
    unsigned with = zone_.label_count;  // labels of a name that has a record
    if (place(suffix(encloser)).match != nullptr) {
      with = encloser;
    } else {
      for (unsigned without = encloser; with + 1 < without;) {
        const unsigned middle = (with + without) / 2;
        (place(suffix(middle)).match != nullptr ? with : without) = middle;
      }
    }
    (void)match(suffix(with));
    cover(suffix(with + 1));
    return with;
  }
  void next_closer(unsigned encloser) { cover(suffix(encloser + 1)); }

 private:
  /// Where a name's record is, or would be. When the budget is spent, as if none matched.
  [[nodiscard]] image::Nsec3Place place(Bytes name) {
    for (const Placed& placed : placed_) {
      if (placed.name == name.data()) return placed.at;
    }
    if (!proof_.take(kStepsOfHash * (1 + name.size() / kHashedAtOnce))) return {};
    placed_[1] = placed_[0];
    placed_[0] = {name.data(), image::nsec3_place(view_, zone_, image::nsec3_hash(view_, zone_, name))};
    return placed_[0].at;
  }
  void add(const Nsec3Record& record) {
    if (proof_.has(&record) || !proof_.take(kStepsOfRecord)) return;
    const wire::MutableBytes room = proof_.owner_room();
    const Bytes apex = suffix(zone_.label_count);
    const image::Nsec3Label label = image::nsec3_label(image::nsec3_hash_of(record));
    wire::Writer owner(room, 0);
    owner.put8(static_cast<uint8_t>(label.size()));
    owner.put(label);
    owner.put(view_.zone_name(zone_));
    proof_.add({room.first(owner.position()), apex, code(Type::nsec3),
                image::View::records(image::nsec3_set(record)),
                image::View::records(image::nsec3_signatures(record)), &record});
  }

  struct Placed {
    const uint8_t* name = nullptr;
    image::Nsec3Place at{};
  };

  Proof& proof_;
  const image::View& view_;
  const Zone& zone_;
  std::array<Placed, 2> placed_;  // the last two: most proofs need one of them again
  Bytes name_;
  wire::Labels labels_;
};

namespace {

bool by_nsec3(const image::View& view, uint32_t zone) {
  return view.at<Zone>(zone).denial == image::Denial::nsec3;
}

}  // namespace

void Proof::no_data(const Found& found, Bytes name, uint32_t node) {
  if (!by_nsec3(view_, found.zone)) {
    Nsec nsec(*this, found, name);
    if (!nsec.add_at(node, name, name) && !nsec.add_at(found.at, name, name)) nsec.cover_name();
    return;
  }
  Nsec3 nsec3(*this, found, name);
  const bool apex = found.at.labels == view_.at<Zone>(found.zone).label_count;
  if (!nsec3.match(name) && !apex) (void)nsec3.closest_encloser(found.at.labels - 1U);
}

void Proof::no_data_at_wildcard(const Found& found, Bytes name, uint32_t wildcard) {
  const Bytes encloser = found.suffix(name, found.at.labels);
  if (!by_nsec3(view_, found.zone)) {
    Nsec nsec(*this, found, name);
    nsec.cover_next_closer();
    if (!nsec.add_at(wildcard, wildcard_of(encloser, owner_room()), encloser)) nsec.cover_below(kStar);
    return;
  }
  Nsec3 nsec3(*this, found, name);
  (void)nsec3.closest_encloser(found.at.labels);
  std::array<uint8_t, wire::kMaxName> source;
  (void)nsec3.match(wildcard_of(encloser, source));
}

void Proof::no_name(const Found& found, Bytes name) {
  if (!by_nsec3(view_, found.zone)) {
    Nsec nsec(*this, found, name);
    nsec.cover_next_closer();
    nsec.cover_wildcard();
    return;
  }
  Nsec3 nsec3(*this, found, name);
  const Bytes encloser = nsec3.suffix(nsec3.closest_encloser(found.at.labels));
  std::array<uint8_t, wire::kMaxName> source;
  const Bytes wildcard = wildcard_of(encloser, source);
  if (!wildcard.empty()) nsec3.cover(wildcard);
}

void Proof::wildcard(const Found& found, Bytes name) {
  if (by_nsec3(view_, found.zone))
    Nsec3(*this, found, name).next_closer(found.at.labels);
  else
    Nsec(*this, found, name).cover_next_closer();
}

void Proof::no_ds(const Found& found, Bytes name, Bytes cut) {
  if (!by_nsec3(view_, found.zone)) {
    (void)Nsec(*this, found, name).add_at(found.cut, cut, cut);
    return;
  }
  Nsec3 nsec3(*this, found, cut);
  if (!nsec3.match(cut)) (void)nsec3.closest_encloser(found.cut_labels - 1U);
}

}  // namespace ptrd::answer
