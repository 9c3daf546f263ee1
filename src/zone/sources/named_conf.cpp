// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/named_conf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "ptrd/wire/one_line.hpp"
#include "zone/sources/tokens.hpp"

namespace ptrd::zone {

using wire::one_line;

namespace {

constexpr unsigned kMaxDepth = 64;  // of braces
constexpr uint32_t kNoView = UINT32_MAX;

/// What a block of statements is about.
enum class Block : uint8_t { top, options, view, zone, skipped };

struct ZoneStatement {
  ConfiguredZone zone;
  uint32_t view = kNoView;
  std::string class_name = "in";
  std::string type;
  std::string in_view;
  bool has_file = false;
  bool is_raw = false;      // masterfile-format raw
  bool is_dynamic = false;  // takes dynamic updates
};

std::string lower_text(const Token& token) {
  std::string text(token.text);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(wire::lower(static_cast<uint8_t>(c))); });
  return text;
}

/// Reads the statements into zones and views.
class Reader {
 public:
  explicit Reader(Configuration& configuration)
      : configuration_(configuration), directory_(configuration.folder()) {}

  [[nodiscard]] bool read() {
    return configuration_.read_main(
        [this](std::string_view text, uint32_t file) { return read_file(text, file, Block::top); });
  }

  struct View {
    std::string name;
    std::string class_name;
    bool is_raw = false;
  };
  [[nodiscard]] std::vector<ZoneStatement>& zones() { return zones_; }
  [[nodiscard]] const std::vector<View>& views() const { return views_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] bool is_raw() const { return is_raw_; }

 private:
  [[nodiscard]] Place place(const Token& token) const { return {file_, token.line, token.column}; }

  bool fail(const Token& token, std::string text) {
    using Kind = Token::Kind;
    if (token.kind == Kind::unclosed_string) text = "this string has no closing quote";
    if (token.kind == Kind::unclosed_comment) text = "this comment has no end";
    if (token.kind == Kind::end) text = "the file ends within a statement; a '}' or ';' is missing";
    return configuration_.fail(place(token), std::move(text));
  }

  bool read_file(std::string_view text, uint32_t file, Block block) {
    Tokens tokens(text, Language::named);
    const uint32_t outer = std::exchange(file_, file);
    const bool good = statements(tokens, block, /*in_braces=*/false);
    file_ = outer;
    return good;
  }

  /// Up to the end of the file or, within braces, the closing one.
  bool statements(Tokens& tokens, Block block, bool in_braces) {
    using Kind = Token::Kind;
    for (;;) {
      const Token first = tokens.next();
      if (first.kind == Kind::end && !in_braces) return true;
      if (first.kind == Kind::close && in_braces) return true;
      if (first.kind == Kind::semicolon) continue;
      if (!first.is_text())
        return fail(first, first.kind == Kind::close ? "'}' without a '{'" : "expected a statement");
      if (!statement(tokens, first, block)) return false;
    }
  }

  bool statement(Tokens& tokens, const Token& first, Block block) {
    if (first.is("include")) return include(tokens, first, block);
    switch (block) {
      case Block::top:
        if (first.is("options")) return options(tokens);
        if (first.is("view")) return view(tokens);
        [[fallthrough]];
      case Block::view:
        if (first.is("zone")) return zone(tokens, first);
        if (first.is("dlz") || first.is("dyndb"))
          configuration_.note(fmt::format("not read: the zones of {}", lower_text(first)));
        break;
      case Block::zone:
        return zone_option(tokens, first);
      default:
        break;
    }
    if (first.is("directory") && block == Block::options) return directory(tokens);
    if (first.is("masterfile-format"))
      return format(tokens, block == Block::view ? views_.back().is_raw : is_raw_);
    if (first.is("catalog-zones")) configuration_.note("not read: the member zones of catalog-zones");
    if (first.is("allow-new-zones")) return new_zones(tokens);
    return skip(tokens);
  }

  /// The rest of a statement, whose blocks are not looked into.
  bool skip(Tokens& tokens) {
    using Kind = Token::Kind;
    for (unsigned depth = 0;;) {
      const Token token = tokens.next();
      if (token.kind == Kind::semicolon && depth == 0) return true;
      if (token.kind == Kind::open && ++depth > kMaxDepth)
        return fail(token, fmt::format("braces are nested more than {} deep", kMaxDepth));
      if (token.kind == Kind::close && depth-- == 0) return fail(token, "a ';' is missing before this '}'");
      if (token.kind >= Kind::end) return fail(token, {});
    }
  }

