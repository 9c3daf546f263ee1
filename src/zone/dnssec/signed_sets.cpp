// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <optional>

#include "dnssec/signature.hpp"
#include "ptrd/wire/plural.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/dnssec/parts.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using dnssec::Signature;
using wire::Bytes;
using wire::Type;

namespace {

/// What is known of a signature when the records that it covers are at hand.
enum class Verdict : uint8_t { good, unknown_key, unsupported_key, wrong_fields, wrong };

/// A signature over an RRset.
struct Task {
  const AuthorityName* name;
  std::span<const Item> set;
  const Item* item;
  std::optional<Signature> signature;
  Verdict verdict = Verdict::wrong_fields;
};

std::string days_or_less(uint32_t seconds) {
  constexpr uint32_t kHour = 3600;
  if (seconds >= 2 * DnssecCheck::kDay) return wire::plural(seconds / DnssecCheck::kDay, "day");
  if (seconds >= 2 * kHour) return wire::plural(seconds / kHour, "hour");
  return wire::plural(seconds / 60, "minute");
}

/// A signature's time as a date: within 68 years of `now` (RFC 4034 3.1.5).
std::string date(uint32_t time, uint32_t now) {
  const std::time_t seconds = std::time_t{now} + dnssec::seconds_until(time, now);
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(seconds));
}

class SignedSets {
 public:
  SignedSets(ZoneData& zone, const ZoneKeys& keys, const DnssecCheck& how)
      : zone_(zone), keys_(keys), how_(how) {}

  void check(std::span<const AuthorityName> names);
  /// Says when the first signature expires.
  void report_end() const;

 private:
  void collect(const AuthorityName& name);
  [[nodiscard]] Verdict verify(const Task& task, std::vector<uint8_t>& room) const;
  void judge(std::span<const Task> set, const AuthorityName& name, std::span<const Item> items);
  void report(const Task& task);
  [[nodiscard]] bool in_time(const Task& task);
  void check_algorithms(std::span<const Task> set);
  [[nodiscard]] static std::string text_of(const Task& task) {
    return fmt::format("{} RRSIG of {} by key {}", text_of_key(task.name->key),
                       wire::type_to_text(task.set[0].type), task.signature ? task.signature->key_tag : 0);
  }

  ZoneData& zone_;
  const ZoneKeys& keys_;
  const DnssecCheck& how_;
  std::vector<Task> tasks_;
  struct Set {
    const AuthorityName* name;
    std::span<const Item> items;
    size_t first_task;
  };
  std::vector<Set> sets_;
  int64_t soonest_ = std::numeric_limits<int64_t>::max();  // seconds until a good signature ends
  const Item* soonest_item_ = nullptr;
  uint32_t soonest_time_ = 0;
};

void SignedSets::collect(const AuthorityName& name) {
  for_each_set(*name.owner, [&](std::span<const Item> set) {
    if (!name.signs(set[0].type)) return;
    sets_.push_back({&name, set, tasks_.size()});
    for (const Item& item : name.owner->set(code(Type::rrsig))) {
      const Bytes data = zone_.data(item);
      if (data.size() < 2 || wire::load16(data.data()) != set[0].type) continue;
      tasks_.push_back({&name, set, &item, dnssec::read_signature(data)});
    }
  });
  for (const Item& item : name.owner->set(code(Type::rrsig))) {
    const Bytes data = zone_.data(item);
    const uint16_t type = data.size() < 2 ? uint16_t{0} : wire::load16(data.data());
    if (name.signs(type) && !name.owner->set(type).empty()) continue;
    zone_.report.add(Rule::signature_extra, item.place, [&] {
      return fmt::format("{} RRSIG of {}: {} (RFC 4035 2.2)", text_of_key(name.key), wire::type_to_text(type),
                         name.owner->set(type).empty() ? "no such records" : "not the zone's own records");
    });
  }
}

