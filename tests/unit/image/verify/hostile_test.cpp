// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Malicious images: a valid one with some fields changed and the checksum corrected. Each of them once
// passed, crashed or delayed the verification.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>

#include "fuzz/rich_image.hpp"
#include "image/checksum.hpp"
#include "image/verify/claims.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::image {
namespace {

using test::small_rich_image;
using wire::Bytes;

/// An image under attack.
class Hostile {
 public:
  Hostile() : Hostile(small_rich_image()) {}
  /// Memory is exactly as large as the image, so that a sanitizer sees an out-of-bounds access.
  explicit Hostile(std::vector<Line> lines) : lines_(std::move(lines)) { lines_.shrink_to_fit(); }

  [[nodiscard]] Header& header() { return at<Header>(0); }
  template <typename T>
  [[nodiscard]] T& at(uint64_t line) {
    return *reinterpret_cast<T*>(&lines_[line]);
  }
  /// Appends bytes at the end; returns their unit.
  uint32_t append(const std::vector<uint8_t>& bytes) {
    const size_t line = lines_.size() - 1;
    lines_.resize(lines_.size() + (bytes.size() + kLineSize - 1) / kLineSize);
    lines_.shrink_to_fit();
    std::memcpy(&lines_[line], bytes.data(), bytes.size());
    return static_cast<uint32_t>(line * kUnitsPerLine);
  }
  [[nodiscard]] std::string verdict() {
    header().lines = lines_.size();
    header().checksum = checksum(lines_);
    const auto result = verify(lines_);
    return result ? "" : result.error();
  }
  [[nodiscard]] std::vector<Line>& lines() { return lines_; }

  /// The count and the Nodes of a LabelledList, of the Node at `line`.
  [[nodiscard]] uint32_t* list(uint64_t line) {
    return reinterpret_cast<uint32_t*>(reinterpret_cast<uint8_t*>(lines_.data()) +
                                       size_t{at<Node>(line).labelled} * kUnitSize);
  }
  /// Lines of all Nodes with ordinary labels.
  [[nodiscard]] std::vector<uint32_t> labelled() {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < header().index_lines; ++i) {
      for (const auto& slot : at<IndexLine>(header().index + i).slot) {
        if (slot.node != 0) found.push_back(slot.node);
      }
    }
    return found;
  }

 private:
  std::vector<Line> lines_;
};

std::string saying(const std::string& what) {
  return "damaged: " + what;
}
#define EXPECT_VERDICT(image, what) \
  EXPECT_EQ((image).verdict().substr(0, saying(what).size()), saying(what)) << (image).verdict()

/// Index values that overflow to small ones when 1 or 2 is added.
constexpr uint32_t kWrapping[] = {0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD};

// The unchanged image is valid, so the results below are due to the changes.
TEST(Hostile, IsGoodAtFirst) {
  EXPECT_EQ(Hostile().verdict(), "");
  EXPECT_LT(small_rich_image().size(), test::rich_image().size());
}

// An empty zone name is not a name: a walk over its labels would walk the image.
TEST(Hostile, ZoneNameWithoutBytes) {
  Hostile image;
  image.at<Zone>(image.header().zones).name_size = 0;
  EXPECT_VERDICT(image, "a zone's name");
}

// The same with bytes that an unbounded walk follows past the 127 labels of a name: this once overwrote the
// stack.
TEST(Hostile, ZoneNameOfTooManyLabels) {
  std::vector<uint8_t> labels(8192, 1);
  labels.back() = 0;
  for (const unsigned size : {0U, 1U, 2U, 254U, 255U}) {
    Hostile image;
    const uint32_t unit = image.append(labels);
    auto& zone = image.at<Zone>(image.header().zones);
    zone.name = unit;
    zone.name_size = static_cast<uint8_t>(size);
    for (unsigned count = 0; count < 256; ++count) {
      zone.label_count = static_cast<uint8_t>(count);
      EXPECT_VERDICT(image, "a zone's name") << size;
    }
  }
}

// Indices near the end of their 32 bits.
TEST(Hostile, RootThatWraps) {
  for (const uint32_t line : kWrapping) {
    Hostile image;
    image.header().root = line;
    EXPECT_VERDICT(image, "a name's line");
  }
}

