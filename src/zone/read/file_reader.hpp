// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "zone/read/generate.hpp"
#include "zone/read/include_rule.hpp"
#include "zone/read/reader.hpp"
#include "zone/read/scanner.hpp"
#include "zone/read/text_file.hpp"

namespace ptrd::zone {

/// The scanner's default TTL until a $TTL: a record with this TTL did not state one. No real TTL is that
/// large (RFC 2181 8).
inline constexpr uint32_t kNoTtl = UINT32_MAX;

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
  /// A second scanner, for lines that are not in the file.
  Scanner& side_scanner(wire::Bytes origin, uint32_t default_ttl);
  /// Must be called after an error of the side scanner, which is then in the middle of a line.
  void drop_side_scanner() { side_.reset(); }

  const ReadOptions& options;
  const std::function<void(const Record&)>& sink;
  const IncludeRule includes;
  uint32_t last_ttl;               // the last one that a record stated (RFC 1035 5.1)
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
  void publish_progress();
  [[nodiscard]] bool read_up_to(const char* end);
  void advance();
  void advance_to(const char* to);
  [[nodiscard]] const char* on_range(const char* directive);
  void fail(std::string text, size_t column = 0);
  /// The file that an $INCLUDE names. Error: why it is not read.
  [[nodiscard]] tl::expected<TextFile, std::string> open_include(const std::string& path, bool& quoted);
  [[nodiscard]] bool deliver(const zs_scanner_t& scanner);
  [[nodiscard]] bool on_error();
  void on_unclosed();
  void on_include();
  void on_generate(std::string_view arguments);
  [[nodiscard]] bool generate_block(const Generator& generator, uint64_t from, uint64_t to);
  void recover_origin();
  [[nodiscard]] bool relative_origin(std::string_view arguments);

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
  std::string block_;               // generated lines
};

}  // namespace ptrd::zone
