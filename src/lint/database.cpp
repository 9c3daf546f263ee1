// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/database.hpp"

#include <fmt/core.h>

#include <new>
#include <stdexcept>

namespace ptrd::lint {

namespace {

struct FreeError {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

RegexError explain(const hs_compile_error_t& error) {
  RegexError out{.expression = std::nullopt, .reason = error.message};
  while (out.reason.ends_with('.')) out.reason.pop_back();
  if (error.expression >= 0) out.expression = static_cast<size_t>(error.expression);
  return out;
}

}  // namespace

tl::expected<Database, RegexError> Database::compile(const std::vector<Expression>& expressions) {
  Database out;
  if (expressions.empty()) return out;  // Hyperscan rejects an empty database
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const Expression& expression : expressions) {
    regexes.push_back(expression.regex.c_str());
    flags.push_back(expression.flags);
    ids.push_back(expression.id);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(regexes.data(), flags.data(), ids.data(), static_cast<unsigned>(regexes.size()),
                       HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) {
    const std::unique_ptr<hs_compile_error_t, FreeError> guard(error);
    return tl::unexpected(explain(*error));
  }
  out.database_.reset(database);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) throw std::bad_alloc();
  out.scratch_.reset(scratch);
  return out;
}

void Database::run(std::string_view text, match_event_handler handler, void* context) {
  if (database_ == nullptr) return;
  const hs_error_t status = hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                                    scratch_.get(), handler, context);
  if (status != HS_SUCCESS && status != HS_SCAN_TERMINATED) {
    throw std::runtime_error(fmt::format("Hyperscan: error {} while scanning {} bytes", status, text.size()));
  }
}

}  // namespace ptrd::lint