TEST(Hostile, ListOfNamesThatWraps) {
  for (const uint32_t number : kWrapping) {
    Hostile image;
    image.at<Node>(image.header().root).labelled = number;
    EXPECT_VERDICT(image, "a list of names");
    Hostile with_count;
    with_count.list(with_count.header().root)[0] = number;
    EXPECT_VERDICT(with_count, "a list of names");
    Hostile with_node;
    with_node.list(with_node.header().root)[1] = number;
    EXPECT_VERDICT(with_node, "a name's line");
  }
}

// The order that a search for the predecessor of a name relies on (RFC 4034 6.1); two equal labels are none.
TEST(Hostile, ListOfNamesOutOfOrder) {
  Hostile image;
  uint32_t* const list = image.list(image.header().root);
  ASSERT_EQ(list[0], 2U);
  std::swap(list[1], list[2]);
  EXPECT_VERDICT(image, "the order of labels");
  list[1] = list[2];
  EXPECT_VERDICT(image, "the order of labels");
}

TEST(Hostile, IndexSlotThatWraps) {
  for (const uint32_t line : kWrapping) {
    Hostile image;
    for (uint32_t i = 0; i < image.header().index_lines; ++i) {
      auto& slot = image.at<IndexLine>(image.header().index + i).slot[0];
      if (slot.node != 0) slot.node = line;
    }
    EXPECT_VERDICT(image, "a name missing from the label index");
  }
}

// A slot that is no name's, nor one of a name that was removed.
TEST(Hostile, IndexSlotOfNoName) {
  Hostile image;
  auto* lines = &image.at<IndexLine>(image.header().index);
  for (uint32_t i = 0; i < image.header().index_lines; ++i) {
    auto& last = lines[i].slot[IndexLine::kSlots - 1];
    if (last.node != 0) continue;
    auto* const free = std::find_if(std::begin(lines[i].slot), std::end(lines[i].slot),
                                    [](const auto& slot) { return slot.node == 0; });
    *free = {.hash = 0x12345678, .node = image.header().root + 1};
    EXPECT_VERDICT(image, "the label index");
    free->node = image.header().root;
    EXPECT_EQ(image.verdict(), "");
    return;
  }
  FAIL() << "no line has a free slot";
}

// A Ref has 28 bits for a line, and 31 for a unit: the largest are rejected everywhere.
TEST(Hostile, RefsToTheEnd) {
  Hostile image;
  for (const uint32_t node : image.labelled()) {
    Ref& children = image.at<Node>(node).children;
    const Ref good = children;
    for (const auto kind : {Ref::Kind::node, Ref::Kind::octets, Ref::Kind::few_octets, Ref::Kind::nibbles,
                            Ref::Kind::range, Ref::Kind::pairs}) {
      for (const uint32_t line : {0U, 1U, Ref::kMaxLine - 1, Ref::kMaxLine}) {
        children = Ref::line(kind, line);
        EXPECT_NE(image.verdict(), "") << static_cast<int>(kind) << ' ' << line;
      }
    }
    children = Ref::leaf(~Ref::kLeafBit);
    EXPECT_NE(image.verdict(), "");
    children = good;
  }
  EXPECT_EQ(image.verdict(), "");
}