  /// A statement's only value, and its semicolon.
  bool value(Tokens& tokens, std::string& out) {
    const Token token = tokens.next();
    if (!token.is_text()) return fail(token, "expected a value");
    out = unescaped(token);
    return end_of_statement(tokens);
  }

  bool end_of_statement(Tokens& tokens) {
    const Token token = tokens.next();
    return token.kind == Token::Kind::semicolon || fail(token, "expected ';'");
  }

  /// A block in braces, and its semicolon.
  bool block(Tokens& tokens, const Token& open, Block kind) {
    if (open.kind != Token::Kind::open) return fail(open, "expected '{'");
    return statements(tokens, kind, /*in_braces=*/true) && end_of_statement(tokens);
  }

  bool include(Tokens& tokens, const Token& first, Block block) {
    std::string pattern;
    if (!value(tokens, pattern)) return false;
    return configuration_.include(
        pattern, directory_, /*must_match=*/true, place(first),
        [&](std::string_view text, uint32_t file) { return read_file(text, file, block); });
  }

  bool options(Tokens& tokens) { return block(tokens, tokens.next(), Block::options); }

  bool directory(Tokens& tokens) {
    std::string path;
    if (!value(tokens, path)) return false;
    directory_ = configuration_.resolve(path, configuration_.folder());
    return true;
  }

  bool format(Tokens& tokens, bool& is_raw) {
    std::string word;
    if (!value(tokens, word)) return false;
    is_raw = word == "raw" || word == "map";
    return true;
  }

  bool new_zones(Tokens& tokens) {
    std::string word;
    if (!value(tokens, word)) return false;
    if (word == "yes" || word == "true" || word == "1")
      configuration_.note("not read: zones added with \"rndc addzone\" (allow-new-zones)");
    return true;
  }

  /// The class behind the name of a zone or view, if there is one; `token` is then what follows it.
  static std::string class_name(Tokens& tokens, Token& token) {
    if (!token.is_text()) return "in";
    std::string name = lower_text(token);
    token = tokens.next();
    if (name == "chaos") return "ch";
    return name == "hesiod" ? "hs" : name;
  }

  bool view(Tokens& tokens) {
    const Token name = tokens.next();
    if (!name.is_text()) return fail(name, "expected the view's name");
    Token token = tokens.next();
    std::string of_class = class_name(tokens, token);
    views_.push_back({unescaped(name), std::move(of_class), is_raw_});
    view_ = static_cast<uint32_t>(views_.size() - 1);
    const bool good = block(tokens, token, Block::view);
    view_ = kNoView;
    return good;
  }

  bool zone(Tokens& tokens, const Token& first) {
    const Token name = tokens.next();
    if (!name.is_text()) return fail(name, "expected the zone's name");
    ZoneStatement& zone = zones_.emplace_back();
    zone.zone.apex = unescaped(name);
    zone.zone.place = place(first);
    zone.view = view_;
    Token token = tokens.next();
    zone.class_name = class_name(tokens, token);
    return block(tokens, token, Block::zone);
  }

  bool zone_option(Tokens& tokens, const Token& first) {
    ZoneStatement& zone = zones_.back();
    if (first.is("type")) return value(tokens, zone.type);
    if (first.is("file")) {
      zone.has_file = true;
      return value(tokens, zone.zone.file);
    }
    if (first.is("in-view")) return value(tokens, zone.in_view);
    if (first.is("masterfile-format")) return format(tokens, zone.is_raw);
    if (first.is("allow-update") || first.is("update-policy")) zone.is_dynamic = true;
    return skip(tokens);
  }

  Configuration& configuration_;
  std::string directory_;
  std::vector<ZoneStatement> zones_;
  std::vector<View> views_;
  uint32_t file_ = 0;        // being read
  uint32_t view_ = kNoView;  // being read
  bool is_raw_ = false;      // masterfile-format of the options
};

/// Chooses among the zones of what was read.
class Chooser {
 public:
  Chooser(Configuration& configuration, Reader& reader) : configuration_(configuration), reader_(reader) {}

