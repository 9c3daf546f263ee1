// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/read/reader.hpp"

#include <hs.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>

#include "file/yaml_text.hpp"
#include "policy/read/list_file.hpp"
#include "policy/read/prefix_text.hpp"
#include "policy/read/secrets.hpp"
#include "ptrd/image/regular_file.hpp"
#include "ptrd/wire/one_line.hpp"

namespace ptrd::policy {

namespace {

/// Thrown and caught in this file alone, as yaml-cpp's errors are.
struct Fault {
  YAML::Mark mark;
  std::string what;
};
/// A complete line: the fault is in another file.
struct FileFault {
  std::string line;
};

std::string quoted(const std::string& text) {
  return "'" + wire::one_line(text.substr(0, 60)) + "'";
}

/// A map of the file, with the keys that it may have.
class Map {
 public:
  Map(const YAML::Node& node, std::string what, std::initializer_list<const char*> keys)
      : node_(node), what_(std::move(what)) {
    if (!node.IsMap()) throw Fault{node.Mark(), what_ + ": expected keys"};
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) throw Fault{entry.first.Mark(), "a key must be a word"};
      const std::string key = entry.first.Scalar();
      if (std::none_of(keys.begin(), keys.end(), [&](const char* known) { return key == known; }))
        throw Fault{entry.first.Mark(), what_ + ": unknown key " + quoted(key) + "; known: " + list_of(keys)};
      if (!seen.insert(key).second)
        throw Fault{entry.first.Mark(), what_ + ": duplicate key " + key + "; remove one"};
    }
  }