Verdict SignedSets::verify(const Task& task, std::vector<uint8_t>& room) const {
  if (!task.signature) return Verdict::wrong_fields;
  const Signature& signature = *task.signature;
  const wire::Name owner = name_of_sort_key(task.name->key);
  const bool wildcard = owner.bytes()[0] == 1 && owner.bytes()[1] == '*';
  if (signature.labels != owner.label_count() - (wildcard ? 1 : 0) ||
      !wire::same_ignoring_case(signature.signer, zone_.apex.bytes())) {
    return Verdict::wrong_fields;
  }
  const auto keys = keys_.find(signature.key_tag, signature.algorithm);
  if (keys.empty()) {
    return keys_.has(signature.key_tag, signature.algorithm) ? Verdict::unsupported_key
                                                             : Verdict::unknown_key;
  }
  std::vector<Bytes> rdatas;
  for (const Item& item : task.set) rdatas.push_back(zone_.data(item));
  dnssec::signed_data(signature, owner.bytes(), rdatas, room);
  const bool good = std::ranges::any_of(
      keys, [&](const dnssec::PublicKey& key) { return key.verifies(room, signature.signature); });
  return good ? Verdict::good : Verdict::wrong;
}

void SignedSets::report(const Task& task) {
  const auto add = [&](Rule rule, std::string_view what) {
    zone_.report.add(rule, task.item->place, [&] { return fmt::format("{}: {}", text_of(task), what); });
  };
  switch (task.verdict) {
    case Verdict::good:
      break;
    case Verdict::unknown_key:
      return add(Rule::signature_key, "the zone has no such key");
    case Verdict::unsupported_key:
      return;  // said of the key
    case Verdict::wrong_fields:
      return add(Rule::signature_wrong, "its signer or its number of labels is wrong (RFC 4035 5.3.1)");
    case Verdict::wrong:
      return add(Rule::signature_wrong, "it does not verify");
  }
  if (task.signature->original_ttl != task.set[0].ttl) {
    zone_.report.add(Rule::signature_ttl, task.item->place, [&] {
      return fmt::format("{}: its original TTL {} is not the TTL {} of the records (RFC 4034 3.1.4)",
                         text_of(task), task.signature->original_ttl, task.set[0].ttl);
    });
  }
}

/// Whether a good signature counts now; reports when it does not, or soon will not.
bool SignedSets::in_time(const Task& task) {
  const Signature& signature = *task.signature;
  const int32_t until = dnssec::seconds_until(signature.expiration, how_.time);
  const int32_t wait = dnssec::seconds_until(signature.inception, how_.time);
  const auto add = [&](Rule rule, auto text) {
    zone_.report.add(rule, task.item->place, [&] { return fmt::format("{}: {}", text_of(task), text()); });
  };
  if (until < 0) {
    add(Rule::signature_expired, [&] {
      return fmt::format("expired {} ago, on {}", days_or_less(static_cast<uint32_t>(-int64_t{until})),
                         date(signature.expiration, how_.time));
    });
    return false;
  }
  if (wait > 0) {
    add(Rule::signature_early,
        [&] { return fmt::format("not valid before {}", date(signature.inception, how_.time)); });
    return false;
  }
  if (until < soonest_) {
    soonest_ = until;
    soonest_item_ = task.item;
    soonest_time_ = signature.expiration;
  }
  if (static_cast<uint32_t>(until) < how_.expires_within) {
    add(Rule::signature_soon, [&] {
      return fmt::format("expires in {}, on {}", days_or_less(static_cast<uint32_t>(until)),
                         date(signature.expiration, how_.time));
    });
  }
  return true;
}

/// RFC 4035 2.2: a signature by a key of each algorithm of the DNSKEY records.
void SignedSets::check_algorithms(std::span<const Task> set) {
  for (const uint8_t algorithm : keys_.algorithms()) {
    const bool there = std::ranges::any_of(
        set, [&](const Task& task) { return task.signature && task.signature->algorithm == algorithm; });
    if (there) continue;
    zone_.report.add(Rule::signature_algorithm, set[0].set[0].place, [&] {
      return fmt::format("{} {}: no signature by a key of {}, which the zone's keys have (RFC 4035 2.2)",
                         text_of_key(set[0].name->key), wire::type_to_text(set[0].set[0].type),
                         dnssec::algorithm_to_text(algorithm));
    });
  }
}

