// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/image.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <set>

#include "ptrd/image/leaf.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using test::name;
using wire::Bytes;
using wire::Name;
using wire::Type;

/// Walks from the root; no value if the name does not exist.
std::optional<Position> find(const View& view, const Name& name) {
  const wire::Labels labels(name.bytes());
  Position at = view.root();
  for (size_t i = labels.count; i-- > 0;) {
    const Bytes label = labels.label(name.bytes(), i);
    const auto next = view.child(at, label);
    if (!next) return std::nullopt;
    at = *next;
  }
  return at;
}

/// The PTR target at a name that is a leaf.
std::string leaf_target(const View& view, const Position& at, bool v6) {
  uint8_t record[kMaxLeafRecord + 2 * kLeafSlack];
  const uint8_t* leaf = view.unit(at.index);
  const size_t size = v6 ? write_leaf_record(view, *reinterpret_cast<const Leaf6*>(leaf), record)
                         : write_leaf_record(view, *reinterpret_cast<const Leaf4*>(leaf), record);
  return Name::from_wire({record + 12, size - 12})->to_text();
}

/// All records of all zones as text, "owner type data-in-hex".
std::multiset<std::string> everything(const View& view) {
  std::multiset<std::string> all;
  traverse(view, {.set = [&](const OwnedSet& set) {
             each_record(set.records, [&](uint32_t ttl, Bytes rdata) {
               std::string text =
                   set.owner.to_text() + " " + std::to_string(set.type) + " " + std::to_string(ttl) + " ";
               for (const uint8_t byte : rdata) text += std::to_string(byte) + ".";
               all.insert(text);
             });
           }});
  return all;
}

// An address with one PTR record is a leaf; target and TTL come out as they went in.
TEST(Image, PlainAddressIsALeaf) {
  const auto lines = ImageMaker()
                         .zone("2.0.192.in-addr.arpa")
                         .ptr("10.2.0.192.in-addr.arpa", "Host-10.Example.net", 77)
                         .lines();
  const View view(lines);
  const auto at = find(view, name("10.2.0.192.IN-ADDR.arpa"));
  ASSERT_TRUE(at);
  ASSERT_EQ(at->kind, Position::Kind::leaf);
  EXPECT_EQ(leaf_target(view, *at, false), "Host-10.Example.net.");
  EXPECT_FALSE(find(view, name("11.2.0.192.in-addr.arpa")));
  EXPECT_FALSE(find(view, name("010.2.0.192.in-addr.arpa")));
  EXPECT_FALSE(find(view, name("1.10.2.0.192.in-addr.arpa")));
  EXPECT_EQ(view.header().records, 3U);
}

// Two PTR records, another type, or a name below make a Node of an address.
TEST(Image, OtherAddressesAreNodes) {
  const auto lines = ImageMaker()
                         .zone("2.0.192.in-addr.arpa")
                         .ptr("1.2.0.192.in-addr.arpa", "a.example")
                         .ptr("1.2.0.192.in-addr.arpa", "b.example")
                         .ptr("2.2.0.192.in-addr.arpa", "c.example")
                         .add("2.2.0.192.in-addr.arpa", Type::txt, test::txt_data("x"))
                         .ptr("3.2.0.192.in-addr.arpa", "d.example")
                         .add("_x.3.2.0.192.in-addr.arpa", Type::txt, test::txt_data("y"))
                         .ptr("4.2.0.192.in-addr.arpa", "e.example")
                         .ptr("4.2.0.192.in-addr.arpa", "E.EXAMPLE")
                         .lines();
  const View view(lines);
  for (const char* text : {"1.2.0.192.in-addr.arpa", "2.2.0.192.in-addr.arpa", "3.2.0.192.in-addr.arpa"}) {
    const auto at = find(view, name(text));
    ASSERT_TRUE(at && at->kind == Position::Kind::node) << text;
    EXPECT_NE(view.find_rrset(view.at<Node>(at->index), 12), nullptr);
  }
  EXPECT_EQ(view.find_rrset(view.at<Node>(find(view, name("1.2.0.192.in-addr.arpa"))->index), 12)->count, 2);
  // The same target twice is one record (RFC 2181 5).
  EXPECT_EQ(find(view, name("4.2.0.192.in-addr.arpa"))->kind, Position::Kind::leaf);
  EXPECT_TRUE(find(view, name("_x.3.2.0.192.in-addr.arpa")));
}

