// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/knot_conf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::zone {

using wire::one_line;

namespace {

/// A line of the configuration that is not blank.
struct Line {
  size_t indent = 0;     // spaces before the key, the hyphen and what follows it counted
  bool is_item = false;  // starts with a hyphen
  std::string_view key;
  std::string value;  // the first one of a list
};

/// What a zone or template sets.
struct KnotSettings {
  std::optional<std::string> storage;
  std::optional<std::string> file;
  std::optional<std::string> source;  // a word for what it is not loaded from files for, such as "secondary"
  std::string template_id;
};

struct Zone {
  std::string domain;
  KnotSettings settings;
  Place place;
};

/// Splits a line. Error: what is wrong, and its column.
class LineReader {
 public:
  struct Fault {
    uint32_t column;
    const char* what;
  };

  explicit LineReader(std::string_view text) : text_(text) {}

  /// Empty without a fault: a blank line or a comment.
  [[nodiscard]] std::optional<Line> read(std::optional<Fault>& fault) {
    if (text_.ends_with('\r')) text_.remove_suffix(1);
    Line line;
    skip_spaces();
    if (at_end()) return std::nullopt;
    if (text_[at_] == '\t') return fail(fault, "a tab; Knot allows only spaces here");
    if (text_[at_] == '-') {
      line.is_item = true;
      ++at_;
      if (at_end() || text_[at_] != ' ') return fail(fault, "expected a space after the hyphen");
      skip_spaces();
    }
    line.indent = at_;
    const size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ':' && text_[at_] != ' ') ++at_;
    line.key = text_.substr(start, at_ - start);
    skip_spaces();
    if (line.key.empty() || at_ == text_.size() || text_[at_] != ':')
      return fail(fault, "expected 'KEY: VALUE'");
    ++at_;
    if (at_ < text_.size() && text_[at_] != ' ') return fail(fault, "expected a space after the colon");
    skip_spaces();
    if (at_end()) return line;
    if (text_[at_] == '[') {
      ++at_;
      skip_spaces();
    }
    if (!read_value(line.value)) return fail(fault, "this string has no closing quote");
    return line;
  }

 private:
  std::nullopt_t fail(std::optional<Fault>& fault, const char* what) const {
    fault = Fault{static_cast<uint32_t>(at_ + 1), what};
    return std::nullopt;
  }
  void skip_spaces() { at_ = std::min(text_.find_first_not_of(' ', at_), text_.size()); }
  [[nodiscard]] bool at_end() const { return at_ == text_.size() || text_[at_] == '#'; }

