// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// Arbitrary bytes as the configuration of a name server, or as the name of a zone file. The first byte
// chooses which; after a zero byte comes the text of every file that the configuration includes. The readers
// must end, stay within bounds, and give places that exist.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "zone/name.hpp"
#include "zone/sources/file_names.hpp"
#include "zone/sources/knot_conf.hpp"
#include "zone/sources/named_conf.hpp"
#include "zone/sources/nsd_conf.hpp"
#include "zone/sources/tokens.hpp"
#include "zone/sources/zone_list.hpp"

using namespace ptrd;

namespace {

class Files final : public zone::ConfigurationFiles {
 public:
  Files(std::string_view main, std::string_view others) : main_(main), others_(others) {}

  tl::expected<std::string, std::string> read(const std::string& path, size_t most) override {
    const std::string_view text = path == "/c/main" ? main_ : others_;
    if (text.size() > most) return tl::unexpected<std::string>("too large");
    return std::string(text);
  }
  std::vector<std::string> matches(const std::string& pattern) override {
    return {pattern + "1", pattern + "2"};
  }

 private:
  std::string_view main_;
  std::string_view others_;
};

size_t lines_of(std::string_view text) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Tokens lie in the text, one after the other, where they say.
void check_tokens(std::string_view text, zone::Language language) {
  zone::Tokens tokens(text, language);
  const char* seen = text.data();
  for (;;) {
    const zone::Token token = tokens.next();
    if (token.line == 0 || token.column == 0 || token.line > lines_of(text)) abort();
    if (token.kind >= zone::Token::Kind::end) return;
    const char* start = token.text.data() - (token.kind == zone::Token::Kind::string ? 1 : 0);
    if (start < seen || token.text.data() + token.text.size() > text.data() + text.size()) abort();
    const char* end = token.text.data() + token.text.size();
    if (token.kind == zone::Token::Kind::string && (end == text.data() + text.size() || *end != '"')) abort();
    const std::string_view before(text.data(), static_cast<size_t>(start - text.data()));
    if (token.line != lines_of(before) || token.column != before.size() - (before.rfind('\n') + 1) + 1)
      abort();
    (void)zone::unescaped(token);
    seen = token.text.data() + token.text.size();
  }
}

void check_configuration(uint8_t kind, std::string_view main, std::string_view others) {
  Files files(main, others);
  std::vector<zone::Finding> findings;
  zone::Configuration configuration("/c/main", {}, findings, files,
                                    {.bytes = 1 << 16, .files = 40, .depth = 6});
  const auto sources = kind == 0   ? read_named_conf(configuration, {})
                       : kind == 1 ? read_named_conf(configuration, "v")
                       : kind == 2 ? read_nsd_conf(configuration)
                       : kind == 3 ? read_knot_conf(configuration)
                                   : read_zone_list(configuration);
  for (const zone::Source& source : sources) {
    if (source.file.empty() || source.said_by != zone::SaidBy::configuration) abort();
  }
  for (const zone::Finding& finding : findings) {
    const std::string_view text = finding.file == "/c/main" ? main : others;
    if (finding.line > lines_of(text) || finding.text.empty()) abort();
    if (finding.to_text().find('\n') != std::string::npos) abort();
  }
}

void check_name(std::string_view name, std::string_view folder) {
  using Kind = zone::FileName::Kind;
  const zone::FileName said = zone::read_file_name(name, folder);
  const bool is_reverse = zone::reverse_tree(said.origin.bytes()).has_value();
  if (said.kind == Kind::apex && !is_reverse) abort();
  if (said.kind == Kind::domain && is_reverse) abort();
  if (said.kind == Kind::numbers && !said.origin.is_root() && !is_reverse) abort();
  if (said.kind == Kind::invalid && said.fault.empty()) abort();
  (void)zone::other_purpose(name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string_view main = text.substr(0, text.find('\0'));
  const std::string_view others = main.size() == text.size() ? "" : text.substr(main.size() + 1);
  const auto kind = static_cast<uint8_t>(data[0] % 7);
  if (kind < 5) return check_configuration(kind, main, others), 0;
  if (kind == 5) return check_name(main, others), 0;
  check_tokens(text, zone::Language::named);
  check_tokens(text, zone::Language::nsd);
  return 0;
}
