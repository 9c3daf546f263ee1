// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/linter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/name.hpp"

namespace ptrd::lint {

using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

std::vector<RuleInfo> rules_of(const PatternSet& set) {
  std::vector<RuleInfo> rules;
  for (const Pattern& pattern : set.patterns())
    rules.push_back({pattern.id(), pattern.severity, pattern.text});
  for (const HygieneRule& rule : kHygieneRules)
    rules.push_back({std::string(rule.id), rule.severity, std::string(rule.text)});
  return rules;
}

/// Appends a name in the form that patterns are matched against: labels separated by dots, no escapes, no
/// final dot.
void append_plain(std::vector<uint8_t>& out, Bytes name) {
  for (size_t at = 0; name[at] != 0; at += 1U + name[at]) {
    if (at > 0) out.push_back('.');
    const Bytes label = name.subspan(at + 1, name[at]);
    out.insert(out.end(), label.begin(), label.end());
  }
}

std::string_view text_of_bytes(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether `name` owns a CNAME in the image.
bool is_alias(const image::View& view, Bytes name) {
  const wire::Labels labels(name);
  image::Position position = view.root();
  for (size_t i = labels.count; i-- > 0;) {
    const auto next = view.child(position, labels.label(name, i));
    if (!next) return false;
    position = *next;
  }
  return position.kind == image::Position::Kind::node &&
         (view.at<image::Node>(position.index).flags & image::node_flag::cname) != 0;
}

/// Bytes of names to collect: each contains the target twice, the owner once.
constexpr size_t kEnough = 3 * PatternSet::kEnough;

bool is_service(const Name& owner) {
  const wire::Labels labels(owner.bytes());
  return std::any_of(labels.offset.begin(), labels.offset.begin() + labels.count,
                     [&](uint8_t at) { return owner.bytes()[at + 1U] == '_'; });
}

}  // namespace

Linter::Linter(PatternSet set, AllowList allow, size_t max_per_rule)
    : set_(std::move(set)), allow_(std::move(allow)), findings_(rules_of(set_), max_per_rule) {
  for (const RuleInfo& rule : findings_.rules()) allowed_rules_.push_back(allow_.allows_rule(rule.id));
}

void Linter::add(size_t rule, const Pointer& pointer, std::string_view text) {
  if (allowed_rules_[rule]) return;
  findings_.add(rule, pointer.place, [&](Finding& finding) {
    finding.owner = zone::text_of(pointer.owner);
    finding.target = zone::text_of(pointer.target);
    finding.text = text.empty() ? findings_.rules()[rule].text : text;
  });
}

void Linter::add(Hygiene rule, const Pointer& pointer, std::string_view text) {
  add(number_of(rule), pointer, text);
}

void Linter::add(const Match& match, const Pointer& pointer) {
  const auto rule = static_cast<size_t>(match.pattern - set_.patterns().data());
  if (!match.address) {
    add(rule, pointer, {});
  } else if (!allowed_rules_[rule]) {
    add(rule, pointer, fmt::format("{} ({})", match.pattern->text, match.address->to_text()));
  }
}

void Linter::look_at_shape(const Pointer& pointer) {
  if (pointer.apex != nullptr) {
    if (const auto fault = image_fault(pointer.target, *pointer.apex))
      return add(fault->first, pointer, fault->second);
    if (is_alias(*pointer.view, pointer.target)) add(Hygiene::alias, pointer);
  }
  if (const auto fault = shape_fault(pointer.target)) add(*fault, pointer);
}

void Linter::look_at(const Name& owner, Bytes target, Place place) {
  if (!zone::reverse_tree(owner.bytes()) || is_service(owner)) return;
  ++names_;
  const auto address = address_of_owner(owner);
  if (address) several_.take(*address, place);
  if (allow_.allows_name(target)) return;
  for (const Bytes name : {owner.bytes(), target})
    waiting_names_.insert(waiting_names_.end(), name.begin(), name.end());
  const size_t before = waiting_names_.size();
  append_plain(waiting_names_, target);
  waiting_.push_back({.owner_size = owner.bytes().size(),
                      .target_size = target.size(),
                      .name_size = waiting_names_.size() - before,
                      .place = place,
                      .address = address});
}

void Linter::look_at_waiting(const Name* apex, const image::View* view) {
  std::vector<Pointer> pointers;
  std::vector<Subject> subjects;
  Bytes rest = waiting_names_;
  const auto next = [&](size_t size) {
    const Bytes part = rest.first(size);
    rest = rest.subspan(size);
    return part;
  };
  for (const Waiting& one : waiting_) {
    const Bytes owner = next(one.owner_size);
    const Bytes target = next(one.target_size);
    pointers.push_back({.owner = owner, .target = target, .place = one.place, .apex = apex, .view = view});
    subjects.push_back({.name = text_of_bytes(next(one.name_size)), .address = one.address});
  }
  // Findings are in the order of the records.
  size_t shaped = 0;
  const auto look_at_shapes = [&](size_t end) {
    while (shaped < end) look_at_shape(pointers[shaped++]);
  };
  size_t generic = 0;  // index of the last generic pointer, from 1
  set_.scan(subjects, [&](size_t i, const Match& match) {
    look_at_shapes(i + 1);
    add(match, pointers[i]);
    const bool is_generic = match.pattern->cls == Class::access || (match.address && match.address->whole);
    if (!is_generic || generic == i + 1) return;
    generic = i + 1;
    mail_.take_generic(pointers[i].target, pointers[i].place);
  });
  look_at_shapes(pointers.size());
  waiting_.clear();
  waiting_names_.clear();
}

void Linter::take(const zone::Record& record) {
  const auto type = static_cast<Type>(record.type);
  if (type != Type::ptr && type != Type::mx) return;
  const Bytes target = wire::rdata_name(record.type, record.rdata);
  if (target.empty()) return;
  if (type == Type::mx) return mail_.take_mail_exchange(target);
  const auto owner = Name::from_wire(record.owner);
  if (!owner) return;
  const Place place{.file = findings_.file(record.file),
                    .line = static_cast<uint32_t>(std::min<uint64_t>(record.line, UINT32_MAX))};
  look_at(*owner, target, place);
  if (waiting_names_.size() >= kEnough) look_at_waiting();
}

void Linter::take(const image::View& view, std::string_view file) {
  look_at_waiting();
  const Place place{.file = findings_.file(file), .line = 0};
  for (const image::Zone& zone : view.zones()) {
    const Name apex = view.apex(zone);
    image::traverse(view, zone, [&](const image::OwnedSet& set) {
      const auto type = static_cast<Type>(set.type);
      if (type != Type::ptr && type != Type::mx) return;
      image::each_record(set.records, [&](uint32_t, Bytes rdata) {
        const Bytes target = wire::rdata_name(set.type, rdata);
        if (type == Type::mx) {
          mail_.take_mail_exchange(target);
        } else {
          look_at(set.owner, target, place);
          if (waiting_names_.size() >= kEnough) look_at_waiting(&apex, &view);
        }
      });
    });
    look_at_waiting(&apex, &view);
  }
}

void Linter::finish() {
  look_at_waiting();
  const size_t several = number_of(Hygiene::several_ptr);
  for (const SeveralPtr::Found& found : several_.finish()) {
    if (allowed_rules_[several]) break;
    findings_.add(several, found.place, [&](Finding& finding) {
      finding.owner = wire::name_of_key(found.address).to_text();
      finding.text = findings_.rules()[several].text;
    });
  }
  const size_t generic = number_of(Hygiene::generic_mail);
  for (const auto& found : mail_.finish()) {
    if (allowed_rules_[generic]) break;
    findings_.add(generic, found.first, [&](Finding& finding) {
      finding.target = found.second;
      finding.text = findings_.rules()[generic].text;
    });
  }
}

}  // namespace ptrd::lint
