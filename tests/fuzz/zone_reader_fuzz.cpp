// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// Arbitrary bytes as a master file: the reader must end, stay within bounds and give only whole names and
// sane findings. What it gives reads back from its text, and is the same when a record that the scanner takes
// is rewritten all the same.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/read/reader.hpp"
#include "zone/read/rewrite.hpp"
#include "zone/read/words.hpp"
#include "zone/text.hpp"

using namespace ptrd;

namespace {

/// A record that outlives its callback.
struct Kept {
  wire::Name owner;
  uint16_t type;
  uint32_t ttl;
  std::vector<uint8_t> rdata;
  bool operator==(const Kept&) const = default;
};

constexpr size_t kKept = 2;  // the first records of an input; more would make each run long

zone::ReadOptions options() {
  zone::ReadOptions out;
  out.max_generated = 300;
  out.max_include_depth = 0;  // refuses every $INCLUDE before a file is opened
  if (const auto origin = wire::Name::from_text("2.0.192.in-addr.arpa.")) out.origin = *origin;
  return out;
}

void keep(const zone::Record& record, std::vector<Kept>& records) {
  if (records.size() == kKept) return;
  const auto owner = wire::Name::from_wire(record.owner);
  if (!owner) abort();
  records.push_back({*owner, record.type, record.ttl, {record.rdata.begin(), record.rdata.end()}});
}

/// The records of a text without an error; none if it has one.
std::vector<Kept> read(std::string_view text) {
  std::vector<Kept> records;
  std::vector<zone::Finding> findings;
  const bool good = zone::read_zone_text(
      text, "fuzz", "/nonexistent", options(), [&](const zone::Record& record) { keep(record, records); },
      findings);
  return good ? records : std::vector<Kept>();
}

/// Gives the first records.
std::vector<Kept> check_all(std::string_view text) {
  std::vector<Kept> records;
  zone::ReadOptions all = options();
  uint64_t last_line = 1;
  all.range_sink = [&](const zone::DeclaredRange& range) {
    if (range.line < last_line || range.ttl > INT32_MAX) abort();
    last_line = range.line;
    if (zone::pattern_fault(range.range.pattern, range.range.prefix)) abort();
  };
  std::vector<zone::Finding> findings;
  const bool good = zone::read_zone_text(
      text, "fuzz", "/nonexistent", all,
      [&](const zone::Record& record) {
        if (!wire::is_plain_name(record.owner)) abort();
        keep(record, records);
        if (record.line < last_line || record.rclass != 1 || record.ttl > INT32_MAX) abort();
        last_line = record.line;
      },
      findings);
  size_t errors = 0;
  for (const auto& finding : findings) {
    if (finding.severity == zone::Severity::error) ++errors;
    (void)finding.to_text();
  }
  if (good != (errors == 0)) abort();
  return records;
}

/// Whatever the data are, their text says them all.
void check_text(const Kept& record) {
  const std::string line = zone::record_to_text(record.owner, record.type, record.ttl, record.rdata) + '\n';
  if (read(line) != std::vector<Kept>{record}) abort();
}

/// A record that needs no other form means the same in one. Left out are a byte order mark, escapes by
/// number, which the scanner takes above 255, and the escaped newline.
void check_rewriting(std::string_view text) {
  const auto size = zone::record_size(text);
  if (!size || *size == 0 || text[0] == '$' || text[0] == '\xEF' || text.find_first_of("\r\\") < *size)
    return;
  const std::string_view record = text.substr(0, *size);
  const auto before = read(std::string(record) + '\n');
  if (before.size() != 1) return;
  const auto rewritten = zone::rewrite_record(record, options().origin);
  if (!rewritten || read(rewritten->text) != before) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Kept& record : check_all(text)) check_text(record);
  check_rewriting(text);
  return 0;
}
