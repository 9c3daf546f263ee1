// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/nsd_conf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "ptrd/wire/one_line.hpp"
#include "zone/sources/tokens.hpp"

namespace ptrd::zone {

using wire::one_line;

namespace {

/// What a zone or pattern says of its file.
struct NsdSettings {
  std::string file;
  bool has_file = false;
  bool is_secondary = false;

  /// include-pattern: what the pattern sets replaces what was set before.
  void apply(const NsdSettings& pattern) {
    if (pattern.has_file) file = pattern.file;
    has_file |= pattern.has_file;
    is_secondary |= pattern.is_secondary;
  }
};

struct Clause {
  std::string name;
  NsdSettings settings;
  Place place;
};

// A word that is one of these and a colon is an attribute; others, with their values, are of no concern.
constexpr std::array kClauses = {
    std::string_view("server:"), std::string_view("zone:"),           std::string_view("pattern:"),
    std::string_view("key:"),    std::string_view("remote-control:"), std::string_view("tls-auth:"),
    std::string_view("dnstap:"), std::string_view("verify:"),
};
constexpr std::array kAttributes = {
    std::string_view("include:"),         std::string_view("name:"),        std::string_view("zonefile:"),
    std::string_view("include-pattern:"), std::string_view("request-xfr:"), std::string_view("zonesdir:"),
    std::string_view("zonelistfile:"),
};

/// The known attribute that a word starts with, whose value may follow without a space.
std::string_view key_of(const Token& token) {
  if (token.kind != Token::Kind::word) return {};
  for (const std::string_view key : kClauses) {
    if (token.text == key) return key;
  }
  for (const std::string_view key : kAttributes) {
    if (token.text.starts_with(key)) return key;
  }
  return {};
}

/// A zone's label, counted from the right; "." if there are not so many.
std::string label_from_end(const wire::Name& zone, size_t count) {
  const wire::Labels labels(zone.bytes());
  return labels.count < count ? "." : wire::label_to_text(labels.label(zone.bytes(), labels.count - count));
}

/// A zonefile with its placeholders replaced.
std::string expanded(const std::string& file, const std::string& zone) {
  if (file.find('%') == std::string::npos) return file;
  const auto name = wire::Name::from_text(zone);
  std::string out;
  for (size_t i = 0; i < file.size(); ++i) {
    const char kind = file[i] == '%' && i + 1 < file.size() ? file[i + 1] : '\0';
    switch (kind) {
      case 's':
        out += zone;
        break;
      case '1':
      case '2':
      case '3': {
        const auto at = static_cast<size_t>(kind - '1');
        out += at < zone.size() ? zone[at] : '.';
        break;
      }
      case 'x':
      case 'y':
      case 'z':
        out += name ? label_from_end(*name, static_cast<size_t>('z' - kind) + 1) : ".";
        break;
      default:
        out += file[i];
        continue;
    }
    ++i;
  }
  return out;
}

class NsdReader {
 public:
  explicit NsdReader(Configuration& configuration)
      : configuration_(configuration), zones_folder_(configuration.folder()) {}

  [[nodiscard]] bool read() {
    return configuration_.read_main(
               [this](std::string_view text, uint32_t file) { return read_file(text, file); }) &&
           end_clause() && read_zone_list();
  }

  void take_all() {
    for (const Clause& zone : zones_) {
      if (zone.settings.is_secondary) {
        configuration_.leave_out("secondary");
      } else if (!zone.settings.has_file || zone.settings.file.empty()) {
        configuration_.leave_out("without a file");
      } else {
        const std::string file = expanded(zone.settings.file, zone.name);
        configuration_.add({zone.name, configuration_.resolve(file, zones_folder_), zone.place},
                           zones_folder_);
      }
    }
  }

 private:
  enum class Kind : uint8_t { other, server, zone, pattern };

  bool read_file(std::string_view text, uint32_t file) {
    Tokens tokens(text, Language::nsd);
    const uint32_t outer = std::exchange(file_, file);
    bool good = true;
    for (Token token = tokens.next(); good && token.kind != Token::Kind::end; token = tokens.next()) {
      if (!token.is_text()) good = configuration_.fail(place(token), "this string has no closing quote");
      if (const std::string_view key = key_of(token); !key.empty()) good = good && take(tokens, token, key);
    }
    file_ = outer;
    return good;
  }

  [[nodiscard]] Place place(const Token& token) const { return {file_, token.line, token.column}; }