  bool read_value(std::string& out) {
    const bool quoted = text_[at_] == '"';
    const std::string_view ends = quoted ? "\"" : " #[,]\"";
    for (size_t i = at_ + (quoted ? 1 : 0); i < text_.size(); ++i) {
      if (ends.find(text_[i]) != std::string_view::npos) return true;
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      out += text_[i];
    }
    return !quoted;
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// A zone's name as Knot writes it in file names: lower case, '_' for a slash (its "%s").
std::string for_file_names(const wire::Name& zone, bool with_final_dot) {
  std::string text = zone.lowered().to_text();
  std::ranges::replace(text, '/', '_');
  if (!with_final_dot) text.pop_back();
  return text;
}

/// `[N]`, or `[N-M]`, at the start of `text`, which is then what follows it.
std::optional<std::pair<size_t, size_t>> index_range(std::string_view& text) {
  const size_t close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos) return std::nullopt;
  std::string_view inner = text.substr(1, close - 1);
  const auto number = [](std::string_view digits) -> std::optional<size_t> {
    uint8_t value = 0;  // a name has no more characters
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const auto first = number(inner.substr(0, inner.find('-')));
  const auto last =
      inner.find('-') == std::string_view::npos ? first : number(inner.substr(inner.find('-') + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  text.remove_prefix(close + 1);
  return std::pair{*first, *last};
}

/// A zone file's path with its formatters replaced. Empty: one is invalid.
std::optional<std::string> expanded(std::string_view file, const wire::Name& zone) {
  std::string out;
  while (!file.empty()) {
    const size_t percent = file.find('%');
    out += file.substr(0, percent);
    if (percent == std::string_view::npos) break;
    const char kind = percent + 1 < file.size() ? file[percent + 1] : '\0';
    file.remove_prefix(std::min(percent + 2, file.size()));
    if (kind == '%') {
      out += '%';
    } else if (kind == 's') {
      out += for_file_names(zone, false);
    } else if (kind == 'c' || kind == 'l') {
      const auto range = index_range(file);
      if (!range) return std::nullopt;
      const auto [first, last] = *range;
      if (kind == 'c') {
        const std::string text = for_file_names(zone, true);
        if (first < text.size()) out += text.substr(first, last - first + 1);
        continue;
      }
      const wire::Labels labels(zone.bytes());
      if (first >= labels.count) continue;
      wire::Name label;
      (void)label.prepend(labels.label(zone.bytes(), labels.count - first - 1));
      out += for_file_names(label, false);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

class KnotReader {
 public:
  explicit KnotReader(Configuration& configuration) : configuration_(configuration) {}

  [[nodiscard]] bool read() {
    return configuration_.read_main(
        [this](std::string_view text, uint32_t file) { return read_file(text, file); });
  }

  void take_all() {
    for (const Zone& zone : zones_) take(zone);
  }

 private:
  enum class Section : uint8_t { other, templates, zones };

  bool read_file(std::string_view text, uint32_t file) {
    Place at{file, 0, 1};
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      ++at.line;
      std::optional<LineReader::Fault> fault;
      const auto line = LineReader(text.substr(start, end - start)).read(fault);
      if (fault) return configuration_.fail({file, at.line, fault->column}, fault->what);
      if (line && !take(*line, {file, at.line, static_cast<uint32_t>(line->indent + 1)})) return false;
      start = end + 1;
    }
    return true;
  }

  bool take(const Line& line, const Place& at) {
    if (line.indent == 0) return take_section(line, at);
    if (line.is_item) return start_item(line, at);
    if (settings_ != nullptr) take_setting(line);
    return true;
  }

  bool take_section(const Line& line, const Place& at) {
    settings_ = nullptr;
    section_ = line.key == "zone"       ? Section::zones
               : line.key == "template" ? Section::templates
                                        : Section::other;
    if (line.key != "include") return true;
    // Relative to the file with the statement.
    const std::string& name = configuration_.name_of(at.file);
    const size_t slash = name.rfind('/');
    return configuration_.include(
        line.value, slash == std::string::npos ? "" : name.substr(0, slash + 1), /*must_match=*/false, at,
        [this](std::string_view text, uint32_t file) { return read_file(text, file); });
  }

  bool start_item(const Line& line, const Place& at) {
    settings_ = nullptr;
    if (section_ == Section::other) return true;
    const std::string_view key = section_ == Section::zones ? "domain" : "id";
    if (line.key != key || line.value.empty())
      return configuration_.fail(at, fmt::format("expected '- {}: NAME'", key));
    if (section_ == Section::templates) {
      settings_ = &templates_[line.value];
    } else {
      zones_.push_back({line.value, {}, at});
      settings_ = &zones_.back().settings;
    }
    return true;
  }

  void take_setting(const Line& line) {
    if (line.key == "storage") settings_->storage = line.value;
    if (line.key == "file") settings_->file = line.value;
    if (line.key == "template") settings_->template_id = line.value;
    if (line.key == "master" && !line.value.empty()) settings_->source = "secondary";
    if (line.key == "zonefile-load" && line.value == "none")
      settings_->source = "without a file (zonefile-load)";
    if (line.key == "catalog-role" && line.value == "interpret")
      configuration_.note("not read: the member zones of a catalog (catalog-role: interpret)");
    if (line.key == "catalog-role" && line.value == "generate") settings_->source = "generated as a catalog";
  }

  void take(const Zone& zone) {
    static const KnotSettings kNone;
    const std::string id = zone.settings.template_id.empty() ? "default" : zone.settings.template_id;
    const auto found = templates_.find(id);
    if (found == templates_.end() && !zone.settings.template_id.empty()) {
      configuration_.fail(zone.place, fmt::format("no template '{}'", one_line(id)));
      return;
    }
    // What the zone's own template does not set has its built-in value, whatever the default template says.
    const KnotSettings& base = found == templates_.end() ? kNone : found->second;
    if (const auto& source = zone.settings.source ? zone.settings.source : base.source)
      return configuration_.leave_out(*source);
    const auto name = wire::Name::from_text(zone.domain);
    if (!name) return configuration_.add({zone.domain, {}, zone.place});  // says what is wrong
    const std::string file = zone.settings.file.value_or(base.file.value_or("%s.zone"));
    const auto path = expanded(file, *name);
    if (!path) {
      configuration_.fail(zone.place,
                          fmt::format("the file name '{}' has an unknown formatter", one_line(file)));
      return;
    }
    const std::string storage = zone.settings.storage.value_or(base.storage.value_or("/var/lib/knot"));
    configuration_.add(
        {zone.domain,
         configuration_.resolve(*path, path->starts_with('/')
                                           ? std::string()
                                           : configuration_.resolve(storage, configuration_.folder())),
         zone.place});
  }

  Configuration& configuration_;
  Section section_ = Section::other;
  KnotSettings* settings_ = nullptr;  // of the item being read
  std::map<std::string, KnotSettings> templates_;
  std::vector<Zone> zones_;
};

}  // namespace

std::vector<Source> read_knot_conf(Configuration& configuration) {
  KnotReader reader(configuration);
  if (!reader.read()) return {};
  reader.take_all();
  return configuration.finish();
}

}  // namespace ptrd::zone
