// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/images.hpp"

#include <map>
#include <utility>

#include "image/builder.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::bench {

using wire::Family;
using wire::Name;

namespace {

constexpr uint32_t kTtl = 3600;

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

void add_zone(image::Builder& builder, Family family, size_t records) {
  const Name apex =
      Name::from_text(family == Family::v4 ? "10.in-addr.arpa." : "8.b.d.0.1.0.0.2.ip6.arpa.").value();
  const image::ZoneId zone = builder.add_zone(apex).value();
  const Name server = Name::from_text("ns1.isp.example.").value();
  builder.add(zone, apex.bytes(), static_cast<uint16_t>(wire::Type::soa), kTtl, soa());
  builder.add(zone, apex.bytes(), static_cast<uint16_t>(wire::Type::ns), kTtl, server.bytes());
  for (size_t i = 0; i < records; ++i) {
    builder.add(zone, wire::name_of_key(key_of_record(family, i)).bytes(),
                static_cast<uint16_t>(wire::Type::ptr), ttl_of_record(i),
                target_of_record(family, i).bytes());
  }
}

}  // namespace

std::vector<image::Line> make_image(size_t v4_records, size_t v6_records) {
  require(std::max(v4_records, v6_records) <= kMostRecords, "that many records do not fit the zones");
  image::Builder builder;
  builder.fold(false);  // what is measured here are leaves
  if (v4_records > 0) add_zone(builder, Family::v4, v4_records);
  if (v6_records > 0) add_zone(builder, Family::v6, v6_records);
  auto lines = builder.build();
  require(lines.has_value(), "the image cannot be built");
  return *std::move(lines);
}

const image::View& image_of(Family family, size_t records) {
  struct Kept {
    std::vector<image::Line> lines;
    image::View view{lines};
  };
  static std::map<std::pair<Family, size_t>, Kept> images;
  const auto [it, is_new] = images.try_emplace({family, records});
  if (is_new) {
    it->second.lines = family == Family::v4 ? make_image(records, 0) : make_image(0, records);
    it->second.view = image::View(it->second.lines);
  }
  return it->second.view;
}

}  // namespace ptrd::bench
