// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/pattern_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_map>

namespace ptrd::lint {

namespace {

constexpr size_t kMaxBytes = size_t{16} << 20;

constexpr std::array<std::string_view, 3> kSeverityNames = {"note", "warning", "error"};

template <size_t kCount>
std::optional<size_t> index_of(const std::array<std::string_view, kCount>& names, std::string_view word) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

/// Reads the words of one line.
class LineReader {
 public:
  LineReader(std::string_view line, const std::string& file, uint32_t number)
      : line_(line), file_(file), number_(number) {}

  tl::expected<Pattern, std::string> read() {
    Pattern pattern;
    pattern.file = file_;
    pattern.line = number_;
    if (auto good = read_head(pattern); !good) return tl::unexpected(good.error());
    if (pattern.kind == Pattern::Kind::off) return pattern;
    pattern.regex = word();
    pattern.regex_column = column_;
    pattern.example = word();
    if (pattern.example.empty())
      return fault("a line is CLASS SEVERITY NAME REGEX EXAMPLE TEXT; EXAMPLE is missing");
    at_ = std::min(line_.find_first_not_of(" \t", at_), line_.size());
    pattern.text = line_.substr(at_);
    column_ = static_cast<uint32_t>(at_ + 1);
    if (pattern.text.empty() && pattern.kind == Pattern::Kind::finding) {
      return fault("a line is CLASS SEVERITY NAME REGEX EXAMPLE TEXT; TEXT is missing");
    }
    if (pattern.cls == Class::address && pattern.example.find('=') == std::string::npos) {
      return fault("an example of the class address is ADDRESS=NAME, as in 192.0.2.1=host-192-0-2-1.example");
    }
    return pattern;
  }

 private:
  tl::expected<void, std::string> read_head(Pattern& pattern) {
    const std::string_view cls = word();
    const auto which = index_of(kClassNames, cls);
    if (!which)
      return fault(fmt::format("unknown class '{}'; use one of {}", cls, fmt::join(kClassNames, ", ")));
    pattern.cls = static_cast<Class>(*which);
    const std::string_view severity = word();
    if (severity == "except") {
      pattern.kind = Pattern::Kind::except;
    } else if (severity == "off") {
      pattern.kind = Pattern::Kind::off;
    } else if (const auto level = index_of(kSeverityNames, severity)) {
      pattern.severity = static_cast<Severity>(*level);
    } else {
      return fault(fmt::format("unknown severity '{}'; use note, warning, error, except or off", severity));
    }
    pattern.name = word();
    const bool good = std::all_of(pattern.name.begin(), pattern.name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (pattern.name.empty() || !good) {
      return fault(fmt::format("invalid pattern name '{}'; use a-z, 0-9 and hyphens", pattern.name));
    }
    return {};
  }

  std::string_view word() { return next_word(line_, at_, column_); }
  [[nodiscard]] tl::unexpected<std::string> fault(std::string_view what) const {
    return tl::unexpected(fmt::format("{}:{}:{}: {}", file_, number_, column_, what));
  }

  std::string_view line_;
  const std::string& file_;
  uint32_t number_;
  size_t at_ = 0;
  uint32_t column_ = 1;
};

}  // namespace

std::string_view to_text(Severity severity) {
  return kSeverityNames[static_cast<size_t>(severity)];
}

std::string_view next_word(std::string_view line, size_t& at, uint32_t& column) {
  at = std::min(line.find_first_not_of(" \t", at), line.size());
  column = static_cast<uint32_t>(at + 1);
  const size_t end = std::min(line.find_first_of(" \t", at), line.size());
  const std::string_view word = line.substr(at, end - at);
  at = end;
  return word;
}

tl::expected<std::vector<Pattern>, std::string> parse_patterns(std::string_view text,
                                                               const std::string& file) {
  std::vector<Pattern> patterns;
  uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const size_t null = line.find('\0'); null != std::string_view::npos) {
      return tl::unexpected(
          fmt::format("{}:{}:{}: a null byte; this is not a text file", file, number, null + 1));
    }
    const size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    auto pattern = LineReader(line, file, number).read();
    if (!pattern) return tl::unexpected(pattern.error());
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

tl::expected<void, std::string> merge_patterns(std::vector<Pattern>& patterns, std::vector<Pattern> more) {
  std::unordered_map<std::string, size_t> place;
  for (size_t i = 0; i < patterns.size(); ++i) place.emplace(patterns[i].id(), i);
  for (Pattern& pattern : more) {
    const auto [known, is_new] = place.try_emplace(pattern.id(), patterns.size());
    if (!is_new) {
      patterns[known->second] = std::move(pattern);
    } else if (pattern.kind == Pattern::Kind::off) {
      return tl::unexpected(
          fmt::format("{}:{}:1: no pattern is named {}", pattern.file, pattern.line, pattern.id()));
    } else {
      patterns.push_back(std::move(pattern));
    }
  }
  std::erase_if(patterns, [](const Pattern& pattern) { return pattern.kind == Pattern::Kind::off; });
  return {};
}

tl::expected<std::string, std::string> read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const auto fault = [&](const char* why) { return tl::unexpected(fmt::format("{}: {}", path, why)); };
  if (!file) return fault(std::strerror(errno));
  std::string text;
  std::array<char, 65536> block;
  do {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<size_t>(file.gcount()));
    if (text.size() > kMaxBytes) return fault("larger than 16 MiB; is it the right file?");
  } while (file);
  if (file.bad()) return fault("cannot be read (is it a directory?)");
  return text;
}

tl::expected<std::vector<Pattern>, std::string> read_pattern_file(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse_patterns(*text, path);
}

}  // namespace ptrd::lint
