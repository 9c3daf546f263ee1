// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/signing.hpp"

#include <algorithm>
#include <optional>

#include "dnssec/nsec3.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using dnssec::Nsec3Parameters;
using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
tl::unexpected<std::string> refused(const std::string& why) {
  return tl::unexpected(why);
}

bool covers_soa(uint16_t type) {
  return type == code(Type::soa);
}
bool covers_nsec3(uint16_t type) {
  return type == code(Type::nsec3);
}

bool is_signed(const TreeNode& apex) {
  const TreeSet* signatures = apex.find(code(Type::rrsig), apex.apex_of);
  return signatures != nullptr && apex.find(code(Type::dnskey), apex.apex_of) != nullptr &&
         !signatures->covering(covers_soa).rdatas.empty();
}

/// An NSEC3 record in the tree.
struct Found {
  TreeNode* owner;
  const std::string* rdata;
  Nsec3Parameters parameters;
};

/// The NSEC3 records directly below an apex. Error: one that is malformed.
tl::expected<std::vector<Found>, std::string> records_below(TreeNode& apex) {
  std::vector<Found> found;
  for (auto& [label, child] : apex.children) {
    const TreeSet* set = child->find(code(Type::nsec3), apex.apex_of);
    if (set == nullptr) continue;
    for (const std::string& rdata : set->rdatas) {
      const auto record = dnssec::read_nsec3(bytes_of(rdata));
      if (!record || record->next.size() != sizeof(Nsec3Hash))
        return refused("the NSEC3 record at " + label + " is malformed");
      found.push_back({child.get(), &rdata, record->parameters});
    }
  }
  return found;
}

/// The parameters of the first chain that the apex names and that has records (RFC 5155 4, 7.2). Those with
/// flags are of chains that are not complete (4.1.2).
std::optional<Nsec3Parameters> parameters_of(const TreeNode& apex, const std::vector<Found>& records) {
  const TreeSet* set = apex.find(code(Type::nsec3param), apex.apex_of);
  if (set == nullptr) return std::nullopt;
  for (const std::string& rdata : set->rdatas) {
    const auto parameters = dnssec::read_nsec3param(bytes_of(rdata));
    if (!parameters || parameters->flags != 0) continue;
    const auto is_one = [&](const Found& record) { return record.parameters.same_hash(*parameters); };
    if (std::any_of(records.begin(), records.end(), is_one)) return parameters;
  }
  return std::nullopt;
}

/// The record and the signatures over it, settled.
tl::expected<Nsec3Chain::Link, std::string> link_of(const Found& record, ZoneId zone) {
  const std::string& label = record.owner->label;
  const auto hash = dnssec::hash_from_label(bytes_of(label));
  if (!hash) return refused("the label of the NSEC3 record at " + label + " is not a hash in base32hex");
  const TreeSet* signatures = record.owner->find(code(Type::rrsig), zone);
  TreeSet over = signatures == nullptr ? TreeSet() : signatures->covering(covers_nsec3);
  if (over.rdatas.empty()) return refused("the NSEC3 record at " + label + " has no signature");
  const TreeSet& set = *record.owner->find(code(Type::nsec3), zone);
  TreeSet own{.type = set.type, .zone = set.zone, .ttl = set.ttl, .rdatas = {*record.rdata}};
  std::vector<TreeSet> sets{std::move(own), std::move(over)};
  settle_sets(sets);
  std::reverse(sets.begin(), sets.end());  // settled sets are in the order of their types
  return Nsec3Chain::Link{*hash, std::move(sets)};
}

/// Takes NSEC3 records and the signatures over them out of the tree.
void remove(const std::vector<Found>& records, ZoneId zone) {
  for (const Found& record : records) {
    TreeNode& owner = *record.owner;
    std::erase_if(owner.sets, [&](TreeSet& set) {
      if (set.zone == zone && set.type == code(Type::rrsig))
        set = set.covering([](uint16_t type) { return !covers_nsec3(type); });
      return set.zone == zone && (set.type == code(Type::nsec3) || set.rdatas.empty());
    });
    if (owner.set_places) owner.index_sets();
  }
}

