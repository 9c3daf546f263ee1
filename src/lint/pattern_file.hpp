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

/// How grave a finding is; the levels of SARIF 2.1.0 (3.27.10) but "none".
enum class Severity : uint8_t { note, warning, error };
[[nodiscard]] std::string_view to_text(Severity severity);

/// What a name may give away (RFC 8117; the address in a name is what RFC 8501 2.2 calls a generic name).
enum class Class : uint8_t { address, access, role, person, identifier, placeholder, router };
inline constexpr std::array<std::string_view, 7> kClassNames = {
    "address", "access", "role", "person", "identifier", "placeholder", "router"};
[[nodiscard]] inline std::string_view to_text(Class which) {
  return kClassNames[static_cast<size_t>(which)];
}

/// One line of a pattern file.
struct Pattern {
  enum class Kind : uint8_t {
    finding,  // a name that matches has the finding
    except,   // a name that matches has none of this class
    off,      // takes the pattern with this id away
  };
  Class cls = Class::address;
  Kind kind = Kind::finding;
  Severity severity = Severity::note;
  std::string name;     // unique in its class
  std::string regex;    // of Hyperscan; case is ignored; the name is scanned without its final dot
  std::string example;  // a name that matches; class address: ADDRESS=NAME
  std::string text;     // what is wrong with the name, as a sentence fragment: "names a VPN gateway"
  std::string file;
  uint32_t line = 0;          // from 1
  uint32_t regex_column = 0;  // from 1

  /// `role/vpn`: what a finding is labelled with, and an allow-list names.
  [[nodiscard]] std::string id() const { return std::string(to_text(cls)) + '/' + name; }
};

/// Reads the text of a pattern file; `file` stands in the errors. A line holds CLASS SEVERITY NAME REGEX
/// EXAMPLE TEXT with blanks between; the text runs to the line's end. `#` starts a comment line. SEVERITY is
/// note, warning, error, except or off (then nothing but the name has to follow). Regexes hold no blanks:
/// `\x20` is one. The regexes themselves are not looked at. Error: `file:line:column: what is wrong`.
[[nodiscard]] tl::expected<std::vector<Pattern>, std::string> parse_patterns(std::string_view text,
                                                                             const std::string& file);

/// Adds `more` to `patterns`: one with an id that is there already takes that one's place, `off` takes it
/// away. Error: an `off` for an id that nobody has, in the form of parse_patterns.
[[nodiscard]] tl::expected<void, std::string> merge_patterns(std::vector<Pattern>& patterns,
                                                             std::vector<Pattern> more);

/// The file at `path`, parsed. Error: as above, or `path: why it cannot be read`.
[[nodiscard]] tl::expected<std::vector<Pattern>, std::string> read_pattern_file(const std::string& path);

/// The next word of `line` from `at` on, which is moved behind it; empty at the end. `column` gets where the
/// word starts, from 1.
[[nodiscard]] std::string_view next_word(std::string_view line, size_t& at, uint32_t& column);

/// A text file whole, at most 16 MiB. Error: `path: why`.
[[nodiscard]] tl::expected<std::string, std::string> read_text_file(const std::string& path);

}  // namespace ptrd::lint
