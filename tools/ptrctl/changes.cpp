// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "changes.hpp"

#include <algorithm>
#include <charconv>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/one_line.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/finding.hpp"
#include "zone/read/reader.hpp"
#include "zone/read/words.hpp"

namespace ptrd::ctl {

namespace {

using Fault = tl::unexpected<std::string>;

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return wire::lower(static_cast<uint8_t>(x)) == wire::lower(static_cast<uint8_t>(y));
  });
}

/// The first word of `text`, which is moved behind it; empty: there is none.
std::string_view take_word(std::string_view& text) {
  zone::WordReader reader(text);
  const auto word = reader.next();
  if (!word) return text = {};
  text.remove_prefix(static_cast<size_t>(word->text.data() - text.data()) + word->text.size());
  return word->text;
}

/// Seconds, or with units: 1h30m.
std::optional<uint32_t> parse_ttl(std::string_view text) {
  uint64_t sum = 0;
  while (!text.empty()) {
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    uint64_t unit = 1;
    if (!text.empty()) {
      constexpr std::pair<char, uint32_t> kUnits[] = {
          {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
      const auto* const found = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& one) {
        return one.first == static_cast<char>(wire::lower(static_cast<uint8_t>(text[0])));
      });
      if (found == std::end(kUnits)) return std::nullopt;
      unit = found->second;
      text.remove_prefix(1);
    }
    sum += number * unit;
    if (sum > INT32_MAX) return std::nullopt;  // RFC 2181 8
  }
  return static_cast<uint32_t>(sum);
}

std::string quoted(std::string_view text) {
  return "\"" + wire::one_line(text) + "\"";
}

tl::expected<wire::Name, std::string> name_of(std::string_view text) {
  if (text.empty()) return Fault("a name is missing");
  auto name = wire::Name::from_text(text);
  if (!name) return Fault(quoted(text) + " is not a name: " + name.error());
  return name;
}

}  // namespace

tl::expected<RecordText, std::string> split_record(std::string_view text) {
  RecordText record;
  for (;;) {
    const std::string_view word = take_word(text);
    if (word.empty()) return record;
    if (!record.ttl && wire::is_digit(word[0])) {
      record.ttl = parse_ttl(word);
      if (!record.ttl) return Fault(quoted(word) + " is not a TTL: seconds, 0 to 2147483647");
      continue;
    }
    if (same_word(word, "IN")) continue;
    record.type = wire::type_from_text(word);
    if (!record.type) return Fault(quoted(word) + " is not a record type, nor the class IN");
    record.data = text;
    return record;
  }
}

tl::expected<std::vector<uint8_t>, std::string> data_from_text(uint16_t type, std::string_view data) {
  const std::string text = ". 0 IN " + wire::type_to_text(type) + " " + std::string(data) + "\n";
  std::vector<zone::Finding> findings;
  std::vector<std::vector<uint8_t>> found;
  zone::ReadOptions options;
  options.max_findings = 1;
  const bool ok = zone::read_zone_text(
      text, "", "", options,
      [&](const zone::Record& record) { found.emplace_back(record.rdata.begin(), record.rdata.end()); },
      findings);
  if (!ok) return Fault(findings.front().text);
  if (found.size() != 1) return Fault("not the data of one record");
  return found.front();
}

tl::expected<wire::Name, std::string> owner_from_text(std::string_view text, const wire::Name& zone) {
  if (text == "@") return zone;
  tl::expected<wire::Name, std::string> name = Fault("");
  if (const auto key = wire::key_of_address(text)) {
    name = wire::name_of_key(*key);
  } else {
    name = name_of(text);
    const bool absolute = text.ends_with('.') && !text.ends_with("\\.");
    if (name && !absolute && !name->is_below_or_at(zone)) {
      const wire::Labels labels(name->bytes());
      wire::Name owner = zone;
      for (size_t i = labels.count; i-- > 0;) {
        if (!owner.prepend(labels.label(name->bytes(), i)))
          return Fault(quoted(text) + " is too long in " + zone.to_text());
      }
      name = owner;
    }
  }
  if (name && !name->is_below_or_at(zone))
    return Fault(name->to_text() + " is not in the zone " + zone.to_text());
  return name;
}

tl::expected<void, std::string> ChangesReader::take(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (auto done = on_command(line); !done) return Fault(place() + ": " + done.error());
  return {};
}

