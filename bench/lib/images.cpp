// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/images.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "image/build/builder.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/message.hpp"
#include "unit/signed_zone.hpp"

namespace ptrd::bench {

using wire::Family;
using wire::Name;

namespace {

constexpr uint32_t kTtl = 3600;
constexpr const char* kRangeTail = "dyn.isp.example.";

std::vector<uint8_t> soa() {
  std::vector<uint8_t> rdata;
  for (const char* name : {"ns1.isp.example.", "hostmaster.isp.example."}) {
    const Name wire = Name::from_text(name).value();
    rdata.insert(rdata.end(), wire.bytes().begin(), wire.bytes().end());
  }
  for (const uint32_t field : {1U, 7200U, 3600U, 1209600U, 900U}) {
    rdata.resize(rdata.size() + 4);
    wire::store32(&rdata[rdata.size() - 4], field);
  }
  return rdata;
}

image::ZoneId add_zone(image::Builder& builder, const std::string& apex_text) {
  const Name apex = Name::from_text(apex_text).value();
  const image::ZoneId zone = builder.add_zone(apex).value();
  const Name server = Name::from_text("ns1.isp.example.").value();
  builder.add(zone, apex.bytes(), static_cast<uint16_t>(wire::Type::soa), kTtl, soa());
  builder.add(zone, apex.bytes(), static_cast<uint16_t>(wire::Type::ns), kTtl, server.bytes());
  return zone;
}

/// "10.in-addr.arpa.", "11.in-addr.arpa." ...: the zone of the /8 in which IPv4 record `first` lies.
std::string apex4(size_t first) {
  return std::to_string(address4(first) >> 24) + ".in-addr.arpa.";
}

void add_records(image::Builder& builder, image::ZoneId zone, Family family, size_t first, size_t last) {
  for (size_t i = first; i < last; ++i) {
    builder.add(zone, wire::name_of_key(key_of_record(family, i)).bytes(),
                static_cast<uint16_t>(wire::Type::ptr), ttl_of_record(i),
                target_of_record(family, i).bytes());
  }
}

/// An image to the program's end.
struct Kept {
  explicit Kept(std::vector<image::Line> built) : lines(std::move(built)), view(lines) {
    if (!in_huge_pages) return;
    constexpr size_t kHugePage = 2 << 20;
    const size_t size = lines.size() * sizeof(image::Line);
    const size_t room = (size + kHugePage - 1) / kHugePage * kHugePage;
    auto* const copy = static_cast<image::Line*>(std::aligned_alloc(kHugePage, room));
    require(copy != nullptr && madvise(copy, room, MADV_HUGEPAGE) == 0, "no huge pages for the image");
    std::memcpy(copy, lines.data(), size);
    view = image::View({copy, lines.size()});
    lines = {};
  }
  static inline bool in_huge_pages = false;
  std::vector<image::Line> lines;
  image::View view;
};

std::vector<image::Line> build(image::Builder& builder) {
  auto lines = builder.build();
  require(lines.has_value(), "cannot build the image");
  return *std::move(lines);
}

std::vector<image::Line> make_image_of_ranges(size_t records) {
  using namespace image::op;
  const std::string program{decimal | 0, 1, '-', decimal | 1, 1, '-', decimal | 2, 1, '-', decimal | 3};
  image::Builder builder;
  for (size_t first = 0; first < records; first += kRecordsIn8) {
    const image::ZoneId zone = add_zone(builder, apex4(first));
    const image::Prefix prefix{.address = image::range_address(address4(first) & 0xFF000000), .bits = 8};
    require(builder.add_range(zone, prefix, program, Name::from_text(kRangeTail).value(), kTtl).has_value(),
            "cannot declare a range");
  }
  return build(builder);
}

}  // namespace

std::vector<image::Line> make_image(size_t v4_records, size_t v6_records) {
  require(std::max(v4_records, v6_records) <= kMaxRecords, "too many records for the zones");
  image::Builder builder;
  builder.fold(false);  // what is measured here are leaves
  for (size_t first = 0; first < v4_records; first += kRecordsIn8) {
    add_records(builder, add_zone(builder, apex4(first)), Family::v4, first,
                std::min(first + kRecordsIn8, v4_records));
  }
  if (v6_records > 0)
    add_records(builder, add_zone(builder, "8.b.d.0.1.0.0.2.ip6.arpa."), Family::v6, 0, v6_records);
  return build(builder);
}

std::vector<image::Line> make_signed_image(Family family, size_t records, image::Denial denial) {
  require(records <= (family == Family::v4 ? kRecordsIn8 : kMaxRecords), "too many records for one zone");
  test::ImageMaker maker;
  test::SignedZone zone(maker, family == Family::v4 ? apex4(0) : "8.b.d.0.1.0.0.2.ip6.arpa.");
  zone.signature(std::string(64, 's'));
  for (size_t i = 0; i < records; ++i) {
    zone.add(wire::name_of_key(key_of_record(family, i)).to_text(), wire::Type::ptr,
             test::string_of(target_of_record(family, i).bytes()), ttl_of_record(i));
  }
  if (denial == image::Denial::nsec) {
    zone.nsec();
  } else {
    zone.nsec3();
  }
  return maker.lines();
}

const image::View& image_of(Family family, size_t records) {
  static std::map<std::pair<Family, size_t>, std::unique_ptr<Kept>> images;
  std::unique_ptr<Kept>& kept = images[{family, records}];
  if (kept == nullptr)
    kept = std::make_unique<Kept>(family == Family::v4 ? make_image(records, 0) : make_image(0, records));
  return kept->view;
}

const image::View& image_of_ranges(size_t records) {
  static std::map<size_t, std::unique_ptr<Kept>> images;
  std::unique_ptr<Kept>& kept = images[records];
  if (kept == nullptr) kept = std::make_unique<Kept>(make_image_of_ranges(records));
  return kept->view;
}

Name target_in_range(uint32_t address) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%u-%u-%u-%u.%s", address >> 24, address >> 16 & 255,
                address >> 8 & 255, address & 255, kRangeTail);
  return Name::from_text(text.data()).value();
}

void use_huge_pages() {
  Kept::in_huge_pages = true;
}

}  // namespace ptrd::bench