// Claims out of range do not count.
TEST(Claims, OutOfRange) {
  Claims claims(100);
  EXPECT_EQ(claims.claim(99, 1), 100U);
  EXPECT_TRUE(claims.claimed(99));
  EXPECT_FALSE(claims.claimed(100));
  EXPECT_FALSE(claims.claimed(0xFFFFFFFF));
  EXPECT_FALSE(claims.claimed(~uint64_t{0}));
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A set of empty TXT records, as it is stored.
std::vector<uint8_t> empty_records(uint16_t count) {
  const uint32_t size = count * 12U;
  std::vector<uint8_t> set(sizeof(Rrset) + size);
  const Rrset head{16, count, size};
  std::memcpy(set.data(), &head, sizeof head);
  for (size_t at = sizeof head; at < set.size(); at += 12) {
    wire::store16(&set[at], 0xC00C);
    wire::store16(&set[at + 2], 16);
    wire::store16(&set[at + 4], 1);
  }
  return set;
}

/// An image of `names` names that have TXT records.
std::vector<Line> text_image(int names) {
  test::ImageMaker maker;
  maker.zone("example");
  for (int i = 0; i < names; ++i)
    maker.add("n" + std::to_string(i) + ".example", wire::Type::txt, test::txt_data("t"));
  return maker.lines();
}

// Names that share one large blob of records: it is checked only once. (19 MB of the kind took 36 s.)
TEST(Hostile, SharedRecordSets) {
  constexpr uint16_t kRecords = 60000;
  const auto blob = empty_records(kRecords);
  Hostile fair(text_image(2000));
  const double start = cpu_seconds();
  const uint32_t unit = fair.append(blob);
  for (const uint32_t line : fair.labelled()) {
    auto& node = fair.at<Node>(line);
    if (node.flags == 0 && node.rrset_count == 1) {
      node.rrsets = unit;
      break;
    }
  }
  EXPECT_EQ(fair.verdict(), "");
  const double once = cpu_seconds() - start;
  Hostile image(text_image(2000));
  const double shared_start = cpu_seconds();
  const uint32_t shared = image.append(blob);
  for (const uint32_t line : image.labelled()) {
    auto& node = image.at<Node>(line);
    if (node.flags == 0 && node.rrset_count == 1) node.rrsets = shared;
  }
  EXPECT_VERDICT(image, "data referenced twice");
  // Two thousand times as much work if it were checked for each of the names.
  EXPECT_LT(cpu_seconds() - shared_start, 20 * once + 0.1);
}

// Record sets that are not in order would hide some of them; more than a name may have cost too much.
TEST(Hostile, OrderAndNumberOfRecordSets) {
  test::ImageMaker maker;
  maker.zone("example").add("n.example", wire::Type::a, test::a_data("192.0.2.1"));
  for (unsigned type = 1000; type < 1010; ++type)
    maker.add("n.example", static_cast<wire::Type>(type), test::u16(type));
  const auto node_of = [](Hostile& image) -> Node& {
    for (const uint32_t line : image.labelled()) {
      if (image.at<Node>(line).rrset_count == 11) return image.at<Node>(line);
    }
    throw std::runtime_error("the name is missing");
  };
  Hostile swapped(maker.lines());
  EXPECT_EQ(swapped.verdict(), "");
  auto* unit =
      reinterpret_cast<uint8_t*>(swapped.lines().data()) + size_t{node_of(swapped).rrsets} * kUnitSize;
  auto* const second = reinterpret_cast<Rrset*>(unit) + 1 + 2;  // behind a head and an A record of 16 bytes
  ASSERT_EQ(second->type, 1000);
  for (const uint16_t type :
       std::initializer_list<uint16_t>{1001, 0}) {  // the same as the next one; before the A record
    second->type = type;
    wire::store16(reinterpret_cast<uint8_t*>(second + 1) + 2, type);
    EXPECT_VERDICT(swapped, "the order of record sets");
  }
  Hostile many(maker.lines());
  node_of(many).rrset_count = static_cast<uint16_t>(kMaxRrsets + 1);
  EXPECT_VERDICT(many, "a name with too many record sets");
}

// Zones that share the bytes of a name or an SOA are refused likewise.
TEST(Hostile, SharedZoneData) {
  Hostile name;
  name.at<Zone>(name.header().zones).name = name.at<Zone>(name.header().zones + 1).name;
  name.at<Zone>(name.header().zones).name_size = name.at<Zone>(name.header().zones + 1).name_size;
  name.at<Zone>(name.header().zones).label_count = name.at<Zone>(name.header().zones + 1).label_count;
  EXPECT_VERDICT(name, "data referenced twice");
  Hostile soa;
  soa.at<Zone>(soa.header().zones).negative_soa = soa.at<Zone>(soa.header().zones + 1).negative_soa;
  EXPECT_VERDICT(soa, "data referenced twice");
}

// The labels of an SOA's rname are walked no further than a name can extend, for any position of the pointer.
TEST(Hostile, SoaOfManyLabels) {
  std::vector<uint8_t> soa(60000, 1);
  const std::vector<uint8_t> head = {0xC0, 0x0C, 0, 6, 0, 1, 0, 0, 0, 60};
  std::copy(head.begin(), head.end(), soa.begin());
  wire::store16(&soa[10], static_cast<uint16_t>(soa.size() - 12));
  std::memset(&soa[12], 0, 1);  // mname: the root
  Hostile image;
  const uint32_t unit = image.append(soa);
  auto& zone = image.at<Zone>(image.header().zones);
  zone.negative_soa = unit;
  zone.negative_soa_size = static_cast<uint16_t>(soa.size());
  zone.soa_target = 12;
  zone.soa_pointer = static_cast<uint16_t>(soa.size() - 22);
  EXPECT_VERDICT(image, "a zone's SOA");
}

/// The first zone of the image that denies with NSEC3, and its buckets.
struct HashedZone {
  explicit HashedZone(Hostile& image) {
    const Header& header = image.header();
    for (uint32_t line = header.zones; zone == nullptr && line < header.zones + header.zone_count; ++line) {
      if (image.at<Zone>(line).denial == Denial::nsec3) zone = &image.at<Zone>(line);
    }
    all = &image.at<Nsec3Zone>(zone->nsec3);
    directory = &image.at<uint32_t>(all->directory);
    for (uint32_t i = 0; i < 1U << all->bits; ++i) buckets.push_back(&image.at<Nsec3Bucket>(directory[i]));
  }
  Zone* zone = nullptr;
  Nsec3Zone* all;
  uint32_t* directory;
  std::vector<Nsec3Bucket*> buckets;
};

// NSEC3 records that a search would miss, or that would be a proof of the wrong name.
TEST(Hostile, Nsec3Records) {
  const auto expect = [](const auto& change, const char* what) {
    Hostile image;
    HashedZone hashed(image);
    ASSERT_GE(hashed.buckets.size(), 2U);
    change(hashed);
    EXPECT_VERDICT(image, what);
  };
  const auto edit = [&](HashedZone& hashed, const auto& change) {
    const auto at = std::find_if(hashed.buckets.begin(), hashed.buckets.end(),
                                 [](const Nsec3Bucket* bucket) { return bucket->entry[1].record != 0; });
    change(**at);
  };
  expect([](HashedZone& h) { h.all->bits = kMaxNsec3Bits + 1; }, "NSEC3 records");
  expect([](HashedZone& h) { h.all->bits = 255; }, "NSEC3 records");
  expect([](HashedZone& h) { h.all->count = 0; }, "NSEC3 records");
  expect([](HashedZone& h) { ++h.all->count; }, "the number of NSEC3 records");
  for (const uint32_t line : kWrapping) {
    expect([&](HashedZone& h) { h.zone->nsec3 = line; }, "NSEC3 records");
    expect([&](HashedZone& h) { h.all->directory = line; }, "NSEC3 records");
    expect([&](HashedZone& h) { h.directory[0] = line; }, "NSEC3 records");
    expect([&](HashedZone& h) { h.buckets[0]->next = line; }, "a gap in NSEC3 records");
    expect([&](HashedZone& h) { edit(h, [&](Nsec3Bucket& b) { b.entry[0].record = line; }); },
           "an NSEC3 record");
  }
  expect([](HashedZone& h) { h.directory[0] = h.directory[1]; }, "the place of an NSEC3 record");
  expect([](HashedZone& h) { h.buckets[0]->before = h.buckets[1]->before; },
         "the NSEC3 record before others");
  expect([&](HashedZone& h) { edit(h, [](Nsec3Bucket& b) { ++b.entry[0].prefix; }); },
         "the place of an NSEC3 record");
  expect([&](HashedZone& h) { edit(h, [](Nsec3Bucket& b) { std::swap(b.entry[0], b.entry[1]); }); },
         "the order of NSEC3 records");
  expect([&](HashedZone& h) { edit(h, [](Nsec3Bucket& b) { b.entry[0].record = 0; }); },
         "a gap in NSEC3 records");
  expect([&](HashedZone& h) { edit(h, [](Nsec3Bucket& b) { b.entry[1] = b.entry[0]; }); },
         "data referenced twice");
}

// The side of the zone above stands at an apex alone, and is of that zone.
TEST(Hostile, UpperSide) {
  Hostile image;
  Node* apex = nullptr;
  Node* other = nullptr;
  for (const uint32_t line : image.labelled()) {
    auto& node = image.at<Node>(line);
    if (node.upper == 0 && (node.flags & node_flag::apex) == 0) other = &node;
  }
  for (size_t line = kHeaderLines; apex == nullptr && line < image.lines().size(); ++line) {
    const auto& header = image.header();
    if (line < header.zones || line >= header.zones + header.zone_count) continue;
    auto& node = image.at<Node>(image.at<Zone>(line).apex);
    if (node.upper != 0) apex = &node;
  }
  ASSERT_TRUE(apex != nullptr && other != nullptr);
  const uint32_t upper = apex->upper;
  const auto expect = [&](auto& field, auto value, const char* what) {
    const auto good = field;
    field = value;
    EXPECT_VERDICT(image, what);
    field = good;
  };
  constexpr const char* kWhat = "what a zone says at another one's apex";
  expect(other->upper, upper, kWhat);
  for (const uint32_t line : kWrapping) expect(apex->upper, line, kWhat);
  expect(image.at<Node>(upper).zone, apex->zone, kWhat);
  expect(image.at<Node>(upper).upper, upper, kWhat);
  expect(image.at<Node>(upper).labelled, 1U, kWhat);
  expect(image.at<Node>(upper).rrset_count, uint16_t{0}, kWhat);
  EXPECT_EQ(image.verdict(), "");
}

// The list of declared ranges: complete prefixes in order, each in its zone and with a declared IPv4 Range.
TEST(Hostile, DeclaredRanges) {
  namespace op = image::op;
  const std::string program = test::literal("h") + test::steps({op::decimal + 3});
  test::ImageMaker maker;
  maker.zone("10.in-addr.arpa")
      .range("10.0.0.0/8", program, "pool.example")
      .range("10.0.0.0/9", program, "pool.example")
      .range("10.7.0.0/22", program, "pool.example")
      .zone("11.in-addr.arpa")
      .zone("example")
      .zone("8.b.d.0.1.0.0.2.ip6.arpa")
      .range("2001:db8::/32", test::steps({op::nibbles}), "pool.example")
      .zone("12.in-addr.arpa");
  for (int host = 0; host < 64; ++host)
    maker.ptr(std::to_string(host) + ".1.1.12.in-addr.arpa", "f" + std::to_string(host) + ".example");
  Hostile image(maker.lines());
  ASSERT_EQ(image.verdict(), "");
  ASSERT_EQ(image.header().declared_count, 3U);
  ASSERT_EQ(image.header().range_count, 3U);  // with the rule that was found for records
  auto* const list = &image.at<DeclaredRange>(image.header().declared);
  const auto expect = [&](auto& field, auto value, const char* what) {
    const auto good = field;
    field = static_cast<std::remove_cvref_t<decltype(field)>>(value);
    EXPECT_VERDICT(image, what);
    field = good;
  };
  for (const uint32_t line : kWrapping) {
    expect(image.header().declared, line, "the declared ranges");
    expect(image.header().declared_count, line, "the declared ranges");
    expect(list[1].range, line, "a range's line");
    expect(list[1].zone, line, "a declared range's zone");
  }
  expect(image.header().declared, 0, "the declared ranges");
  expect(image.header().declared, image.header().ranges, "a line referenced twice");
  for (const int bits : {33, 64, 255}) expect(list[1].bits, bits, "a declared range's prefix");
  expect(list[2].bits, 15, "a declared range's prefix");
  expect(list[2].address[3], 1, "a declared range's prefix");
  expect(list[1], list[0], "the order of declared ranges");
  expect(list[0].bits, 10, "the order of declared ranges");
  expect(list[1], list[2], "the order of declared ranges");
  expect(list[1].range, 0, "a range's line");
  for (uint32_t line = image.header().ranges; line < image.header().ranges + 3; ++line) {
    const auto& range = image.at<Range>(line);
    if ((range.flags & range_flag::v6) != 0) expect(list[1].range, line, "a range of the other family");
    if (range.flags == 0) expect(list[1].range, line, "a range that is not declared");
  }
  const uint32_t zones = image.header().zones;
  expect(list[1].zone, zones - 1, "a declared range's zone");
  expect(list[1].zone, zones + image.header().zone_count, "a declared range's zone");
  unsigned others = 0;
  for (uint32_t zone = zones; zone < zones + image.header().zone_count; ++zone) {
    if (zone == list[0].zone) continue;
    expect(list[1].zone, zone, "a declared range outside its zone");
    ++others;
  }
  EXPECT_EQ(others, 4U);
  expect(list[0].bits, 7, "a declared range outside its zone");
  EXPECT_EQ(image.verdict(), "");
}

class HostileFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "ptrd-hostile-XXXXXX";
    ASSERT_NE(mkdtemp(made.data()), nullptr);
    folder_ = made;
    path_ = folder_ + "/image";
  }
  void TearDown() override {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }
  void write(const std::vector<Line>& lines) const {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(lines.data()),
               static_cast<std::streamsize>(lines.size() * kLineSize));
  }
  [[nodiscard]] std::string error(uint64_t most = machine_memory()) const {
    const auto image = Image::open(path_, run_in_turn, most);
    return image ? "" : image.error();
  }
  std::string folder_;
  std::string path_;
};

