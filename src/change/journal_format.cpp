// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/journal_format.hpp"

#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace ptrd::change {

namespace {

using Failure = tl::unexpected<std::string>;

constexpr size_t kAlignment = 8;

constexpr uint64_t padded(uint64_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

uint64_t hash_of(const EntryHead& head, uint64_t seed) {
  return XXH3_64bits_withSeed(&head, offsetof(EntryHead, hash), seed);
}

/// Fills `out` from the file. Error: why not.
tl::expected<void, std::string> read_at(int file, uint64_t offset, std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t size = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failure(std::string("cannot read: ") + std::strerror(errno));
    if (size == 0) return Failure("it became shorter while it was read");
    out = out.subspan(static_cast<size_t>(size));
    offset += static_cast<uint64_t>(size);
  }
  return {};
}

/// Reads entries one after another.
class EntryReader {
 public:
  EntryReader(int file, uint64_t file_size, const JournalHeader& header)
      : file_(file), file_size_(file_size), seed_(header.seed) {}

  /// The payload of the entry `number` at `offset`; null: there is none, or not a whole one.
  tl::expected<const std::vector<uint8_t>*, std::string> entry(uint64_t offset, uint64_t number) {
    const uint64_t left = file_size_ - offset;
    if (left < sizeof(EntryHead)) return nullptr;
    EntryHead head{};
    if (const auto ok = read_at(file_, offset, {reinterpret_cast<uint8_t*>(&head), sizeof head}); !ok)
      return Failure(ok.error());
    if (!is_valid(head) || head.number != number || head.group > number || head.size > kMaxPayload ||
        padded(head.size) > left - sizeof head)
      return nullptr;
    payload_.resize(padded(head.size));
    if (const auto ok = read_at(file_, offset + sizeof head, payload_); !ok) return Failure(ok.error());
    if (XXH3_64bits_withSeed(payload_.data(), payload_.size(), seed_) != head.payload_hash) return nullptr;
    payload_.resize(head.size);
    return &payload_;
  }

  /// Whether there is a head behind `offset` of a group that was begun after the entry `number` was on disk.
  tl::expected<bool, std::string> has_later_group(uint64_t offset, uint64_t number) {
    constexpr size_t kChunk = 1 << 20;
    std::vector<uint8_t> chunk;
    for (uint64_t at = offset; at + sizeof(EntryHead) <= file_size_; at += kChunk) {
      // A head that begins in the chunk is read whole.
      chunk.resize(std::min<uint64_t>(kChunk + sizeof(EntryHead) - kAlignment, file_size_ - at));
      if (const auto ok = read_at(file_, at, chunk); !ok) return Failure(ok.error());
      for (size_t i = 0; i + sizeof(EntryHead) <= chunk.size(); i += kAlignment) {
        if (wire::load_raw<uint32_t>(&chunk[i]) != kEntryMagic) continue;
        const auto head = wire::load_raw<EntryHead>(&chunk[i]);
        if (is_valid(head) && head.group > number) return true;
      }
    }
    return false;
  }

 private:
  [[nodiscard]] bool is_valid(const EntryHead& head) const {
    return head.magic == kEntryMagic && head.hash == hash_of(head, seed_);
  }

  int file_;
  uint64_t file_size_;
  uint64_t seed_;
  std::vector<uint8_t> payload_;
};

}  // namespace

uint64_t hash_of(const JournalHeader& header) {
  return XXH3_64bits(&header, offsetof(JournalHeader, hash));
}

JournalHeader make_journal_header(uint64_t image_checksum, uint64_t first, uint64_t seed) {
  JournalHeader header{kJournalMagic, kJournalVersion, 0, image_checksum, first, seed, 0, 0, 0};
  header.hash = hash_of(header);
  return header;
}

void append_entry(std::vector<uint8_t>& out, wire::Bytes payload, uint64_t number, uint64_t group,
                  uint64_t seed) {
  const size_t at = out.size();
  out.resize(at + sizeof(EntryHead) + padded(payload.size()));
  uint8_t* const to = out.data() + at + sizeof(EntryHead);
  std::copy(payload.begin(), payload.end(), to);
  EntryHead head{kEntryMagic, static_cast<uint32_t>(payload.size()), number, group, 0, 0};
  head.payload_hash = XXH3_64bits_withSeed(to, padded(payload.size()), seed);
  head.hash = hash_of(head, seed);
  wire::store_raw(out.data() + at, head);
}

tl::expected<JournalContents, std::string> read_journal(int file, uint64_t file_size,
                                                        const EntryVisitor& visit) {
  JournalContents contents;
  JournalHeader& header = contents.header;
  if (file_size < sizeof header) return Failure("not a journal of ptrd");
  if (const auto ok = read_at(file, 0, {reinterpret_cast<uint8_t*>(&header), sizeof header}); !ok)
    return Failure(ok.error());
  if (header.magic != kJournalMagic) return Failure("not a journal of ptrd");
  if (header.version != kJournalVersion)
    return Failure("a journal of version " + std::to_string(header.version) + "; this ptrd has version " +
                   std::to_string(kJournalVersion));
  if (header.hash != hash_of(header)) return Failure("its header is damaged");
  EntryReader reader(file, file_size, header);
  contents.size = sizeof header;
  contents.next = header.first;
  for (;;) {
    if (contents.size == header.next_offset) contents.next_image_first = contents.next;
    const auto payload = reader.entry(contents.size, contents.next);
    if (!payload) return Failure(payload.error());
    if (*payload == nullptr) break;
    if (const auto ok = visit(contents.next, **payload); !ok) return Failure(ok.error());
    contents.size += sizeof(EntryHead) + padded((*payload)->size());
    ++contents.next;
  }
  const auto damaged = reader.has_later_group(contents.size, contents.next);
  if (!damaged) return Failure(damaged.error());
  if (*damaged)
    return Failure("damaged at byte " + std::to_string(contents.size) + ", entry " +
                   std::to_string(contents.next - header.first + 1) + ", with later entries behind it");
  contents.tail = file_size - contents.size;
  return contents;
}

}  // namespace ptrd::change
