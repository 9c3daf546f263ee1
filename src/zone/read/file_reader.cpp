// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/file_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "zone/master_text.hpp"
#include "zone/read/scan_error.hpp"
#include "zone/read/unicode.hpp"

namespace ptrd::zone {
namespace {

constexpr uint32_t kMaxTtl = INT32_MAX;      // RFC 2181 8
constexpr ptrdiff_t kPublishEach = 1 << 17;  // bytes

/// The next `;@range` at the start of a line; null if there is none. `text` starts at the start or end of a
/// line, and `start` is the start of its file's text.
const char* find_range_directive(std::string_view text, const char* start) {
  for (size_t at = 0; (at = text.find(kRangeDirective, at)) != std::string_view::npos; ++at) {
    const char* found = text.data() + at;
    const size_t behind = at + kRangeDirective.size();
    const bool whole = behind == text.size() || is_blank(text[behind]) || text[behind] == '\n';
    if (whole && (found == start || found[-1] == '\n')) return found;
  }
  return nullptr;
}

}  // namespace

void ReadRun::add_error(std::string file, uint64_t line, std::string text, size_t column) {
  if (full()) return;
  ++errors_;
  findings_.push_back({file, line, Severity::error, std::move(text), column});
  if (full()) {
    findings_.push_back({std::move(file), line, Severity::error,
                         fmt::format("stopped reading here, after {} errors", errors_)});
  }
}

void ReadRun::add_warning(std::string file, uint64_t line, std::string text) {
  if (warnings_++ >= options.max_findings) return;
  findings_.push_back({std::move(file), line, Severity::warning, std::move(text)});
}

Scanner& ReadRun::side_scanner(std::string_view text, wire::Bytes origin, uint32_t default_ttl) {
  if (!side_) side_ = std::make_unique<Scanner>(default_ttl);
  Scanner& side = *side_;
  side.restart(text);
  side.set_origin(origin);
  side.set_owner({});
  side->default_ttl = default_ttl;
  return side;
}

FileReader::FileReader(ReadRun& run, std::string_view text, std::string name, std::string base,
                       const Inherited& inherited)
    : run_(run),
      text_(with_unix_lines(text.data() == nullptr ? std::string_view("") : text, unix_text_)),
      name_(std::move(name)),
      base_(run.options.include_base.empty() ? std::move(base) : run.options.include_base),
      quoted_(inherited.quoted),
      scanner_(inherited.default_ttl),
      end_(text_.data() + text_.size()),
      seen_(text_.data()),
      previous_(seen_),
      published_(seen_),
      origin_(inherited.origin.begin(), inherited.origin.end()) {
  scanner_.set_origin(inherited.origin);
  scanner_.set_owner(inherited.owner);
}

/// The scanner gets the text from one `;@range` to the next, so that it stops before each, with the origin
/// and TTL in force there.
void FileReader::read() {
  if (!scanner_.ok()) return fail("not enough memory");
  if (const auto fault = utf16_fault(text_)) return fail_at(0, *fault);
  if (skip_byte_order_mark(text_)) {
    previous_ = seen_ = published_ = text_.data();
    run_.add_warning(name_, line_,
                     "the byte order mark at the start is skipped; BIND, Knot and NSD refuse it");
  }
  const char* const end = text_.data() + text_.size();
  for (const char* at = text_.data(); at != nullptr;) {
    const std::string_view rest(at, static_cast<size_t>(end - at));
    const char* directive = run_.options.range_sink ? find_range_directive(rest, text_.data()) : nullptr;
    scanner_.set_input(rest.substr(0, static_cast<size_t>((directive == nullptr ? end : directive) - at)));
    if (!read_up_to(directive == nullptr ? end : directive)) break;
    at = directive == nullptr ? nullptr : on_range(directive);
  }
  seen_ = end;  // the newline at the end
  publish_progress();
}

/// Adds what was read since the last call to the run's count.
void FileReader::publish_progress() {
  if (run_.options.bytes_read != nullptr)
    run_.options.bytes_read->fetch_add(static_cast<uint64_t>(seen_ - published_), std::memory_order_relaxed);
  published_ = seen_;
}

/// False if the file cannot be read any further.
bool FileReader::read_up_to(const char* end) {
  end_ = end;
  while (!run_.full() && scanner_.step()) {
    advance();
    if (seen_ - published_ >= kPublishEach) publish_progress();
    if (scanner_->state == ZS_STATE_DATA) {
      on_record();
    } else if (scanner_->state == ZS_STATE_INCLUDE) {
      on_include(scanner_);
    } else if (!on_error()) {
      return false;
    }
    // A directive takes a line, so in the usual case of one record per line the origin need not be checked.
    if (origin_may_differ_ && !std::ranges::equal(origin_, scanner_.origin())) {
      // An invalid $ORIGIN of any form may leave a part of itself behind.
      if (!wire::is_plain_name(scanner_.origin())) scanner_.set_origin(origin_);
      origin_.assign(scanner_.origin().begin(), scanner_.origin().end());
    }
  }
  return !run_.full();
}

void FileReader::on_record() {
  if (may_hold_parentheses(*scanner_)) {
    if (const auto [rest, size] = current_record(); size) return on_refused(rest.substr(0, *size));
  }
  if (scanner_->multiline && !is_whole()) return;
  if (has_padded_hash(*scanner_, {previous_, static_cast<size_t>(seen_ - previous_)}))
    fail(kPaddedHash);
  else
    deliver(*scanner_);
}

/// `directive` is the start of the directive. Returns the end of its line.
const char* FileReader::on_range(const char* directive) {
  advance_to(directive);
  const std::string_view rest(directive, static_cast<size_t>(text_.data() + text_.size() - directive));
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const auto origin = wire::Name::from_wire(scanner_.origin());
  const auto range = parse_range_directive(line, origin.value_or(wire::Name()));
  if (range) {
    const uint32_t ttl = range->ttl ? *range->ttl : ttl_of(scanner_->default_ttl);
    run_.options.range_sink({*range, ttl, name_, line_});
  } else {
    fail(range.error().text, range.error().column);
  }
  previous_ = seen_ = line.data() + line.size();
  if (origin) origin_.assign(scanner_.origin().begin(), scanner_.origin().end());
  return seen_;
}

/// Advances `seen_` to the scanner's position. The scanner's own line counter misses newlines in quotes.
void FileReader::advance() {
  // The scanner is at the newline, or in a private block if the last line has none.
  advance_to(scanner_->input.eof ? end_ : scanner_->input.current);
}

void FileReader::advance_to(const char* to) {
  const bool first = seen_ == text_.data();
  previous_ = seen_;
  seen_ = to;
  const char* at = previous_;
  uint64_t newlines = 0;
  if (at < seen_ && *at == '\n') ++at, ++newlines;  // the usual case; saves a call
  while (at < seen_) {
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(seen_ - at)));
    if (at == nullptr) break;
    ++at, ++newlines;
  }
  line_ += newlines;
  origin_may_differ_ = newlines > 1 || first;
}