  bool take(Tokens& tokens, const Token& token, std::string_view key) {
    if (std::ranges::find(kClauses, key) != kClauses.end()) return start_clause(token, key);
    std::string_view value = token.text.substr(key.size());
    if (value.empty()) {
      const Token next = tokens.next();
      if (!next.is_text() || !key_of(next).empty())
        return configuration_.fail(place(token), fmt::format("{} needs a value", key));
      value = next.text;
    }
    if (key == "include:") {
      return configuration_.include(
          std::string(value), configuration_.folder(), /*must_match=*/false, place(token),
          [this](std::string_view text, uint32_t file) { return read_file(text, file); });
    }
    if (kind_ == Kind::server) take_global(key, value);
    if (kind_ != Kind::zone && kind_ != Kind::pattern) return true;
    return take_attribute(token, key, value);
  }

  void take_global(std::string_view key, std::string_view value) {
    // Empty: NSD stays where it was started.
    if (key == "zonesdir:")
      zones_folder_ = value.empty() ? configuration_.folder()
                                    : configuration_.resolve(std::string(value), configuration_.folder());
    if (key == "zonelistfile:") zone_list_ = value;
  }

  bool take_attribute(const Token& token, std::string_view key, std::string_view value) {
    if (key == "name:") clause_.name = value;
    if (key == "request-xfr:") clause_.settings.is_secondary = true;
    if (key == "zonefile:") {
      clause_.settings.file = value;
      clause_.settings.has_file = true;
    }
    if (key == "include-pattern:") {
      const auto pattern = patterns_.find(std::string(value));
      if (pattern == patterns_.end())
        return configuration_.fail(place(token), fmt::format("no pattern '{}' above", one_line(value)));
      clause_.settings.apply(pattern->second);
    }
    return true;
  }

  bool start_clause(const Token& token, std::string_view key) {
    if (!end_clause()) return false;
    kind_ = key == "server:"    ? Kind::server
            : key == "zone:"    ? Kind::zone
            : key == "pattern:" ? Kind::pattern
                                : Kind::other;
    clause_ = {.name = {}, .settings = {}, .place = place(token)};
    return true;
  }

  bool end_clause() {
    const Kind kind = std::exchange(kind_, Kind::other);
    if (kind != Kind::zone && kind != Kind::pattern) return true;
    if (clause_.name.empty())
      return configuration_.fail(clause_.place,
                                 kind == Kind::zone ? "a zone without a name" : "a pattern without a name");
    if (kind == Kind::zone)
      zones_.push_back(std::move(clause_));
    else
      patterns_[clause_.name] = std::move(clause_.settings);
    return true;
  }

  /// Zones that "nsd-control addzone" added: lines of `add ZONE PATTERN`, `del` for those removed, `cat` for
  /// members of a catalog that NSD produces.
  bool read_zone_list() {
    if (zone_list_.empty()) return true;
    std::error_code error;
    if (!std::filesystem::exists(configuration_.resolve(zone_list_, zones_folder_), error)) return true;
    return configuration_.include(zone_list_, zones_folder_, false, {},
                                  [this](std::string_view text, uint32_t file) {
                                    uint32_t line = 0;
                                    for (size_t at = 0; at < text.size();) {
                                      const size_t end = std::min(text.find('\n', at), text.size());
                                      if (!take_listed(text.substr(at, end - at), {file, ++line, 1}))
                                        return false;
                                      at = end + 1;
                                    }
                                    return true;
                                  });
  }

  bool take_listed(std::string_view line, const Place& at) {
    const bool is_member = line.starts_with("cat ");
    if (!is_member && !line.starts_with("add ")) return true;
    line.remove_prefix(4);
    if (is_member) line = line.substr(0, line.rfind(' '));  // the member's id
    const size_t space = line.rfind(' ');
    if (space == std::string_view::npos) return configuration_.fail(at, "expected a zone and its pattern");
    const auto pattern = patterns_.find(std::string(line.substr(space + 1)));
    if (pattern == patterns_.end())
      return configuration_.fail(at, fmt::format("no pattern '{}'", one_line(line.substr(space + 1))));
    zones_.push_back({std::string(line.substr(0, space)), pattern->second, at});
    return true;
  }

  Configuration& configuration_;
  std::string zones_folder_;
  std::string zone_list_;
  std::map<std::string, NsdSettings> patterns_;
  std::vector<Clause> zones_;
  Kind kind_ = Kind::other;
  Clause clause_;  // being read
  uint32_t file_ = 0;
};

}  // namespace

std::vector<Source> read_nsd_conf(Configuration& configuration) {
  NsdReader reader(configuration);
  if (!reader.read()) return {};
  reader.take_all();
  return configuration.finish();
}

}  // namespace ptrd::zone
