// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The directives of a master file: those that libzscanner does not know, and those that it reads only in
// part.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "zone/master_text.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/read/encoder.hpp"
#include "zone/read/file_reader.hpp"
#include "zone/read/scan_error.hpp"
#include "zone/read/words.hpp"

namespace ptrd::zone {
namespace {

constexpr std::string_view kOriginDirective = "$ORIGIN";
constexpr std::string_view kGenerateDirective = "$GENERATE";
constexpr std::string_view kIncludeDirective = "$INCLUDE";

// Generated lines are passed to the scanner in blocks that stay in the L2 cache.
constexpr uint64_t kBlockLines = 1024;

/// The start of the last line of `text` that begins with `$`; the start of `text` if there is none.
size_t find_last_directive(std::string_view text) {
  const size_t newline = text.rfind("\n$");
  return newline == std::string_view::npos ? 0 : newline + 1;
}

}  // namespace

/// A directive that the scanner does not take.
void FileReader::on_directive(std::string_view line) {
  if (starts_with_directive(line, kGenerateDirective))
    return on_generate(line.substr(kGenerateDirective.size()));
  if (starts_with_directive(line, kOriginDirective)) return on_origin(line.substr(kOriginDirective.size()));
  if (starts_with_directive(line, kIncludeDirective))
    return on_include_again(line.substr(kIncludeDirective.size()));
  fail(explain_error(*scanner_, line));
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

/// `scanner` has read the directive: this file's, or the side scanner.
void FileReader::on_include(Scanner& scanner) {
  const wire::Bytes origin =
      scanner->dname == nullptr ? scanner.origin() : wire::Bytes(scanner->r_data, scanner->r_data_length);
  const auto path = (std::filesystem::path(base_) / scanner->include_filename).lexically_normal();
  const auto shown = printable(path.string());
  scanner.resume();
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
  Scanner& side = run_.side_scanner(block_, scanner_.origin(), scanner_->default_ttl);
  for (uint64_t i = from; side.step(); ++i) {
    if (side->state != ZS_STATE_DATA || may_hold_parentheses(*side))
      return generate_rewritten(generator, i, to);
    deliver(*side);
  }
  return true;
}

/// The same, record by record, for those that the scanner refuses.
bool FileReader::generate_rewritten(const Generator& generator, uint64_t from, uint64_t to) {
  for (uint64_t i = from; i < to; ++i) {
    std::string line;
    generator.append_line(i, line);
    line.pop_back();  // the newline
    const auto side = scan_rewritten(line);
    if (!side) {
      fail(fmt::format("$GENERATE at {}: {}", generator.value(i), side.error().text));
      return false;
    }
    if (*side != nullptr) deliver(***side);
  }
  return true;
}

/// The scanner reads a name after $ORIGIN directly into its origin, which is corrupt if the name is invalid.
/// Reads the text between the last record and the invalid directive again: directives and comments.
void FileReader::recover_origin() {
  const std::string_view rest(previous_, static_cast<size_t>(seen_ - previous_));
  Scanner& side = run_.side_scanner(rest.substr(0, find_last_directive(rest)), origin_, kNoTtl);
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
}

/// RFC 1035 5.1 allows a relative name in $ORIGIN, and any printable octet; libzscanner does not.
void FileReader::on_origin(std::string_view arguments) {
  WordReader words(arguments);
  const auto word = words.next();
  if (!word || words.next()) return fail("$ORIGIN needs one domain name");
  const auto name = name_from_word(*word, current_origin());
  if (!name) return fail("$ORIGIN: " + name.error());
  scanner_.set_origin(name->bytes());
  origin_may_differ_ = true;
}

/// The same of the origin that may follow the file's name, which may have octets above 127 in quotes.
void FileReader::on_include_again(std::string_view arguments) {
  WordReader words(arguments);
  const auto file = words.next();
  const auto word = words.next();
  if (!file || words.next())
    return fail("$INCLUDE needs the name of a file, and may have an origin after it");
  if (const auto fault = word_fault(*file)) return fail("$INCLUDE: " + *fault);
  std::string line = fmt::format("$INCLUDE {}", escaped_word(file->text));
  if (word) {
    const auto origin = name_from_word(*word, current_origin());
    if (!origin) return fail("$INCLUDE: " + origin.error());
    line += ' ' + name_text(origin->bytes());
  }
  line += '\n';
  Scanner& side = run_.side_scanner(line, scanner_.origin(), scanner_->default_ttl);
  if (side.step() && side->state == ZS_STATE_INCLUDE) return on_include(side);
  line.pop_back();
  fail(explain_error(*side, line));
}

}  // namespace ptrd::zone
