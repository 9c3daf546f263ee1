// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/rcode.hpp"

#include <array>

namespace ptrd::wire {

namespace {

/// In their order; null: not assigned.
constexpr std::array<const char*, 24> kNames = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", nullptr,   nullptr,   nullptr,    nullptr,
    "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE"};

}  // namespace

std::string rcode_to_text(uint16_t rcode) {
  const char* name = rcode < kNames.size() ? kNames[rcode] : nullptr;
  return name != nullptr ? name : "RCODE" + std::to_string(rcode);
}

}  // namespace ptrd::wire
