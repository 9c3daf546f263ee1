// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/nsec3.hpp"

#include <atomic>
#include <cstring>

#include "image/parts.hpp"
#include "ptrd/image/nsec3.hpp"

namespace ptrd::image {

namespace {

constexpr const char* kNsec3 = "NSEC3 records";

/// Checks the buckets of a zone, each by itself and the join to the next one: then all of them are in order.
class BucketCheck {
 public:
  BucketCheck(SharedChecks& common, uint8_t bits, std::span<const uint32_t> directory)
      : common_(common), bits_(bits), directory_(directory) {}

  /// Returns the number of records.
  [[nodiscard]] uint64_t check(uint32_t number) const {
    const uint32_t first = directory_[number];
    uint32_t last = common_.view.at<Nsec3Bucket>(first, kNsec3).before;
    const uint8_t* last_hash = nullptr;
    uint64_t count = 0;
    uint32_t lines = 0;
    for (uint32_t line = first; line != 0;) {
      const auto& bucket = common_.view.at<Nsec3Bucket>(line, kNsec3);
      claim_line(line);
      expect(++lines <= kMaxNsec3Lines && (lines == 1 || bucket.before == 0), kNsec3, line);
      bool free = false;
      for (const auto& entry : bucket.entry) {
        free = free || entry.record == 0;
        if (free) {
          expect(entry.record == 0, "a gap in NSEC3 records", line);
          continue;
        }
        const uint8_t* const hash = common_.data.check_nsec3_record(entry.record).hash;
        expect(entry.prefix == nsec3_prefix(hash) && nsec3_bucket_of(entry.prefix, bits_) == number,
               "the place of an NSEC3 record", line);
        expect(last_hash == nullptr || std::memcmp(last_hash, hash, sizeof(Nsec3Hash)) < 0,
               "the order of NSEC3 records", line);
        last_hash = hash;
        last = entry.record;
        ++count;
      }
      expect(bucket.next == 0 || !free, "a gap in NSEC3 records", line);
      line = bucket.next;
    }
    const uint32_t next = directory_[(number + 1) % directory_.size()];
    expect(common_.view.at<Nsec3Bucket>(next, kNsec3).before == last, "the NSEC3 record before others", next);
    return count;
  }

 private:
  void claim_line(uint32_t line) const {
    expect(common_.claims.claim(line, 1) == line + 1U, "a line referenced twice", line);
  }

  SharedChecks& common_;
  uint8_t bits_;
  std::span<const uint32_t> directory_;
};

void claim(SharedChecks& common, uint64_t line, uint64_t size) {
  const uint64_t count = (size + kLineSize - 1) / kLineSize;
  expect(common.view.has(line, count), kNsec3, line);
  const uint64_t first_taken = common.claims.claim(line, count);
  expect(first_taken == line + count, "a line referenced twice", first_taken);
}

}  // namespace

void check_nsec3(SharedChecks& common, const Zone& zone, uint32_t line, const Executor& run) {
  const auto& all = common.view.at<Nsec3Zone>(zone.nsec3, kNsec3);
  claim(common, zone.nsec3, offsetof(Nsec3Zone, salt) + all.salt_size);
  expect(all.bits <= kMaxNsec3Bits && all.count > 0, kNsec3, zone.nsec3);
  expect(zone.name_size + 1U + sizeof(Nsec3Label) <= wire::kMaxName, "the size of an NSEC3 record's owner",
         line);
  const uint64_t size = (uint64_t{1} << all.bits) * sizeof(uint32_t);
  claim(common, all.directory, size);
  const auto* const directory =
      reinterpret_cast<const uint32_t*>(common.view.bytes_in(all.directory, 0, size, kNsec3).data());
  const std::span<const uint32_t> buckets(directory, nsec3_buckets(all));
  const BucketCheck check(common, all.bits, buckets);
  std::atomic<uint64_t> count = 0;
  run_parts<const uint32_t>(buckets, run, [&](size_t, std::span<const uint32_t> own) {
    uint64_t found = 0;
    for (const uint32_t& bucket : own) found += check.check(static_cast<uint32_t>(&bucket - directory));
    count += found;
  });
  expect(count == all.count, "the number of NSEC3 records", zone.nsec3);
}

}  // namespace ptrd::image