// Every name above a record exists, in both trees; next to and below it none does.
TEST(Image, EmptyNonTerminalsExist) {
  const Name deep = wire::name_of_key(*wire::key_of_address("2001:db8::1"));
  const auto lines = ImageMaker()
                         .zone("8.b.d.0.1.0.0.2.ip6.arpa")
                         .ptr(deep.to_text(), "one.example")
                         .zone("10.in-addr.arpa")
                         .ptr("1.2.3.10.in-addr.arpa", "two.example")
                         .lines();
  const View view(lines);
  for (Name up = deep; !up.is_root(); up = up.parent()) EXPECT_TRUE(find(view, up)) << up.to_text();
  EXPECT_TRUE(find(view, name("2.3.10.in-addr.arpa")));
  EXPECT_FALSE(find(view, name("1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")));
  EXPECT_FALSE(find(view, name("x.8.b.d.0.1.0.0.2.ip6.arpa")));
  EXPECT_FALSE(find(view, name("0.1.0.0.2.example")));
}

// A zone's records below the apex of a deeper zone are not served; its DS at that apex is.
TEST(Image, DeeperZoneHidesTheUpperOne) {
  const auto lines =
      ImageMaker()
          .zone("10.in-addr.arpa")
          .add("3.10.in-addr.arpa", Type::ns, test::wire_name("ns.child.example"))
          .add("3.10.in-addr.arpa", Type::ds, test::u16(1) + std::string("\x08\x02") + std::string(32, 'd'))
          .ptr("9.9.3.10.in-addr.arpa", "hidden.example")
          .add("x.3.10.in-addr.arpa", Type::txt, test::txt_data("hidden"))
          .zone("3.10.in-addr.arpa")
          .ptr("1.2.3.10.in-addr.arpa", "shown.example")
          .lines();
  const View view(lines);
  EXPECT_FALSE(find(view, name("9.9.3.10.in-addr.arpa")));
  EXPECT_FALSE(find(view, name("x.3.10.in-addr.arpa")));
  EXPECT_TRUE(find(view, name("1.2.3.10.in-addr.arpa")));
  const auto& apex = view.at<Node>(find(view, name("3.10.in-addr.arpa"))->index);
  EXPECT_EQ(apex.flags, node_flag::apex);
  EXPECT_EQ(view.find_rrset(apex, 2)->count, 1);
  EXPECT_EQ(view.find_rrset(apex, 43), nullptr);
  EXPECT_NE(view.find_rrset(view.at<Node>(apex.upper), 43), nullptr);
  EXPECT_EQ(view.header().records, 2U + 1U + 2U + 1U);
}

// Each of the types of a name is found, and no other, however many there are; the SOA is first.
TEST(Image, FindsEachTypeOfAName) {
  test::ImageMaker maker;
  maker.zone("example");
  const auto type_of = [](size_t i) { return static_cast<uint16_t>(1000 + 3 * i); };
  for (size_t i = kMaxRrsets; i-- > 2;)  // NS and SOA are there
    maker.add("example", static_cast<wire::Type>(type_of(i)), test::u16(static_cast<unsigned>(i)));
  const auto lines = maker.lines();
  const View view(lines);
  const auto& apex = view.at<Node>(find(view, name("example"))->index);
  ASSERT_EQ(apex.rrset_count, kMaxRrsets);
  EXPECT_EQ(view.first_rrset(apex)->type, static_cast<uint16_t>(wire::Type::soa));
  for (const wire::Type type : {wire::Type::ns, wire::Type::soa})
    EXPECT_NE(view.find_rrset(apex, static_cast<uint16_t>(type)), nullptr);
  for (size_t i = 2; i < kMaxRrsets; ++i) {
    const Rrset* set = view.find_rrset(apex, type_of(i));
    ASSERT_NE(set, nullptr) << i;
    EXPECT_EQ(wire::load16(&View::records(*set)[12]), i);
    EXPECT_EQ(view.find_rrset(apex, static_cast<uint16_t>(type_of(i) + 1)), nullptr);
  }
  for (const uint16_t type : std::initializer_list<uint16_t>{0, 1, 5, 7, 28, 39, 999, 65535})
    EXPECT_EQ(view.find_rrset(apex, type), nullptr) << type;
}