  [[nodiscard]] bool has(const char* key) const { return static_cast<bool>(node_[key]); }
  [[nodiscard]] YAML::Mark mark(const char* key) const { return has(key) ? node_[key].Mark() : node_.Mark(); }
  [[nodiscard]] YAML::Node at(const char* key) const { return node_[key]; }
  [[nodiscard]] std::string text(const char* key) const {
    const YAML::Node node = node_[key];
    if (!node || !node.IsScalar() || node.Scalar().empty())
      throw Fault{mark(key), what_ + ": " + key + ": expected a text"};
    return node.Scalar();
  }
  /// Whole numbers from `min` to `max`.
  [[nodiscard]] uint32_t number(const char* key, uint32_t min, uint32_t max, uint32_t otherwise) const {
    if (!has(key)) return otherwise;
    const std::string digits = text(key);
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < min || value > max) {
      throw Fault{mark(key), what_ + ": " + key + ": expected a whole number from " + std::to_string(min) +
                                 " to " + std::to_string(max) + ", found " + quoted(digits)};
    }
    return value;
  }
  [[nodiscard]] bool flag(const char* key) const {
    if (!has(key)) return false;
    const std::string word = text(key);
    if (word != "true" && word != "false")
      throw Fault{mark(key), what_ + ": " + key + ": expected true or false, found " + quoted(word)};
    return word == "true";
  }
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] YAML::Mark mark() const { return node_.Mark(); }

 private:
  static std::string list_of(std::initializer_list<const char*> keys) {
    std::string out;
    for (const char* key : keys) out += (out.empty() ? "" : ", ") + std::string(key);
    return out;
  }

  YAML::Node node_;
  std::string what_;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), folder_(std::filesystem::path(path).parent_path()) {
    spec_.file = path;
  }

  Spec read(const YAML::Node& root) {
    const Map map(root, "policy", {"rate-limit", "enumeration", "clients", "queries", "names", "cookies"});
    if (map.has("rate-limit")) rate_limit(map.at("rate-limit"));
    if (map.has("enumeration")) enumeration(map.at("enumeration"));
    each(map, "clients", [&](const YAML::Node& node) { prefix_rule(node, "clients", spec_.clients); });
    each(map, "queries", [&](const YAML::Node& node) { prefix_rule(node, "queries", spec_.asked); });
    each(map, "names", [&](const YAML::Node& node) { name_rule(node); });
    if (map.has("cookies")) cookies(map.at("cookies"));
    return std::move(spec_);
  }

  [[nodiscard]] std::string at(const YAML::Mark& mark) const {
    if (mark.is_null()) return path_ + ": ";
    return path_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": ";
  }

 private:
  using Families = std::array<std::vector<PrefixTable::Entry>, 2>;

  static void each(const Map& map, const char* key, const std::function<void(const YAML::Node&)>& visit) {
    if (!map.has(key)) return;
    const YAML::Node list = map.at(key);
    if (!list.IsSequence()) throw Fault{map.mark(key), std::string(key) + ": expected a list of rules"};
    for (const YAML::Node& node : list) visit(node);
  }

  [[nodiscard]] std::string path_of(const std::string& file) const { return (folder_ / file).string(); }

  /// Adds a rule with the keys that all rules have; returns its number.
  RuleNumber add_rule(const Map& map, std::string name) {
    const std::string word = map.text("action");
    const auto action = action_of(word);
    if (!action) {
      std::string known;
      for (size_t i = 0; i < kActions; ++i)
        known += (i == 0 ? "" : ", ") + std::string(action_name(static_cast<Action>(i)));
      throw Fault{map.mark("action"), map.what() + ": unknown action " + quoted(word) + "; known: " + known};
    }
    if (spec_.rules.size() == kMaxRules)
      throw Fault{map.mark(),
                  "more than " + std::to_string(kMaxRules) + " rules; put prefixes into a list file"};
    const bool rate = *action == Action::rate;
    if (rate != map.has("responses-per-second"))
      throw Fault{map.mark("responses-per-second"),
                  map.what() + ": responses-per-second belongs to the action rate, and only to it"};
    if (map.has("one-in") && *action != Action::log)
      throw Fault{map.mark("one-in"), map.what() + ": one-in belongs to the action log alone"};
    const uint32_t per_second = map.number("responses-per-second", 1, 100'000'000, 1);
    spec_.rules.push_back({.action = *action,
                           .one_in = map.number("one-in", 1, 1'000'000'000, 1000),
                           .per_second = per_second,
                           .burst = per_second,
                           .name = map.has("id") ? map.text("id") : std::move(name),
                           .where = path_ + ":" + std::to_string(map.mark().line + 1)});
    return static_cast<RuleNumber>(spec_.rules.size());
  }

  void prefix_rule(const YAML::Node& node, const char* what, Families& entries) {
    const Map map(node, what, {"prefix", "list", "action", "responses-per-second", "one-in", "id"});
    if (map.has("prefix") == map.has("list"))
      throw Fault{map.mark(), std::string(what) + ": each rule needs a prefix or a list"};
    const char* const key = map.has("prefix") ? "prefix" : "list";
    const RuleNumber rule = add_rule(map, map.text(key));
    const auto take = [&](const Prefix& prefix) { entries[prefix.ipv6 ? 1 : 0].push_back({prefix, rule}); };
    if (map.has("list")) {
      if (const auto ok = read_prefix_list(path_of(map.text("list")), take); !ok) throw FileFault{ok.error()};
      return;
    }
    const auto prefix = parse_prefix(map.text("prefix"));
    if (!prefix) throw Fault{map.mark("prefix"), std::string(what) + ": prefix: " + prefix.error()};
    const auto [known, is_new] = prefixes_[what].emplace(to_text(*prefix), rule);
    if (!is_new) {
      throw Fault{map.mark("prefix"), std::string(what) + ": duplicate prefix " + known->first + ", as in " +
                                          spec_.rules[known->second - 1].where + "; remove one"};
    }
    take(*prefix);
  }

  void name_rule(const YAML::Node& node) {
    static constexpr std::array<const char*, 6> kForms = {"match",      "literal",      "suffix",
                                                          "match-list", "literal-list", "suffix-list"};
    const Map map(node, "names",
                  {"match", "literal", "suffix", "match-list", "literal-list", "suffix-list", "action",
                   "applies-to", "responses-per-second", "one-in", "id"});
    size_t form = kForms.size();
    for (size_t i = 0; i < kForms.size(); ++i) {
      if (!map.has(kForms[i])) continue;
      if (form != kForms.size())
        throw Fault{map.mark(), "names: each rule needs one of match, literal, suffix and their lists"};
      form = i;
    }
    if (form == kForms.size())
      throw Fault{map.mark(), "names: each rule needs match, literal or suffix, or a list of them"};
    bool all = false;
    if (map.has("applies-to")) {
      const std::string word = map.text("applies-to");
      all = word == "all";
      if (!all && word != "other")
        throw Fault{
            map.mark("applies-to"),
            "names: applies-to: expected all, or other (names that are no address), found " + quoted(word)};
    }
    const std::string text = map.text(kForms[form]);
    const RuleNumber rule = add_rule(map, text);
    const auto take = [&](std::string_view line) {
      std::string name(line);
      if (form % 3 != 0) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return static_cast<char>(wire::lower(static_cast<uint8_t>(c))); });
        if (name.ends_with('.') && name.size() > 1) name.pop_back();
      }
      spec_.names.push_back({.rule = rule,
                             .regex = form % 3 == 0   ? name
                                      : form % 3 == 1 ? literal_regex(name)
                                                      : suffix_regex(name),
                             .flags = 0,
                             .all_names = all,
                             .text = form % 3 != 0});
      return spec_.names.size() > kMaxExpressions
                 ? "more than " + std::to_string(kMaxExpressions) + " expressions"
                 : std::string();
    };
    if (form < 3) {
      if (const std::string why = take(text); !why.empty()) throw Fault{map.mark(), "names: " + why};
    } else if (const auto ok = read_list(path_of(text), take); !ok) {
      throw FileFault{ok.error()};
    }
  }

  void rate_limit(const YAML::Node& node) {
    const Map map(node, "rate-limit",
                  {"responses-per-second", "nodata-per-second", "nxdomains-per-second",
                   "referrals-per-second", "errors-per-second", "window", "slip", "ipv4-prefix",
                   "ipv6-prefix", "wider", "log-only", "table-mib", "allow"});
    constexpr uint32_t kMost = RateTable::kMaxPerSecond;
    LimitSettings& limits = spec_.limits.emplace();
    const uint32_t all = map.number("responses-per-second", 0, kMost, 0);
    const std::array<uint32_t, kClasses> rates = {all, map.number("nodata-per-second", 0, kMost, all),
                                                  map.number("nxdomains-per-second", 0, kMost, all),
                                                  map.number("referrals-per-second", 0, kMost, all),
                                                  map.number("errors-per-second", 0, kMost, all)};
    limits.ipv4.push_back(
        {.length = static_cast<uint8_t>(map.number("ipv4-prefix", 1, 32, 24)), .rates = rates});
    limits.ipv6.push_back(
        {.length = static_cast<uint8_t>(map.number("ipv6-prefix", 1, 64, 56)), .rates = rates});
    limits.window = map.number("window", 1, 3600, 1);
    limits.slip = map.number("slip", 0, 1000, 2);
    limits.log_only = map.flag("log-only");
    limits.table_lines = std::bit_floor(size_t{map.number("table-mib", 1, 1024, 4)} << 20) / 64;
    each(map, "wider", [&](const YAML::Node& level) { wider(level, limits); });
    if (map.has("allow")) {
      const YAML::Node list = map.at("allow");
      if (!list.IsSequence())
        throw Fault{map.mark("allow"), "rate-limit: allow: expected a list of prefixes"};
      for (const YAML::Node& item : list) {
        const auto prefix = parse_prefix(item.IsScalar() ? item.Scalar() : std::string());
        if (!prefix) throw Fault{item.Mark(), "rate-limit: allow: " + prefix.error()};
        spec_.unlimited[prefix->ipv6 ? 1 : 0].push_back({*prefix, 1});
      }
    }
  }

  static void wider(const YAML::Node& node, LimitSettings& limits) {
    const Map map(node, "wider", {"ipv4-prefix", "ipv6-prefix", "responses-per-second"});
    if (map.has("ipv4-prefix") == map.has("ipv6-prefix"))
      throw Fault{map.mark(), "wider: each level needs ipv4-prefix or ipv6-prefix"};
    const bool ipv6 = map.has("ipv6-prefix");
    auto& levels = ipv6 ? limits.ipv6 : limits.ipv4;
    if (levels.size() == kMaxLevels)
      throw Fault{map.mark(), "wider: at most " + std::to_string(kMaxLevels - 1) + " levels for each family"};
    LimitSettings::Level level{.length = static_cast<uint8_t>(map.number(ipv6 ? "ipv6-prefix" : "ipv4-prefix",
                                                                         1, levels.back().length - 1U, 1)),
                               .rates = {}};
    level.rates.fill(map.number("responses-per-second", 1, RateTable::kMaxPerSecond, 1));
    levels.push_back(level);
  }

  void enumeration(const YAML::Node& node) {
    const Map map(node, "enumeration", {"denials-per-second", "burst", "ipv4-prefix", "ipv6-prefix"});
    if (!spec_.limits) spec_.limits.emplace();
    LimitSettings& limits = *spec_.limits;
    limits.denials = map.number("denials-per-second", 1, RateTable::kMaxPerSecond, 10);
    limits.denial_burst = map.number("burst", 1, 1'000'000, 10 * limits.denials);
    limits.asked_ipv4 = static_cast<uint8_t>(map.number("ipv4-prefix", 0, 32, 16));
    limits.asked_ipv6 = static_cast<uint8_t>(map.number("ipv6-prefix", 0, 64, 48));
  }

  void cookies(const YAML::Node& node) {
    const Map map(node, "cookies", {"secret-file", "require"});
    if (!map.has("secret-file"))
      throw Fault{map.mark(), "cookies: needs secret-file, a file with 32 hexadecimal digits"};
    auto secrets = read_secrets(path_of(map.text("secret-file")));
    if (!secrets) throw FileFault{secrets.error()};
    spec_.cookies = Cookies::Settings{.secrets = *std::move(secrets), .require = map.flag("require")};
  }

  static constexpr size_t kMaxExpressions = 100'000;

  std::string path_;
  std::filesystem::path folder_;
  Spec spec_;
  std::map<std::string, std::map<std::string, RuleNumber>> prefixes_;  // that are in the file itself
};

}  // namespace

tl::expected<Spec, std::string> parse_policy(const std::string& text, const std::string& path) {
  if (text.find('\0') != std::string::npos)  // yaml-cpp would silently stop there
    return tl::unexpected(path + ": contains a zero byte; this is not a policy file");
  Reader reader(path);
  try {
    const YAML::Node document = YAML::Load(text);
    if (const size_t line = file::second_document(text); line != 0)
      return tl::unexpected(path + ":" + std::to_string(line) +
                            ":1: a second YAML document; only one is allowed");
    if (document.IsNull() && !file::has_yaml(text)) return Spec{.file = path};
    return reader.read(document);
  } catch (const YAML::Exception& error) {
    return tl::unexpected(reader.at(error.mark) + "invalid YAML: " + error.msg);
  } catch (const Fault& fault) {
    return tl::unexpected(reader.at(fault.mark) + fault.what);
  } catch (const FileFault& fault) {
    return tl::unexpected(fault.line);
  }
}

tl::expected<Spec, std::string> read_policy(const std::string& path) {
  // Only a regular file, which cannot block.
  auto text = image::read_regular_file(path, kMaxPolicyFile);
  if (!text) return tl::unexpected(text.error());
  return parse_policy(*text, path);
}

}  // namespace ptrd::policy
