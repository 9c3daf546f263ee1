// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/pattern_set.hpp"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <stdexcept>

namespace ptrd::lint {

namespace {

/// Of the class address the matched piece is looked at, so its start is needed; of the others, that there is
/// a match.
unsigned flags_of(const Pattern& pattern) {
  const bool confirmed = pattern.cls == Class::address && pattern.kind == Pattern::Kind::finding;
  return HS_FLAG_CASELESS | HS_FLAG_DOTALL | (confirmed ? 0U : HS_FLAG_SINGLEMATCH);
}

struct FreeError {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

/// Hyperscan says "... at index 3." where it can.
uint32_t offset_in(std::string_view message) {
  constexpr std::string_view kBefore = "at index ";
  const size_t at = message.find(kBefore);
  uint32_t offset = 0;
  if (at != std::string_view::npos) {
    std::from_chars(message.data() + at + kBefore.size(), message.data() + message.size(), offset);
  }
  return offset;
}

std::string explain(const hs_compile_error_t& error, const Pattern* pattern) {
  std::string_view message = error.message;
  while (message.ends_with('.')) message.remove_suffix(1);
  if (pattern == nullptr) return fmt::format("Hyperscan cannot compile the patterns: {}", message);
  return fmt::format("{}:{}:{}: '{}': {}", pattern->file, pattern->line,
                     pattern->regex_column + offset_in(message), pattern->regex, message);
}

}  // namespace

void PatternSet::Free::operator()(hs_database* database) const {
  hs_free_database(database);
}
void PatternSet::Free::operator()(hs_scratch* scratch) const {
  hs_free_scratch(scratch);
}

tl::expected<PatternSet, std::string> PatternSet::compile(std::vector<Pattern> patterns,
                                                          std::vector<Pattern> allowed) {
  PatternSet set;
  set.patterns_ = std::move(patterns);
  set.allowed_ = std::move(allowed);
  std::vector<const Pattern*> all;
  for (const auto* part : {&set.patterns_, &set.allowed_}) {
    for (const Pattern& pattern : *part) all.push_back(&pattern);
  }
  if (all.empty()) return set;  // nothing to scan for; Hyperscan refuses an empty database
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const Pattern* pattern : all) {
    regexes.push_back(pattern->regex.c_str());
    flags.push_back(flags_of(*pattern));
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(regexes.data(), flags.data(), ids.data(), static_cast<unsigned>(all.size()),
                       HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) {
    const std::unique_ptr<hs_compile_error_t, FreeError> guard(error);
    return tl::unexpected(
        explain(*error, error->expression < 0 ? nullptr : all[static_cast<size_t>(error->expression)]));
  }
  set.database_.reset(database);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) throw std::bad_alloc();
  set.scratch_.reset(scratch);
  return set;
}

int PatternSet::on_match(unsigned id, unsigned long long /*from*/, unsigned long long to, unsigned /*flags*/,
                         void* self) {
  auto& set = *static_cast<PatternSet*>(self);
  set.take(id, to);
  return set.pass_over_ ? 1 : 0;
}

void PatternSet::take(unsigned id, size_t to) {
  if (id >= patterns_.size()) {
    pass_over_ = true;
    return;
  }
  const Pattern& pattern = patterns_[id];
  const auto cls = static_cast<size_t>(pattern.cls);
  if (pattern.kind == Pattern::Kind::except) {
    excepted_ |= 1U << cls;
    return;
  }
  if (id >= best_[cls] || (pattern.cls == Class::address && !ends_in_address(to))) return;
  best_[cls] = id;
}

bool PatternSet::ends_in_address(size_t to) {
  if (address_ == nullptr) return false;
  if (!looked_for_address_) form_ = find_address(name_, *address_);
  looked_for_address_ = true;
  return form_ && to > form_->from && to <= form_->to;
}

const std::vector<Match>& PatternSet::scan(std::string_view name, const wire::AddressKey* address) {
  matches_.clear();
  if (database_ == nullptr) return matches_;
  name_ = name;
  address_ = address;
  best_.fill(kNone);
  looked_for_address_ = false;
  excepted_ = 0;
  pass_over_ = false;
  const hs_error_t status = hs_scan(database_.get(), name.data(), static_cast<unsigned>(name.size()), 0,
                                    scratch_.get(), &PatternSet::on_match, this);
  if (status != HS_SUCCESS && status != HS_SCAN_TERMINATED) {
    throw std::runtime_error(fmt::format("Hyperscan: error {} while scanning '{}'", status, name));
  }
  if (pass_over_) return matches_;
  for (size_t cls = 0; cls < best_.size(); ++cls) {
    if (best_[cls] == kNone || (excepted_ >> cls & 1) != 0) continue;
    const bool is_address = cls == static_cast<size_t>(Class::address);
    matches_.push_back({.pattern = &patterns_[best_[cls]], .address = is_address ? form_ : std::nullopt});
  }
  return matches_;
}

std::string try_example(const Pattern& pattern) {
  Pattern alone = pattern;
  alone.kind = Pattern::Kind::finding;  // an exception must match its example too
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
    if (!address) return fault(fmt::format("'{}' is no address", name.substr(0, equals)));
    name.remove_prefix(equals + 1);
  }
  if (set->scan(name, address ? &*address : nullptr).empty()) {
    return fault(fmt::format("the example '{}' does not match", pattern.example));
  }
  return {};
}

}  // namespace ptrd::lint
