// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone forward: prints the A and AAAA records that match PTR records, so that a forward-confirmed lookup
// (RFC 1912 2.1) of each address succeeds: one per line, in the order of the reverse zones. Aliases (RFC
// 2317) are followed within the image. An IPv6 range is printed as a comment with its rule, since its
// addresses are too many to list.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <utility>

#include "answer/ask/address_names.hpp"
#include "answer/search.hpp"
#include "image/build/builder.hpp"
#include "image/build/rule.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/message.hpp"
#include "subcommands.hpp"
#include "zone/range_directive.hpp"
#include "zone/rdata/encoding.hpp"

namespace ptrd::tools {

namespace {

constexpr auto kPtr = static_cast<uint16_t>(wire::Type::ptr);
constexpr auto kCname = static_cast<uint16_t>(wire::Type::cname);

void print_record(const wire::AddressKey& key, uint32_t ttl, const wire::Name& target, std::FILE* out) {
  if (target.is_root()) return;
  fmt::print(out, "{}\t{}\tIN\t{}\t{}\n", zone::name_text(target.bytes()), ttl,
             key.family == wire::Family::v4 ? "A" : "AAAA", wire::address_of_key(key));
}

/// Consecutive records in wire form, all PTR.
void print_records(const wire::AddressKey& key, wire::Bytes records, std::FILE* out) {
  image::each_record(records, [&](uint32_t ttl, wire::Bytes rdata) {
    if (const auto target = wire::Name::from_wire(rdata)) print_record(key, ttl, *target, out);
  });
}

/// The declared ranges after the one with these addresses.
std::span<const image::DeclaredRange> ranges_after(const image::View& view,
                                                   const image::Addresses4& addresses) {
  const auto all = view.declared_ranges();
  const auto next = std::partition_point(all.begin(), all.end(), [&](const image::DeclaredRange& range) {
    const auto [first, bits] = image::addresses_of(range);
    return std::pair(first, bits) <= std::pair(addresses.first, addresses.bits);
  });
  return {next, all.end()};
}

/// The addresses of an IPv4 range, except those with their own records, or in a longer range.
void print_range(const image::View& view, const image::OwnedRange& owned, std::FILE* out) {
  const image::Addresses4 addresses{wire::load32(owned.key.address.data()),
                                    static_cast<uint8_t>(owned.prefix_size)};
  std::array<uint8_t, image::kMaxLeafRecord + 2 * image::kLeafSlack> record{};
  auto longer = ranges_after(view, addresses);
  for (uint64_t at = addresses.first; at <= addresses.last(); ++at) {
    // Longer ranges of the same rule are printed on their own.
    if (!longer.empty() && at == image::addresses_of(longer.front()).first) {
      at = image::addresses_of(longer.front()).last();
      while (!longer.empty() && image::addresses_of(longer.front()).first <= at) longer = longer.subspan(1);
      continue;
    }
    wire::AddressKey key{.family = wire::Family::v4, .units = 4};
    wire::store32(key.address.data(), static_cast<uint32_t>(at));
    const auto found = answer::search(view, wire::name_of_key(key).bytes(), kPtr);
    const bool ours = found.labels_left == 0 && found.cut == 0 && found.dname == 0 &&
                      found.at.kind == image::Position::Kind::range &&
                      &view.at<image::Range>(found.at.index) == &owned.range;
    if (!ours) continue;
    const size_t size = image::write_range_record(view, owned.range, key.address, record.data());
    print_records(key, {record.data(), size}, out);
  }
}

void print_forward(const image::View& view, std::FILE* out) {
  answer::AddressNames names(view);
  image::Visitor visitor;
  visitor.set = [&](const image::OwnedSet& set) {
    if (set.type != kPtr && set.type != kCname) return;
    const auto key = wire::key_of_name(set.owner);
    if (!key || !key->whole()) return;
    if (set.type == kPtr) return print_records(*key, set.records, out);
    for (const auto& [ttl, target] : names.find(*key).names) print_record(*key, ttl, target, out);
  };
  visitor.range = [&](const image::OwnedRange& range) {
    if (range.key.family == wire::Family::v4) return print_range(view, range, out);
    const image::Prefix prefix{range.key.family, range.key.address, static_cast<uint8_t>(range.prefix_size)};
    fmt::print(out, "; not listed, a server must synthesise these AAAA records by the same rule: {}\n",
               zone::range_to_text(view, range.range, prefix));
  };
  image::traverse(view, visitor);
}

}  // namespace

int run(const ForwardOptions& options) {
  const std::vector<std::string>& paths = options.inputs.paths;
  if (paths.size() == 1 && !options.inputs.has_configuration() && is_image(paths.front())) {
    const auto image = image::Image::open(paths.front());
    if (!image) return fail(image.error());
    print_forward(image->view(), stdout);
  } else {
    image::Builder builder;
    const size_t errors = read_zones(options.inputs, default_jobs(), &builder, false, stderr).errors;
    if (errors > 0) return fail(fmt::format("{}; no forward records written", plural(errors, "error")));
    const auto lines = builder.build();
    if (!lines) return fail(lines.error());
    print_forward(image::View(*lines), stdout);
  }
  return kDone;
}

}  // namespace ptrd::tools
