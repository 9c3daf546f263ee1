// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary requests of changes, and damaged journals. By the first byte:
//
// 0: the rest is a request. What is accepted has what was promised, and encodes to the same bytes again.
// 1: the rest describes a journal and edits of its bytes. Reading it gives entries of the original in their
//    order, or an error; if it is only cut off, all that are whole, and no error.
// 2: the same, with the heads' hashes made correct after the edits: reading stays within the file.
// 3: as 0, for one changeset whose head is made right: mark, size, number of records.
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "change/changeset.hpp"
#include "change/journal_format.hpp"
#include "ptrd/wire/rdata.hpp"

using namespace ptrd;
using namespace ptrd::change;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void use(const Changeset& changeset) {
  const wire::Name apex = changeset.apex();
  Builder again(apex, changeset.from(), changeset.rule());
  uint32_t count = 0;
  for (const Record& record : changeset) {
    const auto owner = wire::Name::from_wire(record.owner);
    require(owner && owner->size() == record.owner.size() && owner->is_below_or_at(apex));
    const bool data = record.op == Op::add || record.op == Op::remove_record;
    if (data) require(wire::rdata_is_well_formed(record.type, record.rdata));
    if (!data) require(record.rdata.empty());
    if (record.is(wire::Type::soa)) require(record.op == Op::add && *owner == apex);
    if (record.is(wire::Type::a) && data) require(record.rdata.size() == 4);
    if (record.is(wire::Type::any)) require(record.op == Op::remove_name);
    if (record.op == Op::add) require(record.ttl <= 0x7FFF'FFFF);
    again.put(record);
    ++count;
  }
  require(count == changeset.size());
  const std::string bytes = again.finish();
  const wire::Bytes is = changeset.bytes();
  require(bytes.size() == is.size());
  // Without a demanded serial the four bytes mean nothing.
  require(std::equal(is.begin(), is.begin() + 12, reinterpret_cast<const uint8_t*>(bytes.data())));
  require(std::equal(is.begin() + 16, is.end(), reinterpret_cast<const uint8_t*>(bytes.data()) + 16));
  require(is_after(next_serial(count, changeset.rule(), count), count));
}

void read_request(wire::Bytes data) {
  // Exactly the stated size, so that the sanitizer sees an out-of-bounds access.
  const auto copy = std::make_unique<uint8_t[]>(data.size() + 1);
  std::copy(data.begin(), data.end(), copy.get());
  const auto batch = decode_batch({copy.get(), data.size()});
  if (!batch) return;
  size_t size = 0;
  for (const Changeset& changeset : *batch) {
    use(changeset);
    size += changeset.bytes().size();
  }
  require(size == data.size());
}

/// The number of records at the start of `bytes`.
uint32_t count_records(wire::Bytes bytes) {
  uint32_t count = 0;
  for (; !bytes.empty(); ++count) {
    const auto owner = wire::plain_name_size(bytes, 0);
    if (!owner || bytes.size() - *owner < 10) break;
    const size_t size = *owner + 10U + wire::load16(&bytes[*owner + 8]);
    if (size > bytes.size()) break;
    bytes = bytes.subspan(size);
  }
  return count;
}

void read_records(wire::Bytes data) {
  if (data.size() < kHeadSize) return;
  std::vector<uint8_t> changeset(data.begin(), data.end());
  wire::store32(&changeset[0], kMagic);
  wire::store32(&changeset[4], static_cast<uint32_t>(changeset.size()));
  changeset[16] &= 1;
  changeset[17] %= kSerialRules;
  wire::store16(&changeset[18], 0);
  const auto apex = wire::plain_name_size(changeset, kHeadSize);
  if (apex) wire::store32(&changeset[8], count_records(wire::Bytes(changeset).subspan(kHeadSize + *apex)));
  read_request(changeset);
}

constexpr uint64_t kSeed = 0x0123'4567'89AB'CDEF;

/// Makes the hashes of the header and of everything that looks like an entry's head correct.
void correct(std::vector<uint8_t>& file) {
  if (file.size() >= sizeof(JournalHeader)) {
    auto header = wire::load_raw<JournalHeader>(file.data());
    header.seed = kSeed;
    header.hash = hash_of(header);
    wire::store_raw(file.data(), header);
  }
  for (size_t at = sizeof(JournalHeader); at + sizeof(EntryHead) <= file.size(); at += 8) {
    auto head = wire::load_raw<EntryHead>(&file[at]);
    if (head.magic != kEntryMagic) continue;
    const size_t size = (uint64_t{head.size} + 7) / 8 * 8;
    const size_t left = file.size() - at - sizeof head;
    if (size <= left) head.payload_hash = XXH3_64bits_withSeed(file.data() + at + sizeof head, size, kSeed);
    head.hash = XXH3_64bits_withSeed(&head, offsetof(EntryHead, hash), kSeed);
    wire::store_raw(&file[at], head);
  }
}

void read_damaged(wire::Bytes data, bool corrected) {
  wire::Cursor input(data);
  // Entries, in groups: of each its size, and whether a group begins.
  std::vector<uint8_t> file(sizeof(JournalHeader));
  wire::store_raw(file.data(), make_journal_header(1, 1, kSeed));
  std::vector<std::string> payloads;
  std::vector<size_t> ends = {file.size()};
  uint64_t group = 1;
  for (unsigned left = input.u8() % 8; left > 0; --left) {
    const uint8_t entry = input.u8();
    if ((entry & 0x80) != 0) group = payloads.size() + 1;
    payloads.emplace_back(entry & 0x7F, static_cast<char>('a' + payloads.size()));
    append_entry(file, {reinterpret_cast<const uint8_t*>(payloads.back().data()), payloads.back().size()},
                 payloads.size(), group, kSeed);
    ends.push_back(file.size());
  }
  // The end of the file, then edits.
  file.resize(file.size() - std::min<size_t>(input.u16() % 1024, file.size()));
  bool edited = false;
  while (input.left() >= 6) {
    const size_t at = input.u16();
    const uint32_t value = input.u32();
    if (file.size() < 4) break;
    edited = true;
    wire::store_raw(&file[at % (file.size() - 3)], value);
  }
  if (corrected) correct(file);
  static const int memory = ::memfd_create("journal", MFD_CLOEXEC);
  require(::ftruncate(memory, 0) == 0);
  require(::pwrite(memory, file.data(), file.size(), 0) == static_cast<ssize_t>(file.size()));
  size_t entries = 0;
  const auto contents = read_journal(
      memory, file.size(), [&](uint64_t, wire::Bytes payload) -> tl::expected<void, std::string> {
        require(payload.size() <= file.size());
        if (!corrected) require(entries < payloads.size() && wire::as_text(payload) == payloads[entries]);
        ++entries;
        return {};
      });
  if (!contents) {
    require(contents.error().find("shorter") == std::string::npos);
    if (!edited) require(file.size() < sizeof(JournalHeader));
    return;
  }
  require(contents->size + contents->tail == file.size());
  require(contents->next == contents->header.first + entries);
  if (edited) return;
  const auto whole =
      static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), file.size()) - ends.begin());
  require(entries + 1 == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 65536) return 0;
  const wire::Bytes rest(data + 1, size - 1);
  if (data[0] % 4 == 0) read_request(rest);
  if (data[0] % 4 == 1) read_damaged(rest, false);
  if (data[0] % 4 == 2) read_damaged(rest, true);
  if (data[0] % 4 == 3) read_records(rest);
  return 0;
}