void SignedSets::judge(std::span<const Task> set, const AuthorityName& name, std::span<const Item> items) {
  bool valid = false;
  for (const Task& task : set) {
    report(task);
    valid = (task.verdict == Verdict::good && in_time(task)) || valid;
    valid = valid || task.verdict == Verdict::unsupported_key;  // nobody here can tell
  }
  if (!valid) {
    zone_.report.add(Rule::not_validated, items[0].place, [&] {
      return fmt::format("{} {}: {}", text_of_key(name.key), wire::type_to_text(items[0].type),
                         set.empty() ? "no signature" : "no signature that is valid now");
    });
  } else {
    check_algorithms(set);
  }
}

void SignedSets::check(std::span<const AuthorityName> names) {
  for (const AuthorityName& name : names) {
    if (name.owner != nullptr) collect(name);
  }
  constexpr size_t kPart = 64;  // signatures that a thread verifies in turn
  how_.run((tasks_.size() + kPart - 1) / kPart, [&](size_t part) {
    std::vector<uint8_t> room;
    for (size_t i = part * kPart; i < std::min(tasks_.size(), (part + 1) * kPart); ++i) {
      tasks_[i].verdict = verify(tasks_[i], room);
    }
  });
  for (size_t i = 0; i < sets_.size(); ++i) {
    const size_t end = i + 1 < sets_.size() ? sets_[i + 1].first_task : tasks_.size();
    judge(std::span(tasks_).subspan(sets_[i].first_task, end - sets_[i].first_task), *sets_[i].name,
          sets_[i].items);
  }
  tasks_.clear();
  sets_.clear();
}

void SignedSets::report_end() const {
  if (soonest_item_ == nullptr) return;
  zone_.report.add(Rule::signatures_end, soonest_item_->place, [&] {
    return fmt::format("signatures of {}: the first one that is valid now expires in {}, on {}",
                       zone_.apex.to_text(), days_or_less(static_cast<uint32_t>(soonest_)),
                       date(soonest_time_, how_.time));
  });
}

/// Signatures over what a cut or a DNAME hides.
void check_hidden_signatures(ZoneData& zone) {
  for (const Owner& owner : zone.owners()) {
    const Owner* hider = zone.hider(owner.key);
    if (hider == nullptr || hider->key == owner.key) continue;
    for (const Item& item : owner.set(code(Type::rrsig))) {
      zone.report.add(Rule::signature_extra, item.place, [&] {
        return fmt::format("{} RRSIG: below {}, where nothing is the zone's own (RFC 4035 2.2)",
                           text_of_key(owner.key), text_of_key(hider->key));
      });
    }
  }
}

/// Names that own only NSEC3 records: they are signed as others are.
std::vector<AuthorityName> nsec3_owners(const ZoneData& zone, std::span<const AuthorityName> names) {
  std::vector<AuthorityName> owners;
  for (const Owner& owner : zone.owners()) {
    if (owner.set(code(Type::nsec3)).empty()) continue;
    const auto it = std::ranges::lower_bound(names, owner.key, {}, &AuthorityName::key);
    if (it == names.end() || it->key != owner.key) {
      owners.push_back({.key = owner.key, .owner = &owner, .cut = false});
    }
  }
  return owners;
}

}  // namespace

void check_signed_sets(ZoneData& zone, std::span<const AuthorityName> names, const ZoneKeys& keys,
                       const DnssecCheck& how) {
  const std::vector<AuthorityName> hashed = nsec3_owners(zone, names);
  SignedSets check(zone, keys, how);
  for (const std::span<const AuthorityName> all : {names, std::span<const AuthorityName>(hashed)}) {
    constexpr size_t kNames = 65'536;  // whose signatures are held at once
    for (size_t i = 0; i < all.size(); i += kNames)
      check.check(all.subspan(i, std::min(kNames, all.size() - i)));
  }
  check_hidden_signatures(zone);
  check.report_end();
}

}  // namespace ptrd::zone