tl::expected<Nsec3Chain, std::string> take_chain(TreeNode& apex, const Name& name, uint16_t most_iterations) {
  const ZoneId zone = apex.apex_of;
  auto records = records_below(apex);
  if (!records) return refused(records.error());
  const auto parameters = parameters_of(apex, *records);
  if (!parameters) {
    return refused(
        "it has neither an NSEC record at its apex nor the NSEC3 records that an NSEC3PARAM record there "
        "names, so that nothing could be denied; sign it again");
  }
  if (parameters->algorithm != Nsec3Parameters::kSha1) {
    return refused("its NSEC3 records have the hash algorithm " + std::to_string(parameters->algorithm) +
                   ", which no standard defines; sign it again with SHA-1 (1)");
  }
  if (parameters->iterations > most_iterations) {
    return refused("its NSEC3 records have " + std::to_string(parameters->iterations) +
                   " additional iterations, and at most " + std::to_string(most_iterations) +
                   " are allowed; sign it again with 0 (RFC 9276 3.1), or raise the limit");
  }
  Nsec3Chain chain{.iterations = parameters->iterations,
                   .salt = std::string(parameters->salt.begin(), parameters->salt.end())};
  for (const Found& record : *records) {
    if (!record.parameters.same_hash(*parameters)) continue;
    auto link = link_of(record, zone);
    if (!link) return refused(link.error() + "; sign the zone again");
    const bool again = !chain.links.empty() && chain.links.back().hash == link->hash;
    if (!again) {
      chain.links.push_back(*std::move(link));
    } else if (chain.links.back().sets[0].rdatas != link->sets[0].rdatas) {
      return refused("there are several NSEC3 records at " + record.owner->label + "; sign the zone again");
    }
  }
  // Digits of base32hex are in the order of their values, so the labels are in that of the hashes.
  const Nsec3Hash top = nsec3_hash(name.bytes(), parameters->salt, parameters->iterations);
  const bool has_top = std::any_of(chain.links.begin(), chain.links.end(),
                                   [&](const Nsec3Chain::Link& link) { return link.hash == top; });
  if (!has_top) return refused("it has no NSEC3 record for its apex; sign it again");
  remove(*records, zone);
  return chain;
}

}  // namespace

void take_sooner(uint32_t& soonest, Bytes rrsig) {
  constexpr size_t kExpiration = 8;  // RFC 4034 3.1
  if (rrsig.size() < kExpiration + sizeof(uint32_t)) return;
  const uint32_t end = wire::load32(rrsig.data() + kExpiration);
  // Of two times modulo 2^32 (RFC 1982 3.2).
  if (soonest == 0 || static_cast<int32_t>(end - soonest) < 0) soonest = end;
}

void Signing::count(const TreeSet& set) {
  if (denial == Denial::none || set.type != code(Type::rrsig)) return;
  for (const std::string& rdata : set.rdatas) take_sooner(expires, bytes_of(rdata));
}

void Signing::count(const BesideData& record) {
  if (denial == Denial::none || record.type != code(Type::rrsig)) return;
  take_sooner(expires, record.rdata);
}

tl::expected<Signing, std::string> take_signing(TreeNode& apex, const Name& name, uint16_t most_iterations) {
  if (!is_signed(apex)) return Signing();
  if (apex.find(code(Type::nsec), apex.apex_of) != nullptr) return Signing{.denial = Denial::nsec};
  auto chain = take_chain(apex, name, most_iterations);
  if (!chain) return tl::unexpected(chain.error());
  return Signing{.denial = Denial::nsec3, .chain = *std::move(chain)};
}

}  // namespace ptrd::image
