// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/nsec_search.hpp"

#include <gtest/gtest.h>

#include "answer/search.hpp"
#include "unit/answer/random_models.hpp"
#include "unit/stride.hpp"

namespace ptrd::answer {
namespace {

using test::ImageMaker;
using test::ZoneModel;
using wire::Name;
using wire::Type;

/// The last name of the chain before `name`; the chain starts at the apex, which is before all others.
Name before(const std::vector<Name>& chain, const Name& name) {
  return *std::prev(std::lower_bound(chain.begin(), chain.end(), name, test::CanonicalOrder()));
}

Name found_name(const NsecSearch& search, const NsecSearch::Cover& cover, const Name& name) {
  std::array<uint8_t, wire::kMaxName> owner;
  const Name written = Name::from_wire(wire::Bytes(owner).first(search.write_owner(owner))).value();
  EXPECT_EQ(written.label_count(), cover.labels);
  if (cover.shared == cover.labels) {
    EXPECT_EQ(Name::from_wire(Found{.labels_left = static_cast<uint8_t>(name.label_count())}.suffix(
                                  name.bytes(), cover.labels))
                  .value(),
              written);
  } else {
    EXPECT_FALSE(name.is_below_or_at(written)) << written.to_text();
  }
  return written;
}

/// Compares what is found for a name with the sorted names of its zone.
void expect_covers(const image::View& view, const ZoneModel& zone, const std::vector<Name>& chain,
                   const Name& name, Type type) {
  const Found found = search(view, name.bytes(), static_cast<uint16_t>(type));
  const image::Zone* const expected = view.find_zone(zone.apex());
  if (found.zone == 0 || &view.at<image::Zone>(found.zone) != expected || found.cut != 0 || found.dname != 0)
    return;
  NsecSearch nsec(view, found.zone, name.bytes(), found.at);
  if (found.labels_left == 0) {
    if (name == zone.apex()) return;
    const auto cover = nsec.cover_name();
    EXPECT_EQ(found_name(nsec, cover, name).to_text(), before(chain, name).to_text()) << name.to_text();
    return;
  }
  Name next = name;
  while (next.label_count() > found.at.labels + 1U) next = next.parent();
  const auto cover = nsec.cover_below(next.bytes().subspan(1, next.bytes()[0]));
  EXPECT_EQ(found_name(nsec, cover, name).to_text(), before(chain, name).to_text()) << name.to_text();
  Name wildcard = next.parent();
  if (!wildcard.prepend(test::bytes_of("*"))) return;
  const auto at_wildcard = nsec.cover_below(test::bytes_of("*"));
  if (nsec.are_together(next.bytes().subspan(1, next.bytes()[0]), test::bytes_of("*"))) {
    EXPECT_EQ(at_wildcard.node, cover.node) << name.to_text();
    EXPECT_EQ(at_wildcard.leaf, cover.leaf) << name.to_text();
  }
  EXPECT_EQ(found_name(nsec, at_wildcard, name).to_text(), before(chain, wildcard).to_text())
      << name.to_text();
}

// The name before any other, in random zones: against the sorted list of the zone's names.
TEST(NsecSearchTest, AsInASortedList) {
  for (unsigned seed = 0; seed < 600; seed += test::stride()) {
    test::RandomModels zones(seed, ZoneModel::Denial::nsec);
    const auto lines = zones.lines();
    if (lines.empty()) continue;
    const image::View view(lines);
    std::vector<Name> names;
    for (int i = 0; i < 100; ++i) names.push_back(zones.any_name());
    for (const ZoneModel& zone : zones.zones()) {
      if (zone.denial() != ZoneModel::Denial::nsec) continue;
      const auto chain = zone.chain();
      for (const Name& name : names) {
        expect_covers(view, zone, chain, name, Type::ptr);
        expect_covers(view, zone, chain, name, Type::ds);
      }
      for (const auto& [owner, types] : zone.names()) expect_covers(view, zone, chain, owner, Type::ds);
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

// Octets are in the order of their text, whatever kind of table they are in.
TEST(NsecSearchTest, OrderOfOctets) {
  for (const int step : {1, 7, 31}) {
    ZoneModel zone("2.0.192.in-addr.arpa", ZoneModel::Denial::nsec);
    for (int octet = 0; octet < 256; octet += step)
      zone.ptr(std::to_string(octet) + ".2.0.192.in-addr.arpa", "host.example");
    ImageMaker maker;
    zone.put(maker);
    const auto lines = maker.lines();
    const image::View view(lines);
    const auto chain = zone.chain();
    for (int octet = 0; octet < 256; ++octet) {
      const std::string label = std::to_string(octet);
      for (const std::string& name : {label, "x." + label, "0" + label, label + "x", label + "\\000"})
        expect_covers(view, zone, chain, test::name(name + ".2.0.192.in-addr.arpa"), Type::ptr);
    }
  }
}

// A zone that no signer has made, with names without an NSEC: the search passes them, up to a bound.
TEST(NsecSearchTest, NamesWithoutRecord) {
  ImageMaker maker;
  maker.zone("example").add("example", Type::nsec, test::wire_name("a.example"));
  maker.add("a.example", Type::nsec, test::wire_name("example"));
  for (int i = 0; i < 1000; ++i)
    maker.add("n" + std::to_string(1000 + i) + ".example", Type::txt, test::txt_data("no NSEC"));
  const auto lines = maker.lines();
  const image::View view(lines);
  const auto cover = [&](const char* text) {
    const Name name = test::name(text);
    const Found found = search(view, name.bytes(), static_cast<uint16_t>(Type::ptr));
    NsecSearch nsec(view, found.zone, name.bytes(), found.at);
    return found_name(nsec, nsec.cover_below(name.bytes().subspan(1, name.bytes()[0])), name).to_text();
  };
  EXPECT_EQ(cover("n1020x.example"), "a.example.");
  EXPECT_EQ(cover("x.example"), "example.") << "given up";
}

}  // namespace
}  // namespace ptrd::answer