  /// False: an error was reported.
  [[nodiscard]] bool choose_view(const std::string& wanted) {
    const auto& views = reader_.views();
    std::string names;
    size_t choices = 0;
    for (uint32_t i = 0; i < views.size(); ++i) {
      if (views[i].class_name != "in") continue;
      names += (choices++ == 0 ? "" : ", ") + one_line(views[i].name);
      if (wanted.empty() || views[i].name == wanted) view_ = i;
    }
    const Place start{0, 1, 1};
    if (choices == 0) {
      if (wanted.empty()) return true;
      return configuration_.fail(start, "there are no views; remove --view");
    }
    if (view_ == kNoView)
      return configuration_.fail(start,
                                 fmt::format("no view '{}'; the views are: {}", one_line(wanted), names));
    if (wanted.empty() && choices > 1)
      return configuration_.fail(start,
                                 fmt::format("{} views: {}; choose one with --view NAME", choices, names));
    return true;
  }

  void take_all() {
    for (const ZoneStatement& zone : reader_.zones()) {
      if (zone.view != view_)
        configuration_.leave_out(zone.view == kNoView ? "outside of the views" : "in another view");
      else if (zone.class_name != "in")
        configuration_.leave_out("of class " + one_line(zone.class_name));
      else if (zone.in_view.empty())
        take(zone, zone.zone.place);
      else
        take_shared(zone);
    }
  }

 private:
  /// A zone of another view, which this view shares (`in-view`).
  void take_shared(const ZoneStatement& zone) {
    if (!std::exchange(has_index_, true)) {
      for (const ZoneStatement& other : reader_.zones()) {
        if (other.view == kNoView || !other.in_view.empty()) continue;
        by_view_.emplace(key(reader_.views()[other.view].name, other.zone.apex), &other);
      }
    }
    const auto shared = by_view_.find(key(zone.in_view, zone.zone.apex));
    if (shared == by_view_.end()) {
      configuration_.fail(zone.zone.place, fmt::format("zone '{}' is not in the view '{}'",
                                                       one_line(zone.zone.apex), one_line(zone.in_view)));
      return;
    }
    take(*shared->second, zone.zone.place);
  }
  static std::string key(const std::string& view, const std::string& zone) {
    const auto name = wire::Name::from_text(zone);
    return view + '\0' + (name ? name->lowered().to_text() : zone);
  }

  void take(const ZoneStatement& zone, const Place& at) {
    const auto fail = [&](const char* why) {
      configuration_.fail(at, fmt::format("zone '{}' {}", one_line(zone.zone.apex), why));
    };
    if (zone.type.empty()) return fail("has no type");
    if (zone.type == "slave") return configuration_.leave_out("secondary");
    if (zone.type != "primary" && zone.type != "master") return configuration_.leave_out(one_line(zone.type));
    if (!zone.has_file) return configuration_.leave_out("without a file");
    const bool view_is_raw = zone.view == kNoView ? reader_.is_raw() : reader_.views()[zone.view].is_raw;
    if (zone.is_raw || view_is_raw)
      return fail("has its file in the raw format; convert it with \"named-compilezone -f raw -F text\"");
    ConfiguredZone resolved = zone.zone;
    resolved.file = configuration_.resolve(zone.zone.file, reader_.directory());
    std::error_code error;
    if (zone.is_dynamic && std::filesystem::exists(resolved.file + ".jnl", error)) {
      configuration_.warn(at, fmt::format("zone '{}' has a journal, whose changes are not read; first run "
                                          "\"rndc sync {}\"",
                                          one_line(zone.zone.apex), one_line(zone.zone.apex)));
    }
    configuration_.add(resolved, reader_.directory());
  }

  Configuration& configuration_;
  Reader& reader_;
  uint32_t view_ = kNoView;
  bool has_index_ = false;
  std::unordered_map<std::string, const ZoneStatement*> by_view_;  // if `has_index_`
};

}  // namespace

std::vector<Source> read_named_conf(Configuration& configuration, const std::string& view) {
  Reader reader(configuration);
  if (!reader.read()) return {};
  Chooser chooser(configuration, reader);
  if (!chooser.choose_view(view)) return {};
  chooser.take_all();
  return configuration.finish();
}

}  // namespace ptrd::zone