// One type more does not fit.
TEST(Image, TooManyTypesOfAName) {
  Builder builder;
  const ZoneId zone = builder.add_zone(name("example")).value();
  const auto add = [&](size_t type) {
    builder.add(zone, name("example").bytes(), static_cast<uint16_t>(type), 60, test::bytes_of("x"));
  };
  builder.add(zone, name("example").bytes(), static_cast<uint16_t>(wire::Type::soa), 60,
              test::bytes_of(test::soa_data()));
  for (size_t i = 0; i < kMaxRrsets; ++i) add(1000 + i);
  const auto lines = builder.build();
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().find("more than 512 types"), std::string::npos) << lines.error();
}

// A walk of the address tree has to stop at a cut and at a DNAME owner: there the step is to a Node.
TEST(Image, CutsStopTheWalk) {
  const auto lines = ImageMaker()
                         .zone("10.in-addr.arpa")
                         .add("1.10.in-addr.arpa", Type::ns, test::wire_name("ns.other.example"))
                         .ptr("4.3.1.10.in-addr.arpa", "occluded.example")
                         .add("2.10.in-addr.arpa", Type::dname, test::wire_name("2.10.rev.example"))
                         .ptr("4.3.3.10.in-addr.arpa", "open.example")
                         .lines();
  const View view(lines);
  const Ref ten = view.octet_child(view.header().v4, 10);
  EXPECT_EQ(view.octet_child(ten, 1).kind(), Ref::Kind::node);
  EXPECT_EQ(view.octet_child(ten, 2).kind(), Ref::Kind::node);
  EXPECT_EQ(view.octet_child(ten, 3).kind(), Ref::Kind::few_octets);
  EXPECT_TRUE(find(view, name("4.3.1.10.in-addr.arpa"))) << "kept, so that dump gives the zone back";
}

// A delegation above the address tree disables the shortcut to it.
TEST(Image, NoShortCutBelowACut) {
  const auto lines = ImageMaker()
                         .zone(".")
                         .add("arpa", Type::ns, test::wire_name("a.root.example"))
                         .ptr("1.2.3.4.in-addr.arpa", "x.example")
                         .lines();
  EXPECT_TRUE(View(lines).header().v4.is_none());
}

// Same zones in another order, same bytes.
TEST(Image, DeterministicBytes) {
  const auto make = [](bool turned) {
    ImageMaker maker;
    const auto first = [&] {
      maker.zone("2.0.192.in-addr.arpa")
          .ptr("1.2.0.192.in-addr.arpa", "a.example")
          .ptr("2.2.0.192.in-addr.arpa", "b.example");
    };
    const auto second = [&] { maker.zone("example").add("www.example", Type::a, test::a_data("192.0.2.1")); };
    if (turned) second();
    first();
    if (!turned) second();
    return maker.lines();
  };
  const auto a = make(false);
  const auto b = make(true);
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * kLineSize), 0);
}

// A zone twice and a zone without SOA are refused.
TEST(Image, RefusesWhatCannotBeServed) {
  Builder builder;
  ASSERT_TRUE(builder.add_zone(name("example")));
  EXPECT_FALSE(builder.add_zone(name("EXAMPLE.")));
  EXPECT_FALSE(builder.build());
}

/// Random names that meet often: few labels, address labels among them.
rc::Gen<std::string> any_owner() {
  const auto label = rc::gen::element<std::string>("1", "2", "3", "0", "255", "256", "01", "a", "f", "b", "*",
                                                   "x", "0-63", std::string(63, 'l'), "_tcp", "10");
  const auto tree = rc::gen::element<std::string>("in-addr.arpa.", "ip6.arpa.", "example.", "2.in-addr.arpa.",
                                                  "8.b.d.0.1.0.0.2.ip6.arpa.", "arpa.");
  return rc::gen::apply(
      [](std::vector<std::string> labels, const std::string& end) {
        std::string text;
        labels.resize(std::min<size_t>(labels.size(), 3));
        for (const std::string& part : labels) text += part + ".";
        return text + end;
      },
      rc::gen::container<std::vector<std::string>>(label), tree);
}
rc::Gen<std::string> any_address_name() {
  return rc::gen::apply(
      [](bool v6, uint8_t a, uint8_t b, uint8_t c) {
        wire::AddressKey key{.family = v6 ? wire::Family::v6 : wire::Family::v4,
                             .units = static_cast<uint8_t>(v6 ? 32 : 4)};
        key.address = {static_cast<uint8_t>(v6 ? 0x20 : 10), static_cast<uint8_t>(a % 4),
                       static_cast<uint8_t>(b % 4), c};
        if (v6) key.address[15] = b;
        return wire::name_of_key(key).to_text();
      },
      rc::gen::arbitrary<bool>(), rc::gen::arbitrary<uint8_t>(), rc::gen::arbitrary<uint8_t>(),
      rc::gen::arbitrary<uint8_t>());
}

