// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/reader.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "config/keys.hpp"
#include "config/values.hpp"
#include "file/yaml_text.hpp"
#include "ptrd/image/regular_file.hpp"

namespace ptrd::config {

namespace {

constexpr size_t kMaxFile = 1 << 20;

/// Number of characters to insert, remove or change to turn one string into the other (Levenshtein).
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row[b.size()];
}

/// The known key or section ("tcp") most similar to `name`.
std::string nearest(const std::string& name) {
  std::string best;
  size_t smallest = std::numeric_limits<size_t>::max();
  const auto consider = [&](const std::string& known, const std::string& compared) {
    if (const size_t d = distance(name, compared); d < smallest) {
      smallest = d;
      best = known;
    }
  };
  for (const Key& key : keys()) {
    const std::string known = key.name;
    const size_t dot = known.find('.');
    consider(known, known);
    if (dot == std::string::npos) continue;
    consider(known.substr(0, dot), known.substr(0, dot));
    consider(known, known.substr(dot + 1));
  }
  return best;
}

/// The description in an error of a node that is not a scalar.
const char* shape(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map of keys";
  return "nothing";
}

bool is_section(const std::string& name) {
  return std::any_of(keys().begin(), keys().end(),
                     [&](const Key& key) { return std::string_view(key.name).starts_with(name + "."); });
}

/// Reads one file.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  tl::expected<Config, std::string> read(const std::string& text) {
    // yaml-cpp would silently stop there.
    if (const size_t nul = text.find('\0'); nul != std::string::npos)
      return tl::unexpected(
          fmt::format("{}:{}: contains a zero byte; this is not a configuration file", name_,
                      1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(nul), '\n')));
    try {
      const YAML::Node document = YAML::Load(text);
      if (const size_t line = file::second_document(text); line != 0)
        return tl::unexpected(
            fmt::format("{}:{}:1: a second YAML document; only one is allowed", name_, line));
      Config config;
      if (!document.IsNull() || file::has_yaml(text)) {
        if (!document.IsMap())
          return tl::unexpected(at(document.Mark()) + "expected keys, as in \"image: FILE\"");
        if (!section("", document, config)) return tl::unexpected(error_);
      }
      if (const auto conflict = find_conflict(config))
        return tl::unexpected(at(marks_[conflict->key]) + conflict->key + ": " + conflict->what);
      return config;
    } catch (const YAML::Exception& error) {
      return tl::unexpected(at(error.mark) + "invalid YAML: " + error.msg);
    }
  }

 private:
  [[nodiscard]] std::string at(const YAML::Mark& mark) const {
    return mark.is_null() ? name_ + ": " : fmt::format("{}:{}:{}: ", name_, mark.line + 1, mark.column + 1);
  }
  bool fail(const YAML::Mark& mark, const std::string& what) {
    error_ = at(mark) + what;
    return false;
  }

  bool section(const std::string& prefix, const YAML::Node& map, Config& config) {
    for (const auto& entry : map) {
      const YAML::Mark mark = entry.first.Mark();
      if (!entry.first.IsScalar()) return fail(mark, "a key must be a word");
      const std::string name = prefix + entry.first.Scalar();
      if (entry.first.Scalar().find('.') != std::string::npos)
        return fail(mark, "unknown key " + name + "; the nearest known one is " + nearest(name) +
                              "; write each part before a dot as a level of its own");
      if (!marks_.emplace(name, mark).second) return fail(mark, "duplicate key " + name + "; remove one");
      if (!take(name, mark, entry.second, config)) return false;
    }
    return true;
  }

  bool take(const std::string& name, const YAML::Mark& mark, const YAML::Node& value, Config& config) {
    if (const Key* key = find_key(name)) return take(*key, mark, value, config);
    if (!is_section(name) || name.find('.') != std::string::npos)
      return fail(mark, "unknown key " + name + "; the nearest known one is " + nearest(name));
    if (value.IsNull()) return true;
    if (!value.IsMap()) return fail(value.Mark(), name + ": expected keys below it");
    return section(name + ".", value, config);
  }

  bool take(const Key& key, const YAML::Mark& mark, const YAML::Node& value, Config& config) {
    key.value.clear(config);
    if (key.value.form != Value::Form::list || !value.IsSequence())
      return take_text(key, mark, value, config);
    return std::all_of(value.begin(), value.end(),
                       [&](const YAML::Node& item) { return take_text(key, mark, item, config); });
  }

  bool take_text(const Key& key, const YAML::Mark& mark, const YAML::Node& node, Config& config) {
    const Fault fault =
        node.IsScalar() ? key.value.take(node.Scalar(), config) : mismatch(key.value.wanted, shape(node));
    // yaml-cpp gives no position for an empty value.
    return fault.empty() || fail(node.IsNull() ? mark : node.Mark(), std::string(key.name) + ": " + fault);
  }

  std::string name_;
  std::string error_;
  std::map<std::string, YAML::Mark> marks_;
};

}  // namespace

tl::expected<Config, std::string> parse_config(const std::string& text, const std::string& name) {
  return Reader(name).read(text);
}

tl::expected<Config, std::string> read_config(const std::string& path) {
  // Only a regular file, which cannot block: a running ptrd reads it again on SIGHUP.
  const auto text = image::read_regular_file(path, kMaxFile);
  if (!text) return tl::unexpected(text.error());
  return parse_config(*text, path);
}

}  // namespace ptrd::config