ChangesReader::Done ChangesReader::on_command(std::string_view line) {
  const bool empty = line.find_first_not_of(" \t") == std::string_view::npos;
  if (empty) return on_send();
  std::string_view rest = line;
  std::string_view word = take_word(rest);
  if (word.empty()) return {};  // a comment
  if (same_word(word, "update")) {
    word = take_word(rest);
    if (!same_word(word, "add") && !same_word(word, "del") && !same_word(word, "delete"))
      return Fault("write update add or update delete");
  }
  if (same_word(word, "add")) return on_update(rest, true);
  if (same_word(word, "del") || same_word(word, "delete")) return on_update(rest, false);
  if (same_word(word, "zone")) return on_zone(rest);
  if (same_word(word, "ttl")) return on_ttl(rest);
  if (same_word(word, "send")) return on_send();
  if (same_word(word, "quit")) {
    ended_ = true;
    return {};
  }
  if (same_word(word, "class") && same_word(take_word(rest), "IN")) return {};
  return Fault(quoted(word) + " is not known here; use zone, ttl, add, del, send or quit");
}

ChangesReader::Done ChangesReader::on_zone(std::string_view line) {
  auto zone = name_of(take_word(line));
  if (!zone) return Fault(zone.error());
  if (const auto more = take_word(line); !more.empty())
    return Fault(quoted(more) + " follows the zone's name");
  zone_ = *zone;
  open_ = false;
  return {};
}

ChangesReader::Done ChangesReader::on_ttl(std::string_view line) {
  const std::string_view word = take_word(line);
  ttl_ = parse_ttl(word);
  return ttl_ ? Done() : Fault(quoted(word) + " is not a TTL: seconds, 0 to 2147483647");
}

ChangesReader::Done ChangesReader::on_update(std::string_view line, bool add) {
  using change::Op;
  if (!zone_) return Fault("there is no zone yet; write a line: zone NAME");
  const auto owner = name_of(take_word(line));
  if (!owner) return Fault(owner.error());
  if (!owner->is_below_or_at(*zone_))
    return Fault(owner->to_text() + " is not in the zone " + zone_->to_text());
  const auto record = split_record(line);
  if (!record) return Fault(record.error());
  if (add && !record->type) return Fault("a type is missing");
  const auto ttl = record->ttl ? record->ttl : ttl_;
  if (add && !ttl) return Fault("a TTL is missing; write it behind the name, or a line: ttl SECONDS");
  std::string_view data = record->data;
  const bool with_data = add || !take_word(data).empty();
  std::vector<uint8_t> encoded;
  if (with_data) {
    auto made = data_from_text(*record->type, record->data);
    if (!made) return Fault(made.error());
    encoded = *std::move(made);
  }
  if (!open_) {
    if (!changesets_.empty()) bytes_ += changesets_.back().byte_count();
    changesets_.emplace_back(*zone_, std::nullopt, rule_);
    open_ = true;
  }
  change::Builder& changeset = changesets_.back();
  constexpr auto kSoa = wire::code(wire::Type::soa);
  if (!add && with_data && record->type == kSoa) {
    if (*owner != *zone_) return Fault("a SOA record below the apex");
    changeset.set_from(wire::load32(&encoded[encoded.size() - 20]));
    return {};
  }
  const Op op = add            ? Op::add
                : with_data    ? Op::remove_record
                : record->type ? Op::remove_set
                               : Op::remove_name;
  changeset.put({op, owner->bytes(), record->type.value_or(0), ttl.value_or(0), encoded});
  if (bytes_ + changeset.byte_count() > change::kMaxBatch)
    return Fault("more than 64 MiB of changes up to here; write send before");
  return {};
}

ChangesReader::Done ChangesReader::on_send() {
  std::string all;
  for (change::Builder& changeset : changesets_) all += changeset.finish();
  changesets_.clear();
  open_ = false;
  bytes_ = 0;
  if (all.empty()) return {};
  const auto checked = change::decode_batch({reinterpret_cast<const uint8_t*>(all.data()), all.size()});
  if (!checked) return Fault(checked.error());
  batch_ = std::move(all);
  return {};
}

tl::expected<void, std::string> ChangesReader::finish() const {
  if (changesets_.empty()) return {};
  return Fault(place() + ": no send follows the last changes; nothing of them was sent");
}

}  // namespace ptrd::ctl