// Comparing all listed octets at once gives the same as comparing them one by one.
RC_GTEST_PROP(ImageProperty, OctetsAreFoundAlike, ()) {
  const auto listed =
      *rc::gen::resize(FewOctets::kMax, rc::gen::unique<std::vector<uint8_t>>(rc::gen::arbitrary<uint8_t>()));
  RC_PRE(listed.size() <= FewOctets::kMax);
  // Entries after the listed ones are ignored.
  FewOctets few;
  std::memset(static_cast<void*>(&few), *rc::gen::arbitrary<uint8_t>(), sizeof few);
  few.count = static_cast<uint8_t>(listed.size());
  std::copy(listed.begin(), listed.end(), few.octet);
  for (unsigned octet = 0; octet < 256; ++octet)
    RC_ASSERT(find_octet(few, static_cast<uint8_t>(octet)) ==
              find_octet_plain(few, static_cast<uint8_t>(octet)));
}

// Any set of names in a root zone: exactly those names and the ones above them are found, all records come
// out of a traversal as they went in, and the image passes its own verification.
RC_GTEST_PROP(ImageProperty, HoldsWhatAMapHolds, ()) {
  const auto owners =
      *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(any_owner(), any_address_name()));
  std::map<std::string, std::set<std::string>> model;  // owner -> PTR targets
  std::set<std::string> exists = {"."};
  ImageMaker maker;
  maker.zone(".");
  for (size_t i = 0; i < owners.size(); ++i) {
    const std::string target = "t" + std::to_string(i % 7) + ".pool" + std::to_string(i % 3) + ".example.";
    if (Name::from_text(owners[i])->size() > 200) continue;
    maker.ptr(owners[i], target, 60);
    model[name(owners[i]).to_text()].insert(target);
    for (Name up = name(owners[i]); !up.is_root(); up = up.parent()) exists.insert(up.to_text());
  }
  const auto lines = maker.lines();
  const View view(lines);
  for (const std::string& text : exists) RC_ASSERT(find(view, name(text)).has_value());
  const auto probe =
      *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(any_owner(), any_address_name()));
  for (const std::string& text : probe)
    RC_ASSERT(find(view, name(text)).has_value() == exists.contains(name(text).to_text()));
  size_t records = 2;
  for (const auto& [owner, targets] : model) records += targets.size();
  RC_ASSERT(view.header().records == records);
  RC_ASSERT(everything(view).size() == records);
  for (const auto& [owner, targets] : model) {
    const auto at = find(view, name(owner));
    if (at->kind == Position::Kind::leaf) {
      RC_ASSERT(targets.size() == 1);
      RC_ASSERT(leaf_target(view, *at, at->labels > 6) == *targets.begin());
    } else {
      const Rrset* set = view.find_rrset(view.at<Node>(at->index), 12);
      RC_ASSERT(set != nullptr && set->count == targets.size());
    }
  }
}

/// An image with all kinds of content.
std::vector<Line> rich_image() {
  ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  for (int i = 0; i < 40; ++i)
    maker.ptr(std::to_string(i) + ".2.0.192.in-addr.arpa", "h" + std::to_string(i) + ".pool.example");
  maker.add("64-127.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns.cust.example"));
  maker.add("*.3.2.0.192.in-addr.arpa", Type::txt, test::txt_data("w"));
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 0; i < 300; i += 7) {
    wire::AddressKey key = *wire::key_of_address("2001:db8::");
    key.address[5] = static_cast<uint8_t>(i);
    key.address[15] = static_cast<uint8_t>(i / 2);
    maker.ptr(wire::name_of_key(key).to_text(), "v6-" + std::to_string(i) + ".example");
  }
  maker.zone("example")
      .add("www.example", Type::a, test::a_data("192.0.2.1"))
      .add("m.example", Type::mx, test::mx_data(10, "www.example"));
  maker.add(std::string(60, 'x') + ".example", Type::cname, test::wire_name("www.example"));
  return maker.lines();
}

