// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ptrd::lint {

/// Severity of a finding: the levels of SARIF 2.1.0 (3.27.10) except "none".
enum class Severity : uint8_t { note, warning, error };
[[nodiscard]] std::string_view to_text(Severity severity);

/// What a name may disclose (RFC 8117; RFC 8501 2.2 calls a name with an address generic).
enum class Class : uint8_t { address, access, role, person, identifier, placeholder, router };
inline constexpr std::array<std::string_view, 7> kClassNames = {
    "address", "access", "role", "person", "identifier", "placeholder", "router"};
[[nodiscard]] inline std::string_view to_text(Class which) {
  return kClassNames[static_cast<size_t>(which)];
}

/// One line of a pattern file.
struct Pattern {
  enum class Kind : uint8_t {
    finding,  // a matching name has the finding
    except,   // a matching name has no finding of this class
    off,      // removes the pattern with this id
  };
  Class cls = Class::address;
  Kind kind = Kind::finding;
  Severity severity = Severity::note;
  std::string name;     // unique in its class
  std::string regex;    // Hyperscan syntax; case-insensitive; the name is scanned without its final dot
  std::string example;  // a matching name; class address: ADDRESS=NAME
  std::string text;     // what is wrong with the name, as a sentence fragment: "names a VPN gateway"
  std::string file;
  uint32_t line = 0;          // from 1
  uint32_t regex_column = 0;  // from 1

  /// `role/vpn`: label of a finding, and name in an allow-list.
  [[nodiscard]] std::string id() const { return std::string(to_text(cls)) + '/' + name; }
};

/// Parses the text of a pattern file; `file` is used in errors. A line contains CLASS SEVERITY NAME REGEX
/// EXAMPLE TEXT separated by blanks; the text extends to the end of the line. `#` starts a comment line.
/// SEVERITY is note, warning, error, except or off (followed only by the name). Regexes contain no blanks;
/// write `\x20`. The regexes themselves are not checked. Error: `file:line:column: what is wrong`.
[[nodiscard]] tl::expected<std::vector<Pattern>, std::string> parse_patterns(std::string_view text,
                                                                             const std::string& file);

/// Adds `more` to `patterns`: a pattern replaces an existing one with the same id, `off` removes it. Error:
/// an `off` for an unknown id, in the form of parse_patterns.
[[nodiscard]] tl::expected<void, std::string> merge_patterns(std::vector<Pattern>& patterns,
                                                             std::vector<Pattern> more);

/// Reads and parses the file at `path`. Error: as above, or `path: why it cannot be read`.
[[nodiscard]] tl::expected<std::vector<Pattern>, std::string> read_pattern_file(const std::string& path);

/// The next word of `line` from `at`, which is advanced past it; empty at the end. `column` is set to the
/// start of the word, from 1.
[[nodiscard]] std::string_view next_word(std::string_view line, size_t& at, uint32_t& column);

/// A whole text file, at most 16 MiB. Error: `path: why`.
[[nodiscard]] tl::expected<std::string, std::string> read_text_file(const std::string& path);

}  // namespace ptrd::lint
