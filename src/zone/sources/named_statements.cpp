// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/named_statements.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "zone/sources/tokens.hpp"

namespace ptrd::zone {

namespace {

constexpr unsigned kMaxDepth = 64;  // of braces

/// What a block of statements is about.
enum class Block : uint8_t { top, options, view, zone };

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return static_cast<char>(wire::lower(static_cast<uint8_t>(c))); });
  return out;
}

class StatementReader {
 public:
  StatementReader(Configuration& configuration, NamedStatements& out)
      : configuration_(configuration), out_(out) {
    out_.directory = configuration.folder();
  }

  [[nodiscard]] bool read() {
    return configuration_.read_main(
        [this](std::string_view text, uint32_t file) { return read_file(text, file, Block::top); });
  }

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
          configuration_.note(fmt::format("not read: the zones of {}", lower_case(first.text)));
        break;
      case Block::zone:
        return zone_option(tokens, first);
      default:
        break;
    }
    if (first.is("directory") && block == Block::options) return directory(tokens);
    if (first.is("masterfile-format"))
      return format(tokens, block == Block::view ? out_.views.back().is_raw : out_.is_raw);
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
        pattern, out_.directory, /*must_match=*/true, place(first),
        [&](std::string_view text, uint32_t file) { return read_file(text, file, block); });
  }

  bool options(Tokens& tokens) { return block(tokens, tokens.next(), Block::options); }

  bool directory(Tokens& tokens) {
    std::string path;
    if (!value(tokens, path)) return false;
    out_.directory = configuration_.resolve(path, configuration_.folder());
    return true;
  }

  /// A value that is a keyword, in lower case.
  bool keyword(Tokens& tokens, std::string& out) {
    if (!value(tokens, out)) return false;
    out = lower_case(out);
    return true;
  }

  template <class Flag>
  bool format(Tokens& tokens, Flag& is_raw) {
    std::string word;
    if (!keyword(tokens, word)) return false;
    is_raw = word == "raw" || word == "map";
    return true;
  }

  bool new_zones(Tokens& tokens) {
    std::string word;
    if (!keyword(tokens, word)) return false;
    if (word == "yes" || word == "true" || word == "1")
      configuration_.note("not read: zones added with \"rndc addzone\" (allow-new-zones)");
    return true;
  }

  /// The class behind the name of a zone or view, if there is one; `token` is then what follows it.
  static std::string class_name(Tokens& tokens, Token& token) {
    if (!token.is_text()) return "in";
    std::string name = lower_case(token.text);
    token = tokens.next();
    if (name == "chaos") return "ch";
    return name == "hesiod" ? "hs" : name;
  }

  bool view(Tokens& tokens) {
    const Token name = tokens.next();
    if (!name.is_text()) return fail(name, "expected the view's name");
    Token token = tokens.next();
    std::string of_class = class_name(tokens, token);
    out_.views.push_back({unescaped(name), std::move(of_class), out_.is_raw});
    view_ = static_cast<uint32_t>(out_.views.size() - 1);
    const bool good = block(tokens, token, Block::view);
    view_ = kNoView;
    return good;
  }

  bool zone(Tokens& tokens, const Token& first) {
    const Token name = tokens.next();
    if (!name.is_text()) return fail(name, "expected the zone's name");
    NamedZone& zone = out_.zones.emplace_back();
    zone.zone.apex = unescaped(name);
    zone.zone.place = place(first);
    zone.view = view_;
    Token token = tokens.next();
    zone.class_name = class_name(tokens, token);
    return block(tokens, token, Block::zone);
  }

  bool zone_option(Tokens& tokens, const Token& first) {
    NamedZone& zone = out_.zones.back();
    if (first.is("type")) return keyword(tokens, zone.type);
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
  NamedStatements& out_;
  uint32_t file_ = 0;        // being read
  uint32_t view_ = kNoView;  // being read
};

}  // namespace

bool read_named_statements(Configuration& configuration, NamedStatements& out) {
  return StatementReader(configuration, out).read();
}

}  // namespace ptrd::zone
