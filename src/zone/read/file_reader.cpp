// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/file_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "zone/master_text.hpp"
#include "zone/read/scan_error.hpp"

namespace ptrd::zone {
namespace {

constexpr uint32_t kMaxTtl = INT32_MAX;  // RFC 2181 8
// Generated lines are passed to the scanner in blocks that stay in the L2 cache.
constexpr uint64_t kBlockLines = 1024;
constexpr ptrdiff_t kPublishEach = 1 << 17;  // bytes

constexpr std::string_view kOriginDirective = "$ORIGIN";
constexpr std::string_view kGenerateDirective = "$GENERATE";

std::string_view line_that_ends_at(const char* end, std::string_view text) {
  const auto before = text.substr(0, static_cast<size_t>(end - text.data()));
  const size_t newline = before.rfind('\n');
  return newline == std::string_view::npos ? before : before.substr(newline + 1);
}

/// The start of the last line of `text` that begins with `$`; the start of `text` if there is none.
size_t find_last_directive(std::string_view text) {
  const size_t newline = text.rfind("\n$");
  return newline == std::string_view::npos ? 0 : newline + 1;
}

bool is_blank_line(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == ';';
}

/// The first opening parenthesis in `text`, outside comments and quotes; the end of `text` if there is none.
size_t find_open_parenthesis(std::string_view text) {
  bool quoted = false;
  bool comment = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') comment = quoted = false;
    if (comment) continue;
    if (c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (c == ';' && !quoted) comment = true;
    if (c == '(' && !quoted) return i;
  }
  return text.size();
}

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

Scanner& ReadRun::side_scanner(wire::Bytes origin, uint32_t default_ttl) {
  if (!side_) side_ = std::make_unique<Scanner>(default_ttl);
  Scanner& side = *side_;
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
      (void)deliver(*scanner_);
    } else if (scanner_->state == ZS_STATE_INCLUDE) {
      on_include();
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

/// `directive` is the start of the directive. Returns the end of its line.
const char* FileReader::on_range(const char* directive) {
  advance_to(directive);
  const std::string_view rest(directive, static_cast<size_t>(text_.data() + text_.size() - directive));
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const auto origin = wire::Name::from_wire(scanner_.origin());
  const auto range = parse_range_directive(line, origin.value_or(wire::Name()));
  if (range) {
    const uint32_t in_force = scanner_->default_ttl == kNoTtl ? run_.last_ttl : scanner_->default_ttl;
    run_.options.range_sink({*range, range->ttl.value_or(in_force), name_, line_});
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

void FileReader::fail(std::string text, size_t column) {
  if (!quoted_) {
    text = "an error in a file outside the zone file's directory; its contents are not shown";
    column = 0;
  }
  run_.add_error(name_, line_, std::move(text), column);
}

bool FileReader::deliver(const zs_scanner_t& scanner) {
  uint32_t ttl = scanner.r_ttl;
  if (ttl == kNoTtl) {
    ttl = run_.last_ttl;
  } else if (ttl > kMaxTtl) {
    fail(fmt::format("TTL {} is above {} (RFC 2181 8)", ttl, kMaxTtl));
    return false;
  } else if (scanner.default_ttl == kNoTtl) {
    run_.last_ttl = ttl;  // RFC 1035 5.1; until a $TTL (RFC 2308 4)
  }
  run_.sink({.owner = {scanner.r_owner, scanner.r_owner_length},
             .type = scanner.r_type,
             .rclass = scanner.r_class,
             .ttl = ttl,
             .rdata = {scanner.r_data, scanner.r_data_length},
             .file = name_,
             .line = line_});
  return true;
}

/// False if the file cannot be read any further.
bool FileReader::on_error() {
  const std::string_view line = line_that_ends_at(seen_, text_);
  const int code = scanner_->error.code;
  if (code == ZS_UNCLOSED_MULTILINE || code == ZS_UNCOVERED_STATE) {
    code == ZS_UNCLOSED_MULTILINE ? on_unclosed() : fail("libzscanner cannot continue after this line");
    return false;
  }
  if (code == ZS_BAD_PREVIOUS_OWNER && is_blank_line(line)) {
    scanner_.resume();  // an indented comment before the first record is not an error
    return true;
  }
  if (scanner_->error.fatal) recover_origin();
  const bool directive = line.starts_with('$') && scanner_->error.fatal && !scanner_->multiline;
  if (directive && starts_with_directive(line, kGenerateDirective)) {
    scanner_.resume();
    on_generate(line.substr(kGenerateDirective.size()));
    return true;
  }
  if (directive && starts_with_directive(line, kOriginDirective) &&
      relative_origin(line.substr(kOriginDirective.size()))) {
    scanner_.resume();
    return true;
  }
  fail(explain_error(*scanner_, line));
  scanner_.resume();
  return true;
}

/// An unclosed parenthesis swallows the rest of the file: the finding is placed where it opens.
void FileReader::on_unclosed() {
  const std::string_view rest(previous_, static_cast<size_t>(seen_ - previous_));
  const auto before = rest.substr(0, find_open_parenthesis(rest));
  const auto end_line = line_;
  line_ = end_line - static_cast<uint64_t>(
                         std::count(rest.begin() + static_cast<ptrdiff_t>(before.size()), rest.end(), '\n'));
  fail("the record's '(' has no matching ')' before the end of the file");
  line_ = end_line;
}

tl::expected<TextFile, std::string> FileReader::open_include(const std::string& path, bool& quoted) {
  const auto place = run_.includes.look(path);
  if (place.verdict == IncludeRule::Verdict::refused)
    return tl::unexpected<std::string>(
        "outside the zone file's directory; permit it with --allow-include PATH");
  std::error_code error;
  // Devices and pipes need not end.
  if (std::filesystem::exists(place.real, error) && !std::filesystem::is_regular_file(place.real, error))
    return tl::unexpected<std::string>("not a regular file");
  quoted = place.verdict == IncludeRule::Verdict::own;
  return TextFile::open(place.real);
}

void FileReader::on_include() {
  const wire::Bytes origin =
      scanner_->dname == nullptr ? scanner_.origin() : wire::Bytes(scanner_->r_data, scanner_->r_data_length);
  const auto path = (std::filesystem::path(base_) / scanner_->include_filename).lexically_normal();
  const auto shown = printable(path.string());
  scanner_.resume();
  if (run_.open_files.size() > run_.options.max_include_depth) {
    return fail(
        fmt::format("$INCLUDE '{}' is nested more than {} deep", shown, run_.options.max_include_depth));
  }
  bool quoted = true;
  const auto file = open_include(path.string(), quoted);
  if (!file) return fail(fmt::format("$INCLUDE '{}': {}", shown, file.error()));
  if (std::ranges::find(run_.open_files, file->id()) != run_.open_files.end()) {
    return fail(fmt::format("$INCLUDE '{}' is a loop: that file is already being read", shown));
  }
  run_.open_files.push_back(file->id());
  // BIND passes on the last owner, and a $TTL in the included file stays in force after it (RFC 2308 4: all
  // records that appear after the directive). Origin and owner of this file are as before (RFC 1035 5.1): the
  // scanner is not touched.
  FileReader included(run_, file->text(), path.string(), path.parent_path(),
                      {origin, scanner_.owner(), scanner_->default_ttl, quoted});
  included.read();
  scanner_->default_ttl = included.default_ttl();
  run_.open_files.pop_back();
}

void FileReader::on_generate(std::string_view arguments) {
  const auto generator = Generator::parse(arguments);
  if (!generator) return fail(generator.error());
  const uint64_t count = generator->count();
  const uint64_t limit = run_.options.max_generated;
  if (count > limit - run_.generated) {
    return fail(fmt::format(
        "$GENERATE would make {} records; the limit for all directives together is {} ({} already made)",
        count, limit, run_.generated));
  }
  if (generator->differs_from_bind()) {
    run_.add_warning(
        name_, line_,
        "$ after ${offset} in the same field has no offset here, but in BIND it has that one; write ${0}");
  }
  run_.generated += count;
  for (uint64_t from = 0; from < count; from += kBlockLines) {
    if (!generate_block(*generator, from, std::min(count, from + kBlockLines))) return;
  }
}

/// False after an error: the records that follow would most likely have the same error.
bool FileReader::generate_block(const Generator& generator, uint64_t from, uint64_t to) {
  block_.clear();
  for (uint64_t i = from; i < to; ++i) generator.append_line(i, block_);
  Scanner& side = run_.side_scanner(scanner_.origin(), scanner_->default_ttl);
  side.set_input(block_);
  for (uint64_t i = from; side.step(); ++i) {
    if (side->state == ZS_STATE_DATA && deliver(*side)) continue;
    if (side->state != ZS_STATE_DATA) {
      const char* end = side->input.eof ? block_.data() + block_.size() : side->input.current;
      fail(fmt::format("$GENERATE at {}: {}", generator.value(i),
                       explain_error(*side, line_that_ends_at(end, block_))));
    }
    run_.drop_side_scanner();
    return false;
  }
  return true;
}

/// The scanner reads a name after $ORIGIN directly into its origin, which is corrupt if the name is invalid.
/// Reads the text between the last record and the invalid directive again: directives and comments.
void FileReader::recover_origin() {
  const std::string_view rest(previous_, static_cast<size_t>(seen_ - previous_));
  Scanner& side = run_.side_scanner(origin_, kNoTtl);
  side.set_input(rest.substr(0, find_last_directive(rest)));
  bool clean = true;
  while (side.step()) {
    if (side->state != ZS_STATE_ERROR) continue;
    clean = false;
    // These two do not move the scanner.
    if (side->error.code == ZS_UNCLOSED_MULTILINE || side->error.code == ZS_UNCOVERED_STATE) break;
    side.resume();
  }
  // Another invalid directive among them corrupts this reading as well: then the last known origin is used.
  scanner_.set_origin(clean ? side.origin() : wire::Bytes(origin_));
  origin_may_differ_ = true;
  if (!clean) run_.drop_side_scanner();
}

/// RFC 1035 5.1 allows a relative name in $ORIGIN, libzscanner does not: the name is read as an owner.
bool FileReader::relative_origin(std::string_view arguments) {
  const size_t begin = std::min(arguments.find_first_not_of(" \t"), arguments.size());
  const size_t end = std::min(arguments.find_first_of(" \t;", begin), arguments.size());
  const size_t rest = std::min(arguments.find_first_not_of(" \t", end), arguments.size());
  const auto name = arguments.substr(begin, end - begin);
  if (name.empty() || name.back() == '\\' || (rest < arguments.size() && arguments[rest] != ';'))
    return false;

  const std::string record = fmt::format("{} 0 IN PTR .\n", name);
  Scanner& side = run_.side_scanner(scanner_.origin(), kNoTtl);
  side.set_input(record);
  if (!side.step() || side->state != ZS_STATE_DATA) {
    run_.drop_side_scanner();
    return false;
  }
  scanner_.set_origin(side.owner());
  (void)side.step();  // moves past the record
  return true;
}

}  // namespace ptrd::zone
