// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/hygiene.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace ptrd;
using namespace ptrd::lint;

namespace {

wire::Name name(const std::string& text) {
  return wire::Name::from_text(text).value();
}

/// The id of the rule that a target's shape breaks, or empty.
std::string shape(const std::string& target) {
  const auto fault = shape_fault(name(target).bytes());
  return fault ? std::string(kHygieneRules[static_cast<size_t>(*fault)].id) : "";
}

/// The same for a target in an image of 2.0.192.in-addr.arpa.
std::string in_image(const std::string& target) {
  const auto fault = image_fault(name(target).bytes(), name("2.0.192.in-addr.arpa."));
  return fault ? std::string(kHygieneRules[static_cast<size_t>(fault->first)].id) : "";
}

wire::AddressKey key(const char* address) {
  return wire::key_of_address(address).value();
}

}  // namespace

TEST(Hygiene, ASingleLabelLacksItsDomain) {
  EXPECT_EQ(shape("router."), "hygiene/single-label");
  EXPECT_EQ(shape("router.example."), "");
}

TEST(Hygiene, ARepeatedEndLacksAFinalDot) {
  EXPECT_EQ(shape("www.example.net.example.net."), "hygiene/repeated-end");
  EXPECT_EQ(shape("www.example.net.EXAMPLE.net."), "hygiene/repeated-end") << "case does not count";
  EXPECT_EQ(shape("a.b.example.net.b.example.net."), "hygiene/repeated-end");
  EXPECT_EQ(shape("www.example.net.example.com."), "");
  EXPECT_EQ(shape("a.net.net."), "") << "one label that comes twice is no domain";
  EXPECT_EQ(shape("example.net.www.example.net."), "") << "something is in between";
}

TEST(Hygiene, AnAddressIsNoHostName) {
  EXPECT_EQ(in_image("192.0.2.1."), "hygiene/address");
  EXPECT_EQ(in_image("192.0.2.1.2.0.192.in-addr.arpa."), "hygiene/address") << "the origin was added to it";
  EXPECT_EQ(in_image("192-0-2-1.example.net."), "");
}

TEST(Hygiene, ATargetUnderTheApexLacksAFinalDot) {
  EXPECT_EQ(in_image("www.example.net.2.0.192.in-addr.arpa."), "hygiene/final-dot");
  EXPECT_EQ(in_image("www.example.net."), "");
}

TEST(Hygiene, ATargetInAnotherReverseZone) {
  EXPECT_EQ(in_image("1.100.51.198.in-addr.arpa."), "hygiene/reverse");
  EXPECT_EQ(in_image("1.8.b.d.0.1.0.0.2.ip6.arpa."), "hygiene/reverse");
  EXPECT_EQ(in_image("in-addr.arpa.example.net."), "");
}

TEST(Hygiene, AHostNameHasLettersDigitsAndHyphens) {
  EXPECT_EQ(in_image("my_host.example.net."), "hygiene/host-name");
  EXPECT_EQ(in_image("-a.example.net."), "hygiene/host-name");
  EXPECT_EQ(in_image("my-host.example.net."), "");
  const auto fault = image_fault(name("my_host.example.net.").bytes(), name("2.0.192.in-addr.arpa."));
  ASSERT_TRUE(fault.has_value());
  EXPECT_NE(fault->second.find('_'), std::string::npos)
      << "the reason says which character: " << fault->second;
}

TEST(SeveralPtr, AllButTheFirstOfAnAddressAreFound) {
  SeveralPtr several;
  several.take(key("192.0.2.2"), {.file = 0, .line = 9});
  several.take(key("192.0.2.1"), {.file = 0, .line = 3});
  several.take(key("2001:db8::1"), {.file = 0, .line = 5});
  several.take(key("192.0.2.2"), {.file = 0, .line = 2});
  several.take(key("192.0.2.2"), {.file = 1, .line = 1});
  const auto found = several.finish();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].place.line, 9U) << "line 2 comes first, whatever was read first";
  EXPECT_EQ(found[1].place.file, 1U);
  for (const auto& one : found)
    EXPECT_EQ(wire::name_of_key(one.address).to_text(), "2.2.0.192.in-addr.arpa.");
  EXPECT_TRUE(several.finish().empty()) << "the search has ended";
}

TEST(GenericMail, OnlyExchangesWithGenericNames) {
  GenericMail mail;
  mail.take_generic(name("dyn-1.example.net.").bytes(), {.file = 0, .line = 1});
  mail.take_mail_exchange(name("DYN-1.example.net.").bytes());  // may come later, and in other case
  mail.take_mail_exchange(name("mx.example.net.").bytes());
  mail.take_generic(name("dyn-2.example.net.").bytes(), {.file = 0, .line = 2});
  const auto found = mail.finish();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first.line, 1U);
  EXPECT_EQ(found[0].second, "DYN-1.example.net.");
}
