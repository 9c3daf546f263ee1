// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary bytes as a policy file: the reader ends, and an error names the file. As a line of a list:
// prefixes are whole, and what is read is read again from its text.
#include <cstdlib>
#include <string>

#include "policy/read/prefix_text.hpp"
#include "policy/read/reader.hpp"

using namespace ptrd;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto spec = policy::parse_policy(text, "/nonexistent/policy.yaml");
  if (!spec) {
    require(spec.error().starts_with("/nonexistent/"));
    require(spec.error().find('\n') == std::string::npos);
  } else {
    for (const auto& entries : {spec->clients, spec->asked}) {
      for (const auto& family : entries) {
        for (const auto& entry : family) require(entry.value >= 1 && entry.value <= spec->rules.size());
      }
    }
  }
  const auto prefixes = policy::parse_prefixes(text);
  if (!prefixes) return 0;
  require(!prefixes->empty() && prefixes->size() <= 256);
  for (const policy::Prefix& prefix : *prefixes) {
    const auto again = policy::parse_prefix(policy::to_text(prefix));
    require(again.has_value() && *again == prefix);
  }
  return 0;
}
