// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What libzscanner refuses: records that it takes in another form, directives, and errors.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "zone/master_text.hpp"
#include "zone/read/file_reader.hpp"
#include "zone/read/rewrite.hpp"
#include "zone/read/scan_error.hpp"
#include "zone/read/words.hpp"

namespace ptrd::zone {
namespace {

std::string_view line_that_ends_at(const char* end, std::string_view text) {
  const auto before = text.substr(0, static_cast<size_t>(end - text.data()));
  const size_t newline = before.rfind('\n');
  return newline == std::string_view::npos ? before : before.substr(newline + 1);
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

}  // namespace

/// False if the file cannot be read any further.
bool FileReader::on_error() {
  const std::string_view line = line_that_ends_at(seen_, text_);
  const int code = scanner_->error.code;
  if (code == ZS_UNCLOSED_MULTILINE || code == ZS_UNCOVERED_STATE) {
    // An unclosed parenthesis swallows the rest of the file.
    code == ZS_UNCLOSED_MULTILINE ? fail_open(previous_)
                                  : fail("libzscanner cannot continue after this line");
    return false;
  }
  if (code == ZS_BAD_PREVIOUS_OWNER && is_blank_line(line)) {
    scanner_.resume();  // an indented comment before the first record is not an error
    return true;
  }
  if (scanner_->error.fatal) recover_origin();
  if (line.starts_with('$') && scanner_->error.fatal && !scanner_->multiline) {
    on_directive(line);
    scanner_.resume();
    return true;
  }
  const auto [rest, size] = current_record();
  if (!size) {
    fail_open(rest.data());
    read_on_at(seen_);
  } else if (*size == 0 || rest.front() == '$') {
    fail(explain_error(*scanner_, line));
    read_on_at(rest.data() + *size);
  } else {
    on_refused(rest.substr(0, *size));
  }
  return true;
}

/// Goes on at a line's end, whatever state an error left the scanner in.
void FileReader::read_on_at(const char* line_end) {
  if (line_end != seen_) advance_to(line_end);
  origin_may_differ_ = true;  // by a directive before the error
  scanner_.restart({seen_, static_cast<size_t>(end_ - seen_)});
}

FileReader::Current FileReader::current_record() const {
  Current current{{previous_, static_cast<size_t>(end_ - previous_)}, {}};
  while ((current.size = record_size(current.rest)) && current.rest.data() + *current.size < seen_)
    current.rest.remove_prefix(*current.size + 1);
  return current;
}

/// The line of `start`, which is at `seen_` or before it, in the text since `previous_`.
uint64_t FileReader::first_line_of(const char* start) const {
  return line_ - static_cast<uint64_t>(std::count(start, seen_, '\n'));
}

/// An error in the record at `start`, which does not end: placed where a parenthesis opens in it.
void FileReader::fail_open(const char* start) {
  const std::string_view text(start, static_cast<size_t>(seen_ - start));
  const size_t open = find_open_parenthesis(text);
  if (open == text.size()) return fail(fmt::format("the record has more than {} octets", kMaxRecordText));
  fail_at(first_line_of(start + open), "the record's '(' has no matching ')'");
}

void FileReader::on_refused(std::string_view record) {
  const uint64_t first_line = first_line_of(record.data());
  const char* const record_end = record.data() + record.size();
  if (record_end != seen_) advance_to(record_end);
  const auto side = scan_rewritten(record);
  if (!side) {
    fail_at(first_line + side.error().line, side.error().text);
  } else if (*side != nullptr) {
    deliver(***side);
    scanner_.set_owner((*side)->owner());
  }
  read_on_at(record_end);
}

/// Scans a record that the scanner refused in another form. Gives the scanner that has it; null if the record
/// is left out.
tl::expected<Scanner*, RewriteFault> FileReader::scan_rewritten(std::string_view record) {
  auto rewritten = rewrite_record(record, current_origin());
  if (!rewritten) return tl::unexpected(std::move(rewritten.error()));
  if (rewritten->note == Rewritten::Note::lookup) {
    run_.add_warning(
        name_, line_,
        "the record is not served: WINS and WINSR are rules by which Windows DNS looks names up");
    return nullptr;
  }
  rewritten_ = std::move(rewritten->text);
  const std::string_view text = rewritten_;
  Scanner& side = run_.side_scanner(text, scanner_.origin(), scanner_->default_ttl);
  side.set_owner(scanner_.owner());
  if (!side.step() || side->state != ZS_STATE_DATA) {
    const char* const end = side->input.eof ? text.data() + text.size() : side->input.current;
    return tl::unexpected(RewriteFault{explain_error(*side, line_that_ends_at(end, text)),
                                       static_cast<size_t>(std::count(text.data(), end, '\n'))});
  }
  const auto done = static_cast<size_t>(side->input.current - text.data());
  if (const auto more = side->multiline ? first_word_from(text, done) : std::nullopt) {
    return tl::unexpected(
        RewriteFault{fmt::format("unexpected data at '{}'", printable(more->text)), more->line});
  }
  if (has_padded_hash(*side, text)) return tl::unexpected(RewriteFault{kPaddedHash});
  if (rewritten->note == Rewritten::Note::aged && !std::exchange(run_.aged, true)) {
    run_.add_warning(name_, line_,
                     "[AGE:...], a time stamp of Windows DNS, is ignored, here and in other records");
  }
  return &side;
}

/// The scanner ends some records at a newline in parentheses, and would read what follows there as another
/// record. False, after an error, if anything but `)` follows.
bool FileReader::is_whole() {
  const auto [rest, size] = current_record();
  if (!size) {
    fail_open(rest.data());
    read_on_at(seen_);
    return false;
  }
  const auto more = first_word_from(rest.substr(0, *size), static_cast<size_t>(seen_ - rest.data()));
  if (!more) return true;
  fail_at(first_line_of(rest.data()) + more->line,
          fmt::format("unexpected data at '{}'", printable(more->text)));
  read_on_at(rest.data() + *size);
  return false;
}

}  // namespace ptrd::zone
