// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/pattern_set.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lint/line_regex.hpp"

namespace ptrd::lint {

namespace {

constexpr unsigned kLineFlags = HS_FLAG_CASELESS | HS_FLAG_MULTILINE;
constexpr unsigned kNameFlags = HS_FLAG_CASELESS | HS_FLAG_DOTALL;

/// A match in the class address counts only if it ends inside the owner's address.
bool is_confirmed(const Pattern& pattern) {
  return pattern.cls == Class::address && pattern.kind == Pattern::Kind::finding;
}

/// Hyperscan says "... at index 3" if it can.
uint32_t offset_in(std::string_view reason) {
  constexpr std::string_view kBefore = "at index ";
  const size_t at = reason.find(kBefore);
  uint32_t offset = 0;
  if (at != std::string_view::npos) {
    std::from_chars(reason.data() + at + kBefore.size(), reason.data() + reason.size(), offset);
  }
  return offset;
}

}  // namespace

const Pattern& PatternSet::pattern(size_t id) const {
  return id < patterns_.size() ? patterns_[id] : allowed_[id - patterns_.size()];
}

std::string PatternSet::explain(const RegexError& error, const std::vector<Expression>& expressions) const {
  if (!error.expression) return fmt::format("Hyperscan cannot compile the patterns: {}", error.reason);
  const Pattern& at_fault = pattern(expressions[*error.expression].id);
  // As written in the file, so that the position in the reason is correct.
  const auto again = Database::compile({{.regex = at_fault.regex, .flags = kNameFlags, .id = 0}});
  const std::string& reason = again ? error.reason : again.error().reason;
  return fmt::format("{}:{}:{}: '{}': {}", at_fault.file, at_fault.line,
                     at_fault.regex_column + offset_in(reason), at_fault.regex, reason);
}

tl::expected<PatternSet, std::string> PatternSet::compile(std::vector<Pattern> patterns,
                                                          std::vector<Pattern> allowed) {
  PatternSet set;
  set.patterns_ = std::move(patterns);
  set.allowed_ = std::move(allowed);
  if (auto done = set.compile(); !done) return tl::unexpected(done.error());
  return set;
}

tl::expected<void, std::string> PatternSet::compile() {
  std::vector<Expression> lines;
  std::vector<Expression> alone;
  std::vector<Expression> first_address;
  std::vector<Expression> addresses;
  for (unsigned id = 0; id < patterns_.size() + allowed_.size(); ++id) {
    const std::string& regex = pattern(id).regex;
    if (id < patterns_.size() && is_confirmed(pattern(id))) {
      auto& part = first_address.empty() ? first_address : addresses;
      part.push_back({.regex = regex, .flags = kNameFlags, .id = id});
    } else if (auto line = within_line(regex)) {
      lines.push_back({.regex = *std::move(line), .flags = kLineFlags, .id = id});
    } else {
      alone.push_back({.regex = regex, .flags = kNameFlags | HS_FLAG_SINGLEMATCH, .id = id});
    }
  }
  count_alone_ = alone.size();
  for (const auto& [expressions, database] :
       {std::pair(&lines, &lines_), std::pair(&alone, &alone_), std::pair(&first_address, &first_address_),
        std::pair(&addresses, &addresses_)}) {
    auto compiled = Database::compile(*expressions);
    if (!compiled) return tl::unexpected(explain(compiled.error(), *expressions));
    *database = *std::move(compiled);
  }
  return {};
}

void PatternSet::take(unsigned id, State& state) const {
  if (id >= patterns_.size()) {
    state.passed_over = true;
    return;
  }
  const auto cls = static_cast<size_t>(patterns_[id].cls);
  if (patterns_[id].kind == Pattern::Kind::except) {
    state.excepted |= 1U << cls;
  } else {
    state.best[cls] = std::min(state.best[cls], id);
  }
}

size_t PatternSet::scan_lines(std::span<const Subject> subjects) {
  State fresh{.best = {}, .excepted = 0, .passed_over = false};
  fresh.best.fill(kNone);
  states_.assign(subjects.size(), fresh);
  text_.clear();
  ends_.clear();
  if (subjects.empty()) return 0;
  for (const Subject& subject : subjects) {
    // Not after the last one: `$` would also match there, where no name ends.
    if (!ends_.empty()) text_ += '\n';
    const size_t start = text_.size();
    text_ += subject.name;
    if (subject.name.find('\n') != std::string_view::npos) {
      std::replace(text_.begin() + static_cast<ptrdiff_t>(start), text_.end(), '\n', '\v');
    }
    ends_.push_back(text_.size());
  }
  size_t matches = 0;
  lines_.scan(text_, [&](unsigned id, size_t end) {
    // Hyperscan reports ends roughly in the order of the text, but does not guarantee it.
    const auto line = std::lower_bound(ends_.begin(), ends_.end(), end);
    take(id, states_[static_cast<size_t>(line - ends_.begin())]);
    ++matches;
    return true;
  });
  if (alone_.empty()) return matches;
  for (size_t i = 0; i < subjects.size(); ++i) {
    const size_t start = i == 0 ? 0 : ends_[i - 1] + 1;
    alone_.scan(std::string_view(text_).substr(start, ends_[i] - start), [&](unsigned id, size_t /*end*/) {
      take(id, states_[i]);
      ++matches;
      return true;
    });
  }
  return matches;
}

std::optional<AddressForm> PatternSet::scan_address(const Subject& subject, State& state) {
  if (first_address_.empty()) return std::nullopt;
  const auto form = find_address(subject.name, *subject.address);
  if (!form) return std::nullopt;
  const auto ends_in_it = [&](size_t end) { return end > form->from && end <= form->to; };
  const unsigned& best = state.best[static_cast<size_t>(Class::address)];
  first_address_.scan(subject.name, [&](unsigned id, size_t end) {
    if (ends_in_it(end)) take(id, state);
    return best == kNone;
  });
  if (best != kNone) return form;
  addresses_.scan(subject.name, [&](unsigned id, size_t end) {
    if (ends_in_it(end)) take(id, state);
    return true;
  });
  return form;
}

std::vector<Match> PatternSet::scan(const Subject& subject) {
  std::vector<Match> matches;
  scan(std::span(&subject, 1), [&](size_t /*subject*/, const Match& match) { matches.push_back(match); });
  return matches;
}

std::string try_example(const Pattern& pattern) {
  Pattern alone = pattern;
  alone.kind = Pattern::Kind::finding;  // an exception must also match its example
  auto set = PatternSet::compile({alone});
  if (!set) return set.error();
  const auto fault = [&](std::string_view what) {
    return fmt::format("{}:{}:{}: {}: {}", pattern.file, pattern.line, pattern.regex_column, pattern.id(),
                       what);
  };
  std::string_view name = pattern.example;
  std::optional<wire::AddressKey> address;
  if (pattern.cls == Class::address) {
    const size_t equals = name.find('=');
    address = wire::key_of_address(name.substr(0, equals));
    if (!address) return fault(fmt::format("'{}' is not an address", name.substr(0, equals)));
    name.remove_prefix(equals + 1);
  }
  if (set->scan({.name = name, .address = address}).empty()) {
    return fault(fmt::format("the example '{}' does not match", pattern.example));
  }
  return {};
}

}  // namespace ptrd::lint