wire::Name FileReader::current_origin() const {
  return wire::Name::from_wire(scanner_.origin()).value_or(wire::Name());
}

void FileReader::fail_at(uint64_t line, std::string text, size_t column) {
  if (!quoted_) {
    text = "an error in a file outside the zone file's directory; its contents are not shown";
    column = 0;
  }
  run_.add_error(name_, line, std::move(text), column);
}

void FileReader::deliver(const zs_scanner_t& scanner) {
  const uint32_t ttl = ttl_of(scanner.r_ttl);
  if (scanner.default_ttl == kNoTtl) run_.last_ttl = ttl;  // RFC 1035 5.1; until a $TTL (RFC 2308 4)
  run_.sink({.owner = {scanner.r_owner, scanner.r_owner_length},
             .type = scanner.r_type,
             .rclass = scanner.r_class,
             .ttl = ttl,
             .rdata = {scanner.r_data, scanner.r_data_length},
             .file = name_,
             .line = line_});
}

/// The TTL that `scanned`, the scanner's, means.
uint32_t FileReader::ttl_of(uint32_t scanned) {
  if (scanned == kNoTtl) return run_.last_ttl;
  return scanned > kMaxTtl ? without_sign_bit(scanned) : scanned;
}

/// RFC 2181 8: a TTL with the highest bit is taken as 0. One warning for a record, a $GENERATE, and a $TTL.
uint32_t FileReader::without_sign_bit(uint32_t ttl) {
  if (ttl == scanner_->default_ttl) scanner_->default_ttl = 0;
  if (std::exchange(odd_ttl_line_, line_) != line_) {
    run_.add_warning(name_, line_,
                     fmt::format("TTL {} is above {}; it is taken as 0 (RFC 2181 8)", ttl, kMaxTtl));
  }
  return 0;
}

}  // namespace ptrd::zone
