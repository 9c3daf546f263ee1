// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/parent_zone.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <tuple>

#include "rdns/boundaries.hpp"

namespace ptrd::rdns {
namespace {

constexpr std::string_view kSoaForm =
    "\"mname rname serial refresh retry expire minimum\", such as \"ns1.example.net hostmaster.example.net "
    "2026010100 14400 3600 1209600 3600\"";

}  // namespace

tl::expected<Soa, std::string> soa_of_text(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::array<std::string, 2> names;
  std::array<uint32_t, 5> numbers = {};
  words >> names[0] >> names[1];
  for (uint32_t& number : numbers) {
    std::string word;
    words >> word;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || wrong != std::errc() || end != word.data() + word.size())
      return tl::unexpected(fmt::format("'{}' is not a valid SOA number; expected {}", word, kSoaForm));
  }
  if (std::string more; words >> more)
    return tl::unexpected(fmt::format("'{}' is one word too many for an SOA; expected {}", more, kSoaForm));
  if (names[1].find('@') != std::string::npos)
    return tl::unexpected(
        fmt::format("'{}': an SOA's rname has a dot instead of the at sign (RFC 1035 8)", names[1]));
  const auto mname = wire::Name::from_text(names[0]);
  const auto rname = wire::Name::from_text(names[1]);
  if (!mname || !rname)
    return tl::unexpected(
        fmt::format("'{}': {}", mname ? names[1] : names[0], (mname ? rname : mname).error()));
  return Soa{*mname, *rname, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
}

uint32_t ParentZone::number_of(std::string text) {
  const auto [at, fresh] = numbers_.try_emplace(std::move(text), static_cast<uint32_t>(texts_.size()));
  if (fresh) texts_.push_back(&at->first);  // keys of a map are stable
  return at->second;
}

bool ParentZone::add(const DomainObject& object, Place place) {
  const wire::Name& name = object.domain.name;
  if (!name.is_below_or_at(options_.apex) || name == options_.apex) return false;
  const Entry entry{place, words_.size()};
  words_.push_back(static_cast<uint32_t>(object.servers.size()));
  for (const NameServer& server : object.servers) {
    words_.push_back(number_of(server.host.to_text()));
    if (server.glue) glue_.push_back({words_.back(), *server.glue});
    words_.push_back(server.glue ? static_cast<uint32_t>(glue_.size()) : 0);
  }
  words_.push_back(static_cast<uint32_t>(object.ds.size()));
  for (const DelegationSigner& ds : object.ds) words_.push_back(number_of(to_text(ds)));
  const Range& range = object.domain.range;
  if (range.family == wire::Family::v4) {
    v4_.add(static_cast<uint32_t>(range.first), static_cast<uint32_t>(range.last), entry);
  } else {
    v6_.add(range.first, range.last, entry);
  }
  return true;
}

ZoneCounts ParentZone::write(std::FILE* out, const std::vector<std::string>& files, const FindingSink& sink) {
  ZoneCounts counts;
  write_apex(out, counts);
  write_family(wire::Family::v4, v4_, out, files, sink, counts);
  write_family(wire::Family::v6, v6_, out, files, sink, counts);
  write_glue(out, counts);
  return counts;
}

void ParentZone::write_apex(std::FILE* out, ZoneCounts& counts) {
  const std::string apex = options_.apex.to_text();
  const Soa& soa = options_.soa;
  fmt::print(out, "$ORIGIN {}\n$TTL {}\n", apex, options_.ttl);
  fmt::print(out, "{} IN SOA {} {} {} {} {} {} {}\n", apex, soa.mname.to_text(), soa.rname.to_text(),
             soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum);
  std::vector<std::string> hosts;
  for (const NameServer& server : options_.servers) {
    const uint32_t host = number_of(server.host.to_text());
    if (std::find(hosts.begin(), hosts.end(), *texts_[host]) == hosts.end()) {
      hosts.push_back(*texts_[host]);
      fmt::print(out, "{} IN NS {}\n", apex, hosts.back());
    }
    if (!server.glue) continue;
    glue_.push_back({host, *server.glue});
    needed_glue_.push_back(static_cast<uint32_t>(glue_.size() - 1));
  }
  counts.records += 1 + hosts.size();
}

template <typename Number>
void ParentZone::write_family(wire::Family family, IntervalIndex<Number, Entry>& index, std::FILE* out,
                              const std::vector<std::string>& files, const FindingSink& sink,
                              ZoneCounts& counts) {
  index.build();
  const auto& entries = index.entries();
  size_t taken = index.kNone;  // the last delegation; none before it reaches further
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const Range range{family, entry.first, entry.last};
    if (taken != index.kNone && entry.first <= entries[taken].last) {
      const Range above{family, entries[taken].first, entries[taken].last};
      const Rule rule = range == above          ? Rule::hierarchy_duplicate
                        : above.contains(range) ? Rule::hierarchy_below
                                                : Rule::hierarchy_overlap;
      sink({files[entry.value.place.file], entry.value.place.line, domain_text(range), rule,
            fmt::format("skipped: {} is already delegated, by {}:{}", domain_text(above),
                        files[entries[taken].value.place.file], entries[taken].value.place.line)});
      ++counts.left_out;
      continue;
    }
    taken = i;
    write_delegation(range, entry.value.words, out, counts);
  }
}

void ParentZone::write_delegation(const Range& range, uint64_t words, std::FILE* out, ZoneCounts& counts) {
  const std::string name = domain_text(range) + '.';
  const uint32_t* next = words_.data() + words;
  const uint32_t servers = *next++;
  const uint32_t* const first = next;
  for (uint32_t i = 0; i < servers; ++i, next += 2) {
    if (next[1] != 0) needed_glue_.push_back(next[1] - 1);
    bool again = false;  // a host with two addresses
    for (const uint32_t* before = first; before != next; before += 2) again = again || *before == *next;
    if (again) continue;
    fmt::print(out, "{} IN NS {}\n", name, *texts_[*next]);
    ++counts.records;
  }
  const uint32_t signers = *next++;
  for (uint32_t i = 0; i < signers; ++i) fmt::print(out, "{} IN DS {}\n", name, *texts_[next[i]]);
  counts.records += signers;
  ++counts.delegations;
  if (range.family != wire::Family::v4 || range.last - range.first >= 255) return;
  const std::string block = name.substr(name.find('.'));
  for (auto octet = static_cast<unsigned>(range.first & 255);
       octet <= static_cast<unsigned>(range.last & 255); ++octet)
    fmt::print(out, "{}{} {} IN CNAME {}.{}\n", octet, block, kCnameTtl, octet, name);
  counts.records += static_cast<uint64_t>(range.last - range.first) + 1;
}

void ParentZone::write_glue(std::FILE* out, ZoneCounts& counts) {
  const auto key = [&](uint32_t i) {
    return std::tuple<const std::string&, wire::Family, Address>(
        *texts_[glue_[i].host], glue_[i].address.family, glue_[i].address.address);
  };
  auto& needed = needed_glue_;
  std::sort(needed.begin(), needed.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  needed.erase(
      std::unique(needed.begin(), needed.end(), [&](uint32_t a, uint32_t b) { return key(a) == key(b); }),
      needed.end());
  for (const uint32_t i : needed) {
    const auto& [host, address] = glue_[i];
    fmt::print(out, "{} IN {} {}\n", *texts_[host], address.family == wire::Family::v4 ? "A" : "AAAA",
               address_to_text(address.family, address.address));
  }
  counts.records += needed.size();
}

}  // namespace ptrd::rdns
