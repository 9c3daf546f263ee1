// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The NSEC3 records of a zone, by the first bits of their hashes.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "image/build/writer.hpp"
#include "ptrd/image/nsec3.hpp"

namespace ptrd::image {

namespace {

using Links = std::span<const Nsec3Chain::Link>;

constexpr size_t kMaxInBucket = Nsec3Bucket::kEntries * kMaxNsec3Lines;

/// The leading links of the bucket with this number.
size_t in_bucket(Links links, uint32_t number, uint8_t bits) {
  const auto end = std::find_if(links.begin(), links.end(), [&](const Nsec3Chain::Link& link) {
    return nsec3_bucket_of(nsec3_prefix(link.hash.data()), bits) != number;
  });
  return static_cast<size_t>(end - links.begin());
}

bool all_fit(Links links, uint8_t bits) {
  while (!links.empty()) {
    const uint32_t number = nsec3_bucket_of(nsec3_prefix(links.front().hash.data()), bits);
    const size_t count = in_bucket(links, number, bits);
    if (count > kMaxInBucket) return false;
    links = links.subspan(count);
  }
  return true;
}

/// As few as leave at most five records in a bucket on average, so that most are one line; more while one
/// does not fit, which hashes of names do not need.
uint8_t bits_for(Links links, const wire::Name& zone) {
  constexpr size_t kAverage = 5;
  constexpr unsigned kMore = 8;
  unsigned bits = 0;
  while (links.size() > kAverage << bits) ++bits;
  const unsigned most = std::min<unsigned>(bits + kMore, kMaxNsec3Bits);
  for (; bits <= most; ++bits) {
    if (all_fit(links, static_cast<uint8_t>(bits))) return static_cast<uint8_t>(bits);
  }
  throw std::length_error("more than " + std::to_string(kMaxInBucket) + " NSEC3 records of zone " +
                          zone.to_text() + " have hashes that begin alike");
}

}  // namespace

uint32_t Writer::write_nsec3_record(const Nsec3Chain::Link& link) {
  Nsec3Record record{};
  std::copy(link.hash.begin(), link.hash.end(), record.hash);
  const uint32_t where = alloc_units(sizeof record + stored_size(link.sets));
  std::memcpy(unit(where), &record, sizeof record);
  store_sets(unit(where) + sizeof record, link.sets);
  return where;
}

/// The bucket of `links`, whose records are at the units `records`.
uint32_t Writer::write_nsec3_bucket(Links links, std::span<const uint32_t> records, uint32_t before) {
  const uint32_t first = alloc_line();
  at<Nsec3Bucket>(first).before = before;
  uint32_t line = first;
  for (size_t i = 0; i < links.size(); ++i) {
    const size_t slot = i % Nsec3Bucket::kEntries;
    if (i > 0 && slot == 0) {
      const uint32_t next = alloc_line();
      at<Nsec3Bucket>(line).next = next;
      line = next;
    }
    at<Nsec3Bucket>(line).entry[slot] = {nsec3_prefix(links[i].hash.data()), records[i]};
  }
  return first;
}

uint32_t Writer::write_nsec3(const ZoneInput& zone) {
  const Nsec3Chain& chain = zone.signing.chain;
  std::vector<uint32_t> records;
  for (const auto& link : chain.links) records.push_back(write_nsec3_record(link));
  const uint8_t bits = bits_for(chain.links, zone.apex);
  const size_t buckets = size_t{1} << bits;
  const uint32_t directory = alloc_lines((buckets + kNsec3DirectoryEntries - 1) / kNsec3DirectoryEntries);
  Links left = chain.links;
  for (uint32_t number = 0; number < buckets; ++number) {
    const size_t done = chain.links.size() - left.size();
    const size_t count = in_bucket(left, number, bits);
    const uint32_t before = done == 0 ? records.back() : records[done - 1];
    const uint32_t line =
        write_nsec3_bucket(left.first(count), std::span(records).subspan(done, count), before);
    std::memcpy(reinterpret_cast<uint8_t*>(&lines_[directory]) + number * sizeof line, &line, sizeof line);
    left = left.subspan(count);
  }
  const size_t size = offsetof(Nsec3Zone, salt) + chain.salt.size();
  const uint32_t line = alloc_lines((size + kLineSize - 1) / kLineSize);
  at<Nsec3Zone>(line) = {.directory = directory,
                         .count = static_cast<uint32_t>(chain.links.size()),
                         .iterations = chain.iterations,
                         .bits = bits,
                         .salt_size = static_cast<uint8_t>(chain.salt.size())};
  std::copy(chain.salt.begin(), chain.salt.end(), lines_[line].bytes + offsetof(Nsec3Zone, salt));
  return line;
}

}  // namespace ptrd::image
