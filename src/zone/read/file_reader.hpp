// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/read/generate.hpp"
#include "zone/read/include_rule.hpp"
#include "zone/read/reader.hpp"
#include "zone/read/rewrite.hpp"
#include "zone/read/scanner.hpp"
#include "zone/read/text_file.hpp"

namespace ptrd::zone {

/// The scanner's default TTL until a $TTL: a record with this TTL did not state one. No real TTL is that
/// large (RFC 2181 8), and nobody writes this one by mistake, as 2^32 - 1.
inline constexpr uint32_t kNoTtl = 0xF1E2'D3C4;

/// Shared by the files of one zone while they are read.
class ReadRun {
 public:
  ReadRun(const ReadOptions& read_options, const std::string& folder,
          const std::function<void(const Record&)>& record_sink, std::vector<Finding>& found)
      : options(read_options),
        sink(record_sink),
        includes(folder, read_options.include_paths),
        last_ttl(read_options.default_ttl),
        findings_(found) {}

  void add_error(std::string file, uint64_t line, std::string text, size_t column = 0);
  void add_warning(std::string file, uint64_t line, std::string text);
  /// Whether no error was found.
  [[nodiscard]] bool good() const { return errors_ == 0; }
  /// Whether there are so many findings that reading stops.
  [[nodiscard]] bool full() const { return errors_ > 0 && errors_ >= options.max_findings; }
  /// A second scanner, for `text`, which is not in the file.
  Scanner& side_scanner(std::string_view text, wire::Bytes origin, uint32_t default_ttl);

  const ReadOptions& options;
  const std::function<void(const Record&)>& sink;
  const IncludeRule includes;
  uint32_t last_ttl;               // the last one that a record stated (RFC 1035 5.1)
  bool aged = false;               // whether a time stamp of Windows DNS was warned of
  uint64_t generated = 0;          // records requested by $GENERATE directives so far
  std::vector<FileId> open_files;  // the files being read: the current one last, after those that include it

 private:
  std::vector<Finding>& findings_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
  std::unique_ptr<Scanner> side_;
};

/// What a file inherits from the file that includes it. The spans need to live only during construction of
/// the reader.
struct Inherited {
  wire::Bytes origin;
  wire::Bytes owner;
  uint32_t default_ttl = kNoTtl;
  bool quoted = true;  // whether findings may quote the file
};

/// Reads one master file.
class FileReader {
 public:
  /// `text` must outlive the reader; `base` is the directory for relative paths in $INCLUDE.
  FileReader(ReadRun& run, std::string_view text, std::string name, std::string base,
             const Inherited& inherited);

  void read();
  /// The default TTL in force at the end.
  [[nodiscard]] uint32_t default_ttl() const { return (*scanner_).default_ttl; }

 private:
  /// The record that the scanner is in, or has just read.
  struct Current {
    std::string_view rest;       // of the text, from the record's start
    std::optional<size_t> size;  // of the record; none if it does not end
  };

  void publish_progress();
  [[nodiscard]] bool read_up_to(const char* end);
  void advance();
  void advance_to(const char* to);
  [[nodiscard]] const char* on_range(const char* directive);
  void fail(std::string text, size_t column = 0) { fail_at(line_, std::move(text), column); }
  void fail_at(uint64_t line, std::string text, size_t column = 0);
  [[nodiscard]] wire::Name current_origin() const;
  void on_record();
  void deliver(const zs_scanner_t& scanner);
  [[nodiscard]] uint32_t ttl_of(uint32_t scanned);
  [[nodiscard]] uint32_t without_sign_bit(uint32_t ttl);

  // In refused.cpp:
  [[nodiscard]] bool on_error();
  void read_on_at(const char* line_end);
  [[nodiscard]] Current current_record() const;
  [[nodiscard]] uint64_t first_line_of(const char* start) const;
  void fail_open(const char* start);
  [[nodiscard]] bool is_whole();
  void on_refused(std::string_view record);
  [[nodiscard]] tl::expected<Scanner*, RewriteFault> scan_rewritten(std::string_view record);

  // In directives.cpp:
  void on_directive(std::string_view line);
  /// The file that an $INCLUDE names. Error: why it is not read.
  [[nodiscard]] tl::expected<TextFile, std::string> open_include(const std::string& path, bool& quoted);
  void on_include(Scanner& scanner);
  void on_include_again(std::string_view arguments);
  void on_generate(std::string_view arguments);
  [[nodiscard]] bool generate_block(const Generator& generator, uint64_t from, uint64_t to);
  [[nodiscard]] bool generate_rewritten(const Generator& generator, uint64_t from, uint64_t to);
  void on_origin(std::string_view arguments);
  void recover_origin();

  ReadRun& run_;
  std::string unix_text_;
  std::string_view text_;
  std::string name_;
  std::string base_;
  bool quoted_;
  Scanner scanner_;
  const char* end_;                 // of the text passed to the scanner: up to the next `;@range`
  const char* seen_;                // how far the text has been read: its start, or the end of a line
  const char* previous_;            // `seen_` before the current record or directive
  const char* published_;           // how far progress was reported
  uint64_t line_ = 1;               // the line of `seen_`
  bool origin_may_differ_ = false;  // from `origin_`
  std::vector<uint8_t> origin_;     // in force at `previous_`
  uint64_t odd_ttl_line_ = 0;       // the last line that was warned of for its TTL
  std::string block_;               // generated lines
  std::string rewritten_;           // a record that the scanner refused
};

}  // namespace ptrd::zone