// Any single byte changed anywhere is found by the checksum, with one sentence and no crash.
TEST(Verify, EveryByteCounts) {
  auto lines = rich_image();
  auto* bytes = reinterpret_cast<uint8_t*>(lines.data());
  for (size_t i = 0; i < lines.size() * kLineSize; ++i) {
    bytes[i] ^= 0x41;
    const auto result = verify(lines);
    ASSERT_FALSE(result) << "byte " << i;
    ASSERT_EQ(result.error().find('\n'), std::string::npos);
    bytes[i] ^= 0x41;
  }
  EXPECT_TRUE(verify(lines));
}

// A shortened file, an empty one and a foreign one each give their own sentence.
TEST(Verify, NamesWhatIsWrong) {
  auto lines = rich_image();
  EXPECT_NE(verify(std::span(lines).first(lines.size() - 1)).error().find("truncated or extended"),
            std::string::npos);
  EXPECT_FALSE(verify({}));
  auto foreign = lines;
  foreign[0].bytes[0] = 'X';
  EXPECT_EQ(verify(foreign).error(), "not a ptrd image");
  auto newer = lines;
  newer[0].bytes[8] = 99;
  EXPECT_NE(verify(newer).error().find("format 99"), std::string::npos);
}

// A zone whose name differs from its apex is refused although the checksum is right.
TEST(Verify, ZoneWithAnotherName) {
  auto lines = rich_image();
  auto& header = *reinterpret_cast<Header*>(lines.data());
  const auto& zone = *reinterpret_cast<const Zone*>(&lines[header.zones]);
  uint8_t* name = reinterpret_cast<uint8_t*>(lines.data()) + size_t{zone.name} * kUnitSize;
  name[1] = 'q';
  header.checksum = checksum(lines);
  const auto result = verify(lines);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("a zone's name"), std::string::npos) << result.error();
}

// A flag of a later format, or a stray bit, is refused although the checksum is right.
TEST(Verify, UnknownFlags) {
  for (unsigned bit = 0; bit < 8; ++bit) {
    auto lines = rich_image();
    auto& header = *reinterpret_cast<Header*>(lines.data());
    auto& root = *reinterpret_cast<Node*>(&lines[header.root]);
    if ((1U << bit & node_flag::all) != 0) continue;
    root.flags = static_cast<uint8_t>(root.flags | 1U << bit);
    header.checksum = checksum(lines);
    const auto result = verify(lines);
    ASSERT_FALSE(result) << "bit " << bit;
    EXPECT_NE(result.error().find("an unknown flag"), std::string::npos) << result.error();
  }
}

class ImageFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "ptrd-image-XXXXXX";
    ASSERT_NE(mkdtemp(made.data()), nullptr);
    folder_ = made;
  }
  void TearDown() override {
    for (const char* file : {"/a", "/b"}) unlink((folder_ + file).c_str());
    rmdir(folder_.c_str());
  }
  std::string folder_;
};

// A written image opens again; a failed write leaves no file.
TEST_F(ImageFile, WriteAndOpen) {
  const auto lines = rich_image();
  ASSERT_TRUE(write_file(folder_ + "/a", lines));
  const auto image = Image::open(folder_ + "/a");
  ASSERT_TRUE(image) << image.error();
  EXPECT_EQ(image->view().header().records, View(lines).header().records);
  EXPECT_FALSE(write_file(folder_ + "/none/x", lines));
  EXPECT_EQ(access((folder_ + "/none").c_str(), F_OK), -1);
}

// Missing, empty, odd-sized files and folders are named in the error.
TEST_F(ImageFile, OpenErrors) {
  EXPECT_NE(Image::open(folder_ + "/b").error().find("No such file"), std::string::npos);
  EXPECT_NE(Image::open(folder_).error().find("not a regular file"), std::string::npos);
  const int fd = open((folder_ + "/b").c_str(), O_CREAT | O_WRONLY, 0600);
  EXPECT_NE(Image::open(folder_ + "/b").error().find("the file is empty"), std::string::npos);
  ASSERT_EQ(write(fd, "0123456789", 10), 10);
  close(fd);
  EXPECT_NE(Image::open(folder_ + "/b").error().find("not a ptrd image"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::image
