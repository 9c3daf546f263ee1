// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/ask/address_names.hpp"

#include <gtest/gtest.h>

#include "unit/image_maker.hpp"

namespace ptrd::answer {
namespace {

using Outcome = AddressNames::Outcome;
using wire::Type;

/// Classless delegations (RFC 2317) of all kinds, in a parent zone and one of its children.
std::vector<image::Line> zones() {
  test::ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  const auto alias = [&](int octet, std::string_view target) {
    maker.add(std::to_string(octet) + ".2.0.192.in-addr.arpa", Type::cname, test::wire_name(target));
  };
  maker.add("0/26.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns1.example."));
  maker.add("64-127.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns1.cust.example."));
  alias(5, "5.0/26.2.0.192.in-addr.arpa");
  alias(30, "30.0/26.2.0.192.in-addr.arpa");
  alias(70, "70.64-127.2.0.192.in-addr.arpa");
  alias(128, "128.cust.example");
  alias(129, "nowhere.2.0.192.in-addr.arpa");
  alias(130, "130.2.0.192.in-addr.arpa");
  alias(131, "132.2.0.192.in-addr.arpa");
  alias(132, "131.2.0.192.in-addr.arpa");
  for (int i = 0; i < 14; ++i) alias(140 + i, std::to_string(141 + i) + ".2.0.192.in-addr.arpa");
  maker.ptr("154.2.0.192.in-addr.arpa", "end.example.net");
  alias(160, "a.d.2.0.192.in-addr.arpa");
  maker.add("d.2.0.192.in-addr.arpa", Type::dname, test::wire_name("0/26.2.0.192.in-addr.arpa"));
  maker.ptr("200.2.0.192.in-addr.arpa", "one.example.net", 60);
  maker.ptr("200.2.0.192.in-addr.arpa", "two.example.net", 60);
  maker.zone("0/26.2.0.192.in-addr.arpa");
  maker.ptr("5.0/26.2.0.192.in-addr.arpa", "five.example.net", 600);
  maker.ptr("a.0/26.2.0.192.in-addr.arpa", "renamed.example.net");
  return maker.lines();
}

class AddressNamesTest : public testing::Test {
 protected:
  /// Its outcome and names, such as `named five.example.net.`
  std::string of(const char* address) {
    const auto found = names_.find(wire::key_of_address(address).value());
    std::string text = found.outcome == Outcome::named       ? "named"
                       : found.outcome == Outcome::elsewhere ? "elsewhere"
                                                             : "none";
    for (const AddressName& name : found.names) text += ' ' + name.target.to_text();
    return text;
  }

  std::vector<image::Line> lines_ = zones();
  AddressNames names_{image::View(lines_)};
};

// An alias leads to the records in the child zone, and a record of the address itself needs none.
TEST_F(AddressNamesTest, FollowsAliases) {
  EXPECT_EQ(of("192.0.2.5"), "named five.example.net.");
  EXPECT_EQ(of("192.0.2.200"), "named one.example.net. two.example.net.");
  EXPECT_EQ(of("192.0.2.160"), "named renamed.example.net.") << "through a DNAME";
  const auto found = names_.find(wire::key_of_address("192.0.2.5").value());
  EXPECT_EQ(found.names.at(0).ttl, 600U) << "the PTR record's, not the alias's";
}

// An alias below a delegation, or out of the image, is for other servers to answer; one to a name that is not
// there is not.
TEST_F(AddressNamesTest, TellsWhereOthersHaveTheNames) {
  EXPECT_EQ(of("192.0.2.70"), "elsewhere");
  EXPECT_EQ(of("192.0.2.128"), "elsewhere");
  EXPECT_EQ(of("192.0.2.30"), "none") << "the child zone is here, and has no such name";
  EXPECT_EQ(of("192.0.2.129"), "none");
  EXPECT_EQ(of("192.0.2.201"), "none");
  EXPECT_EQ(of("198.51.100.1"), "none") << "refused: in none of the zones";
}

// Loops end, and a chain is followed as far as one answer has it.
TEST_F(AddressNamesTest, IsBounded) {
  EXPECT_EQ(of("192.0.2.130"), "none") << "its own alias";
  EXPECT_EQ(of("192.0.2.131"), "none");
  EXPECT_EQ(of("192.0.2.142"), "named end.example.net.") << "12 aliases";
  EXPECT_EQ(of("192.0.2.141"), "none") << "13 aliases";
}

}  // namespace
}  // namespace ptrd::answer
