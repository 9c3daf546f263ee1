// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/name_messages.hpp"

#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace ptrd::policy {

namespace {

struct RequestHead {
  uint64_t rules = 0;
  uint64_t expression = 0;
  int64_t compile = 0;  // ms
  uint64_t memory = 0;
  uint64_t database = 0;
};

/// Before each expression.
struct RuleHead {
  uint64_t size = 0;
  uint32_t rule = 0;
  uint32_t flags = 0;
  bool all_names = false;
  bool text = false;
};

/// Before both databases, or the reason of a failure.
struct ReplyHead {
  uint64_t others = 0;     // bytes
  uint64_t addresses = 0;  // bytes
  uint64_t rule = 0;       // on failure: its index plus 1, if known
  bool failed = false;
};

/// A reason of a failure is shorter; serialized databases are no larger than those in memory.
constexpr size_t kMostReason = 1 << 16;

template <typename T>
void append(std::string& message, const T& value) {
  message.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// False: there is not so much.
template <typename T>
bool take(std::string_view& message, T& value) {
  if (message.size() < sizeof value) return false;
  std::memcpy(&value, message.data(), sizeof value);
  message.remove_prefix(sizeof value);
  return true;
}

}  // namespace

std::string request_message(const std::vector<NameRule>& rules, const NameLimits& limits) {
  std::string message;
  append(message, RequestHead{.rules = rules.size(),
                              .expression = limits.expression,
                              .compile = limits.compile.count(),
                              .memory = limits.memory,
                              .database = limits.database});
  for (const NameRule& rule : rules) {
    append(message, RuleHead{.size = rule.regex.size(),
                             .rule = rule.rule,
                             .flags = rule.flags,
                             .all_names = rule.all_names,
                             .text = rule.text});
    message += rule.regex;
  }
  return message;
}

std::optional<NameRequest> read_request(std::string_view message) {
  RequestHead head;
  if (!take(message, head)) return {};
  NameRequest request{.rules = {},
                      .limits = {.expression = head.expression,
                                 .compile = std::chrono::milliseconds(head.compile),
                                 .memory = head.memory,
                                 .database = head.database}};
  for (uint64_t i = 0; i < head.rules; ++i) {
    RuleHead rule;
    if (!take(message, rule) || rule.size > message.size()) return {};
    request.rules.push_back({.rule = rule.rule,
                             .regex = std::string(message.substr(0, rule.size)),
                             .flags = rule.flags,
                             .all_names = rule.all_names,
                             .text = rule.text});
    message.remove_prefix(rule.size);
  }
  if (!message.empty()) return {};
  return request;
}

std::string databases_message(std::string_view others, std::string_view addresses) {
  std::string message;
  append(message, ReplyHead{.others = others.size(), .addresses = addresses.size()});
  return message.append(others).append(addresses);
}

std::string failure_message(const NameError& error) {
  std::string message;
  append(message, ReplyHead{.rule = error.rule ? *error.rule + 1 : 0, .failed = true});
  return message.append(error.reason, 0, kMostReason);
}

tl::expected<NameDatabases, NameError> read_databases(std::string_view message) {
  const auto broken = [] { return tl::unexpected(NameError{{}, "their compiler sent half a message"}); };
  ReplyHead head;
  if (!take(message, head)) return broken();
  if (head.failed) {
    NameError error{{}, std::string(message)};
    if (head.rule != 0) error.rule = head.rule - 1;
    return tl::unexpected(std::move(error));
  }
  NameDatabases out;
  for (auto [size, into] : {std::pair{head.others, &out.others}, std::pair{head.addresses, &out.addresses}}) {
    if (size > message.size()) return broken();
    if (size == 0) continue;
    hs_database_t* database = nullptr;
    const hs_error_t error = hs_deserialize_database(message.data(), size, &database);
    if (error == HS_NOMEM) throw std::bad_alloc();
    if (error != HS_SUCCESS)
      return tl::unexpected(NameError{
          {}, "Hyperscan rejects what their compiler made of them, error " + std::to_string(error)});
    into->reset(database);
    message.remove_prefix(size);
  }
  if (!message.empty()) return broken();
  return out;
}

size_t most_of_databases(const NameLimits& limits) {
  return sizeof(ReplyHead) + 2 * limits.database + kMostReason;
}

}  // namespace ptrd::policy
