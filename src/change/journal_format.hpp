// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/wire/bytes.hpp"

// The journal's file: a header, then entries, each with the changesets of one request. What is written by
// one sync is a group; a group is written after the one before it is on disk. So an invalid entry with a
// later group behind it was damaged, and one without is what a crash left of the last write. Hashes are
// keyed with a number that each journal chooses, so that no data inside an entry, and nothing that an
// earlier file left on the disk, passes for an entry. Numbers are in host order, as in images.
namespace ptrd::change {

struct JournalHeader {
  std::array<char, 8> magic;
  uint32_t version;
  uint32_t zero;
  uint64_t image_checksum;  // image::Header::checksum of the image that the first entry changes
  uint64_t first;           // number of the first entry
  uint64_t seed;            // of all hashes below, and of the entries'
  uint64_t next_image;      // checksum of an image that is about to take that one's place; 0: none
  uint64_t next_offset;     // where the entries begin that the next image lacks
  uint64_t hash;            // XXH3-64 of what is above, without a seed
};
static_assert(sizeof(JournalHeader) == 64);
inline constexpr std::array<char, 8> kJournalMagic = {'p', 't', 'r', 'd', 'j', 'r', 'n', 'l'};
inline constexpr uint32_t kJournalVersion = 1;

struct EntryHead {
  uint32_t magic;
  uint32_t size;          // of the payload, bytes; zeros follow it up to a multiple of 8
  uint64_t number;        // one more than that of the entry before
  uint64_t group;         // number of the first entry of the same write
  uint64_t payload_hash;  // XXH3-64 of the payload with the zeros
  uint64_t hash;          // XXH3-64 of what is above
};
static_assert(sizeof(EntryHead) == 40);
inline constexpr uint32_t kEntryMagic = 0x4E45'4A50;
/// More than a request may have, as its changesets may have become longer.
inline constexpr size_t kMaxPayload = size_t{128} << 20;

/// What JournalHeader::hash has to be.
[[nodiscard]] uint64_t hash_of(const JournalHeader& header);
/// A header for an image, complete with its hash.
[[nodiscard]] JournalHeader make_journal_header(uint64_t image_checksum, uint64_t first, uint64_t seed);
/// Appends an entry to `out`, whose size is a multiple of 8.
void append_entry(std::vector<uint8_t>& out, wire::Bytes payload, uint64_t number, uint64_t group,
                  uint64_t seed);

/// What a journal's file holds.
struct JournalContents {
  JournalHeader header{};
  uint64_t size = 0;              // bytes up to the end of the last whole entry
  uint64_t next = 0;              // number of the next entry
  uint64_t next_image_first = 0;  // number of the entry at header.next_offset; 0: there is no such place
  uint64_t tail = 0;              // bytes behind `size`, of a write that did not end
};

/// Called with each whole entry in order: its number, its payload. Error: ends the reading.
using EntryVisitor = std::function<tl::expected<void, std::string>(uint64_t number, wire::Bytes payload)>;

/// Reads a journal of `file_size` bytes from an open file; one entry is in memory at a time. Error: a
/// sentence fragment that says what is wrong: not a journal, damaged, unreadable; or the visitor's.
[[nodiscard]] tl::expected<JournalContents, std::string> read_journal(int file, uint64_t file_size,
                                                                      const EntryVisitor& visit);

}  // namespace ptrd::change
