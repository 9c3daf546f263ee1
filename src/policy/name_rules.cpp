// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/name_rules.hpp"

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstdlib>
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

namespace {

/// One match is enough; a name has no lines.
constexpr unsigned kFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL;

/// Frees Hyperscan's error; what it says, without a final dot.
std::string reason_of(hs_compile_error_t* error) {
  std::string reason = error->message;
  hs_free_compile_error(error);
  while (reason.ends_with('.')) reason.pop_back();
  return reason;
}

/// Why an expression is refused, or empty: compiles it alone. No name's text is longer than NameText::kMax.
std::string why_not(const NameRule& rule, const NameLimits& limits) {
  if (rule.regex.size() > limits.expression)
    return "it is longer than " + std::to_string(limits.expression) + " characters";
  const unsigned flags = rule.flags | kFlags;
  hs_expr_info_t* found = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_expression_info(rule.regex.c_str(), flags, &found, &error) != HS_SUCCESS) return reason_of(error);
  const hs_expr_info_t info = *found;
  std::free(found);
  if (info.min_width > NameText::kMax)
    return "it matches no name: it needs at least " + std::to_string(info.min_width) + " characters";
  if (info.max_width != UINT_MAX && info.max_width > NameText::kMax)
    return "it repeats up to " + std::to_string(info.max_width) + " characters, but a name has at most " +
           std::to_string(NameText::kMax) + "; leave the upper bound out, as in {2,}";
  hs_database_t* database = nullptr;
  if (hs_compile(rule.regex.c_str(), flags, HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS)
    return reason_of(error);
  hs_free_database(database);
  return {};
}

/// Compiles each expression alone, within the limits on time.
std::optional<NameRules::Error> find_refused(const std::vector<NameRule>& rules, const NameLimits& limits) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  Clock::duration longest{};
  size_t slowest = 0;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].text) continue;
    const auto start = Clock::now();
    if (std::string why = why_not(rules[i], limits); !why.empty())
      return NameRules::Error{.rule = i, .reason = std::move(why)};
    const auto end = Clock::now();
    if (end - start > longest) {
      longest = end - start;
      slowest = i;
    }
    if (end - began > limits.compile) {
      const auto ms = [](Clock::duration time) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
      };
      return NameRules::Error{.rule = slowest,
                              .reason = "it takes " + ms(longest) +
                                        ", and the expressions together more than the limit of " +
                                        ms(limits.compile)};
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::shared_ptr<const NameRules::Compiled>, NameRules::Error> NameRules::compile(
    const std::vector<NameRule>& rules, bool address, size_t stations, const NameLimits& limits) {
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  std::vector<size_t> origin;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (address && !rules[i].all_names) continue;
    regexes.push_back(rules[i].regex.c_str());
    flags.push_back(rules[i].flags | kFlags);
    ids.push_back(rules[i].rule);
    origin.push_back(i);
  }
  if (regexes.empty()) return nullptr;  // Hyperscan rejects an empty database
  const auto out = std::make_shared<Compiled>();
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(regexes.data(), flags.data(), ids.data(), static_cast<unsigned>(regexes.size()),
                       HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) {
    Error why;
    if (error->expression >= 0) why.rule = origin[static_cast<size_t>(error->expression)];
    why.reason = reason_of(error);
    return tl::unexpected(std::move(why));
  }
  out->database.reset(database);
  size_t size = 0;
  if (hs_database_size(database, &size) == HS_SUCCESS && size > limits.database)
    return tl::unexpected(Error{.rule = std::nullopt,
                                .reason = "they take " + std::to_string(size >> 20) +
                                          " MiB, more than the limit of " +
                                          std::to_string(limits.database >> 20) + " MiB"});
  for (size_t i = 0; i < stations; ++i) {
    hs_scratch_t* scratch = nullptr;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) throw std::bad_alloc();
    out->scratch.emplace_back(scratch);
  }
  return out;
}

tl::expected<NameRules, NameRules::Error> NameRules::compile(const std::vector<NameRule>& rules,
                                                             size_t stations, const NameLimits& limits) {
  NameRules out;
  if (auto refused = find_refused(rules, limits)) return tl::unexpected(*std::move(refused));
  auto others = compile(rules, false, stations, limits);
  if (!others) return tl::unexpected(others.error());
  out.others_ = *std::move(others);
  const bool all =
      std::all_of(rules.begin(), rules.end(), [](const NameRule& rule) { return rule.all_names; });
  auto addresses = all ? out.others_ : compile(rules, true, stations, limits);
  if (!addresses) return tl::unexpected(addresses.error());
  out.addresses_ = *std::move(addresses);
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
