// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/policy_log.hpp"

#include <string>
#include <utility>

#include "process/log.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"
#include "ptrd/wire/time_text.hpp"

namespace ptrd::operate {

namespace {

std::string client_text(const policy::Hit& hit) {
  return wire::address_of_key({.family = hit.ipv6 ? wire::Family::v6 : wire::Family::v4,
                               .units = static_cast<uint8_t>(hit.ipv6 ? 32 : 4),
                               .address = hit.client});
}

std::string question_text(const policy::Hit& hit) {
  wire::Name name;
  if (hit.name_size == 0 || !name.assign(wire::Bytes(hit.name).first(hit.name_size))) return "no question";
  return name.to_text() + " " + wire::type_to_text(hit.type);
}

}  // namespace

void PolicyLog::drain(std::shared_ptr<const policy::Policy> policy) {
  if (current_ != nullptr) drain_current();
  if (current_ == policy) return;
  current_ = std::move(policy);
  lost_ = 0;
  if (current_ != nullptr) drain_current();
}

void PolicyLog::drain_current() {
  unsigned lines = 0;
  uint64_t more = 0;
  const uint64_t lost = current_->take_hits([&](const policy::Hit& hit) {
    if (lines == kMost) {
      ++more;
      return;
    }
    ++lines;
    process::log_info("policy: rule {} ({}): {} asks {}, {}", hit.rule, current_->rules()[hit.rule - 1].name,
                      client_text(hit), question_text(hit), wire::time_text(hit.time));
  });
  more += lost - std::exchange(lost_, lost);
  if (more != 0) process::log_info("policy: {} more hits of rules with the action log were not logged", more);
}

}  // namespace ptrd::operate
