// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::test {

/// Zones as lists of records, which change as an UPDATE message changes a zone (RFC 2136 3.4.2): what an
/// image compiled from them says is what one changed in place has to say.
class ZoneRecords {
 public:
  struct Record {
    std::string owner;  // lower case, with the final dot
    uint16_t type;
    uint32_t ttl;
    std::string rdata;
  };
  struct Range {
    std::string prefix;
    std::string tail;
  };
  struct Zone {
    std::vector<Record> records;
    std::vector<Range> ranges;
    uint32_t serial = 1;
  };
  struct Change {
    image::RecordChange::Op op;
    Record record;
  };

  std::map<std::string, Zone> zones;
  bool fold = true;

  static bool is_at_or_below(const std::string& owner, const std::string& apex) {
    return apex == "." || owner == apex || owner.ends_with("." + apex);
  }

  void add(const std::string& apex, const std::string& owner, wire::Type type, const std::string& rdata,
           uint32_t ttl = 3600) {
    zones[apex].records.push_back({owner, code(type), ttl, rdata});
  }
  /// Its whole RRset has this TTL then.
  void add_like_an_update(const std::string& apex, const std::string& owner, wire::Type type,
                          const std::string& rdata, uint32_t ttl) {
    for (Record& r : zones.at(apex).records) {
      if (r.owner == owner && r.type == code(type)) r.ttl = ttl;
    }
    add(apex, owner, type, rdata, ttl);
  }
  void start(const std::string& apex) {
    add(apex, apex, wire::Type::soa, soa_data(1));
    add(apex, apex, wire::Type::ns, wire_name("ns1.example."));
  }

  void apply(const std::string& apex, const Change& change) {
    using Op = image::RecordChange::Op;
    auto& records = zones.at(apex).records;
    const Record& with = change.record;
    const auto same_set = [&](const Record& r) { return r.owner == with.owner && r.type == with.type; };
    const auto same_data = [&](const Record& r) {
      const bool named = wire::rdata_layout(r.type).names > 0;
      return named ? wire::same_ignoring_case(bytes_of(r.rdata), bytes_of(with.rdata))
                   : r.rdata == with.rdata;
    };
    const auto stays = [&](const Record& r) {
      return r.owner == apex && (r.type == code(wire::Type::soa) || r.type == code(wire::Type::ns));
    };
    if (change.op == Op::add) {
      if (with.type == code(wire::Type::soa)) std::erase_if(records, same_set);
      bool there = false;
      for (Record& r : records) {
        if (!same_set(r)) continue;
        if (r.type != code(wire::Type::rrsig)) r.ttl = with.ttl;
        if (!same_data(r)) continue;
        r.ttl = with.ttl;
        r.rdata = with.rdata;
        there = true;
      }
      if (!there) records.push_back(with);
    } else if (change.op == Op::remove_record) {
      std::erase_if(records, [&](const Record& r) { return same_set(r) && same_data(r); });
    } else if (change.op == Op::remove_set) {
      std::erase_if(records, [&](const Record& r) { return same_set(r) && !stays(r); });
    } else {
      std::erase_if(records, [&](const Record& r) { return r.owner == with.owner && !stays(r); });
    }
    settle_signatures(records);
  }

  /// Signatures have the TTL of what they cover (RFC 4034 3), or else the smallest of those that cover the
  /// same.
  static void settle_signatures(std::vector<Record>& records) {
    std::map<std::pair<std::string, uint16_t>, uint32_t> ttls;
    std::map<std::pair<std::string, uint16_t>, uint32_t> own;
    const auto take = [](auto& all, const auto& key, uint32_t ttl) {
      const auto it = all.emplace(key, ttl).first;
      it->second = std::min(it->second, ttl);
    };
    for (const Record& r : records) {
      if (r.type == code(wire::Type::rrsig))
        take(own, std::pair(r.owner, image::type_covered(r.rdata)), r.ttl);
      else
        take(ttls, std::pair(r.owner, r.type), r.ttl);
    }
    for (Record& r : records) {
      if (r.type != code(wire::Type::rrsig)) continue;
      const auto key = std::pair(r.owner, image::type_covered(r.rdata));
      const auto it = ttls.find(key);
      r.ttl = it == ttls.end() ? own.at(key) : it->second;
    }
  }

  [[nodiscard]] tl::expected<std::vector<image::Line>, std::string> compile() const {
    image::Builder builder;
    builder.fold(fold);
    for (const auto& [apex, zone] : zones) {
      const auto id = builder.add_zone(name(apex)).value();
      for (const Record& r : zone.records)
        builder.add(id, name(r.owner).bytes(), r.type, r.ttl, bytes_of(r.rdata));
      for (const Range& range : zone.ranges) {
        const size_t slash = range.prefix.find('/');
        const auto key = wire::key_of_address(range.prefix.substr(0, slash)).value();
        const auto bits = static_cast<uint8_t>(std::stoi(range.prefix.substr(slash + 1)));
        const auto added =
            builder.add_range(id, {key.family, key.address, bits}, literal("made"), name(range.tail), 3600);
        if (!added) return tl::unexpected(added.error());
      }
    }
    return builder.build();
  }
};

/// An image in memory that is changed in place.
class PatchedImage {
 public:
  explicit PatchedImage(const std::vector<image::Line>& image, image::Room room = {2000, 50})
      : memory_(image::Lines::needed(image::View(image), room)),
        lines_(laid_out(image, room, memory_), static_cast<uint32_t>(image.size())),
        patcher_(lines_) {}

  tl::expected<image::Patched, std::string> apply(const std::string& apex,
                                                  const std::vector<ZoneRecords::Change>& changes) {
    std::vector<image::RecordChange> some;
    std::vector<wire::Name> owners;
    owners.reserve(changes.size());
    for (const auto& change : changes) {
      owners.push_back(name(change.record.owner));
      some.push_back({change.op, owners.back().bytes(), change.record.type, change.record.ttl,
                      bytes_of(change.record.rdata)});
    }
    auto done = patcher_.apply(name(apex), some);
    if (done)
      lines_.keep();
    else
      lines_.undo();
    return done;
  }
  [[nodiscard]] const image::View& view() const { return lines_.view(); }
  [[nodiscard]] image::Lines& lines() { return lines_; }
  /// As a file would have it, with its checksum.
  [[nodiscard]] std::vector<image::Line> copy() const {
    std::vector<image::Line> lines = memory_;
    auto& header = *reinterpret_cast<image::Header*>(lines.data());
    header.checksum = 0;
    header.checksum = image::checksum(lines);
    return lines;
  }

 private:
  static std::span<image::Line> laid_out(const std::vector<image::Line>& image, const image::Room& room,
                                         std::vector<image::Line>& memory) {
    image::Lines::lay_out(image::View(image), room, memory);
    return memory;
  }
  std::vector<image::Line> memory_;
  image::Lines lines_;
  image::Patcher patcher_;
};

}  // namespace ptrd::test
