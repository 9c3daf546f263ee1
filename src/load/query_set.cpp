// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/query_set.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <string_view>

#include "ptrd/frame/checksum.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::load {

namespace {

constexpr uint16_t kDnssecOk = 0x8000;  // RFC 3225, section 3

/// Removes and returns the next word of the line; empty at its end.
std::string_view next_word(std::string_view& line) {
  constexpr std::string_view kSpace = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kSpace));
  line.remove_prefix(word.size());
  return word;
}

/// The error in a line; empty if it was added, or contains no query.
std::string add_line(std::string_view line, QuerySet& queries) {
  const std::string_view owner = next_word(line);
  if (owner.empty() || owner.front() == ';') return {};
  const std::string_view type_text = next_word(line);
  if (type_text.empty()) return "a type is missing; write NAME TYPE, as 1.2.0.192.in-addr.arpa PTR";
  const auto name = wire::Name::from_text(owner);
  if (!name) return std::string(owner) + ": " + name.error();
  const auto type = wire::type_from_text(type_text);
  if (!type) return fmt::format("'{}' is not a record type", type_text);
  return queries.add(*name, *type) ? std::string() : "too many queries for one set; split the file";
}

}  // namespace

bool QuerySet::add(const wire::Name& name, uint16_t type) {
  const bool edns = form_.edns || form_.dnssec;
  std::array<uint8_t, kMaxQuery> message{};
  uint8_t* p = message.data();
  wire::HeaderView header(p);
  header.set_counts(1, 0, 0, edns ? 1 : 0);
  p = std::copy(name.bytes().begin(), name.bytes().end(), p + wire::kHeaderSize);
  wire::store16(p, type);
  wire::store16(p + 2, static_cast<uint16_t>(wire::Class::in));
  p += 4;
  if (edns) {
    *p++ = 0;  // the root (RFC 6891, section 6.1.2)
    wire::store16(p, static_cast<uint16_t>(wire::Type::opt));
    wire::store16(p + 2, form_.udp_payload);
    wire::store16(p + 6, form_.dnssec ? kDnssecOk : 0);
    p += wire::kOptSize - 1;
  }
  const auto size = static_cast<size_t>(p - message.data());
  if (bytes_.size() + size > UINT32_MAX) return false;
  bytes_.insert(bytes_.end(), message.data(), p);
  ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  sums_.push_back(frame::fold(frame::sum_words(wire::Bytes(message).first(size))));
  return true;
}

tl::expected<QuerySet, std::string> QuerySet::read(const std::string& path, QueryForm form) {
  std::ifstream file(path);
  if (!file) return tl::unexpected<std::string>(path + ": cannot be read");
  QuerySet queries(form);
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (const std::string wrong = add_line(line, queries); !wrong.empty())
      return tl::unexpected<std::string>(path + ":" + std::to_string(number) + ": " + wrong);
  }
  if (file.bad()) return tl::unexpected<std::string>(path + ": cannot be read");
  if (queries.size() == 0) return tl::unexpected<std::string>(path + ": contains no queries");
  return queries;
}

tl::expected<QuerySet, std::string> QuerySet::sample(const image::View& view, size_t count, uint64_t seed,
                                                     QueryForm form) {
  // Each owner is sampled with the same probability (Vitter's algorithm R).
  std::mt19937_64 random(seed);
  std::vector<std::string> owners;  // wire form: a Name has space for the longest one
  uint64_t seen = 0;
  image::traverse(
      view, {.set = [&](const image::OwnedSet& set) {
        if (set.type != static_cast<uint16_t>(wire::Type::ptr)) return;
        ++seen;
        const wire::Bytes name = set.owner.bytes();
        if (owners.size() < count) {
          owners.emplace_back(name.begin(), name.end());
        } else if (const uint64_t at = std::uniform_int_distribution<uint64_t>(0, seen - 1)(random);
                   at < count) {
          owners[at].assign(name.begin(), name.end());
        }
      }});
  if (owners.empty()) return tl::unexpected<std::string>("it contains no PTR records to query");
  std::shuffle(owners.begin(), owners.end(), random);
  QuerySet queries(form);
  for (const std::string& owner : owners) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(owner.data());
    if (!queries.add(*wire::Name::from_wire({bytes, owner.size()}), static_cast<uint16_t>(wire::Type::ptr)))
      break;
  }
  return queries;
}

}  // namespace ptrd::load