/// The peak memory use of the process in KiB.
int64_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
  }
  return 0;
}

// Four gigabytes of zeros are not an image, and allocate no memory.
TEST_F(HostileFile, ZerosTakeNoMemory) {
  write({});
  ASSERT_EQ(truncate(path_.c_str(), off_t{4} << 30), 0);
  const int64_t before = peak_kib();
  EXPECT_EQ(error(), path_ + ": not a ptrd image");
  EXPECT_LT(peak_kib() - before, 1 << 16);
}

// Nor does a header with a size other than the file's, or above the configured limit.
TEST_F(HostileFile, SizesBeforeMemory) {
  auto lines = small_rich_image();
  const uint64_t size = lines.size() * kLineSize;
  write(lines);
  EXPECT_EQ(error(size), "");
  EXPECT_EQ(error(size - 1), path_ + ": too large: " + std::to_string(size) + " bytes; at most " +
                                 std::to_string(size - 1) + " are allowed");
  ASSERT_EQ(truncate(path_.c_str(), off_t{4} << 30), 0);
  const int64_t before = peak_kib();
  EXPECT_NE(error().find("truncated or extended: it has 67108864 lines"), std::string::npos) << error();
  reinterpret_cast<Header*>(lines.data())->lines = (uint64_t{4} << 30) / kLineSize;
  write(lines);
  ASSERT_EQ(truncate(path_.c_str(), off_t{4} << 30), 0);
  EXPECT_NE(error(uint64_t{1} << 30).find("too large: 4294967296 bytes"), std::string::npos);
  EXPECT_LT(peak_kib() - before, 1 << 16);
}

// A pipe and a device are not opened: nothing blocks, and nothing is read.
TEST_F(HostileFile, NeitherPipesNorDevices) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(error(), path_ + ": not a regular file");
  EXPECT_EQ(Image::open("/dev/zero").error(), "/dev/zero: not a regular file");
}

// A file that shrinks or grows under the reader is said to have changed.
TEST_F(HostileFile, ChangesWhileItIsRead) {
  const auto lines = small_rich_image();
  for (const off_t step : {-off_t{kLineSize}, off_t{kLineSize}}) {
    write(lines);
    const Executor changing = [&](size_t count, const std::function<void(size_t)>& work) {
      ASSERT_EQ(truncate(path_.c_str(), static_cast<off_t>(lines.size() * kLineSize) + step), 0);
      run_in_turn(count, work);
    };
    const auto image = Image::open(path_, changing);
    ASSERT_FALSE(image);
    EXPECT_NE(image.error().find("it changed while it was read"), std::string::npos) << image.error();
  }
}

}  // namespace
}  // namespace ptrd::image
