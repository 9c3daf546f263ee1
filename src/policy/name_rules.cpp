// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/name_rules.hpp"

#include <algorithm>
#include <cctype>
#include <new>
#include <utility>

namespace ptrd::policy {

NameText::NameText(wire::Bytes name) {
  const wire::Labels labels(name);
  if (labels.count == 0) text_[size_++] = '.';
  for (size_t i = 0; i < labels.count; ++i) {
    if (i > 0) text_[size_++] = '.';
    for (const uint8_t octet : labels.label(name, i)) {
      const auto c = static_cast<char>(wire::lower(octet));
      if (octet <= ' ' || octet > '~') {
        text_[size_++] = '\\';
        text_[size_++] = static_cast<char>('0' + octet / 100);
        text_[size_++] = static_cast<char>('0' + octet / 10 % 10);
        text_[size_++] = static_cast<char>('0' + octet % 10);
        continue;
      }
      if (c == '.' || c == '\\') text_[size_++] = '\\';
      text_[size_++] = c;
    }
  }
}

namespace {

/// `text` with every character that has a meaning in an expression escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string literal_regex(std::string_view text) {
  return "^" + escaped(text) + "$";
}

std::string suffix_regex(std::string_view text) {
  return "(?:^|\\.)" + escaped(text) + "$";
}

std::shared_ptr<const NameRules::Compiled> NameRules::with_scratch(NameDatabase database, size_t stations) {
  if (database == nullptr) return nullptr;
  const auto out = std::make_shared<Compiled>();
  out->database = std::move(database);
  for (size_t i = 0; i < stations; ++i) {
    hs_scratch_t* scratch = nullptr;
    if (hs_alloc_scratch(out->database.get(), &scratch) != HS_SUCCESS) throw std::bad_alloc();
    out->scratch.emplace_back(scratch);
  }
  return out;
}

tl::expected<NameRules, NameRules::Error> NameRules::compile(const std::vector<NameRule>& rules,
                                                             size_t stations, const NameLimits& limits,
                                                             const CompileNames& compile) {
  if (rules.empty()) return NameRules();
  auto databases = compile(rules, limits);
  if (!databases) return tl::unexpected(std::move(databases.error()));
  NameRules out;
  out.others_ = with_scratch(std::move(databases->others), stations);
  const bool all =
      std::all_of(rules.begin(), rules.end(), [](const NameRule& rule) { return rule.all_names; });
  out.addresses_ = all ? out.others_ : with_scratch(std::move(databases->addresses), stations);
  return out;
}

RuleNumber NameRules::find(std::string_view name, bool address, size_t station) const {
  const Compiled& compiled = address ? *addresses_ : *others_;
  RuleNumber first = 0;
  // The scratch belongs to this thread, and the database never changes, so it cannot fail.
  (void)hs_scan(
      compiled.database.get(), name.data(), static_cast<unsigned>(name.size()), 0,
      compiled.scratch[station].get(),
      [](unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
        auto& lowest = *static_cast<RuleNumber*>(context);
        lowest = lowest == 0 ? id : std::min<RuleNumber>(lowest, id);
        return 0;
      },
      &first);
  return first;
}

}  // namespace ptrd::policy
