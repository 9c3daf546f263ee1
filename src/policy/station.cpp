// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/station.hpp"

#include <algorithm>
#include <ctime>

#include "policy/counts.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::policy {

using answer::Kind;
using answer::Query;
using wire::QuestionName;

namespace {

std::atomic<size_t> stations = 0;

/// Read in user space (vDSO).
uint64_t monotonic_now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

uint32_t seconds_now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return static_cast<uint32_t>(time.tv_sec);
}

bool is_address(const Query& query) {
  return query.name.kind == QuestionName::Kind::v4 || query.name.kind == QuestionName::Kind::v6;
}

/// The question's name; empty if there is none.
wire::Bytes name_of(const answer::Message& message, const Query& query) {
  if (query.question_end <= wire::kHeaderSize) return {};
  return wire::Bytes(message.data + wire::kHeaderSize, query.name.size);
}

void reply_with(Query& query, Kind kind) {
  query.path = Query::Path::reply;
  query.kind = kind;
}

void drop(Query& query, Kind kind) {
  query.path = Query::Path::drop;
  query.kind = kind;
}

}  // namespace

Station::Station() : number_(stations++) {}

size_t Station::count() {
  return stations;
}

void Station::admit(const Policy& policy, std::span<const answer::Message> messages,
                    std::span<const Client> clients, std::span<Query> queries) {
  open_ = unlimited_ = uniform_ = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].path != Query::Path::drop) open_ |= bit(i);
  }
  now_ = policy.reads_clock_ ? monotonic_now() : 0;
  const Set alive = open_;
  by_client(policy, clients, queries);
  by_address(policy, messages, queries);
  by_name(policy, messages, queries);
  if (policy.cookies_) {
    open_ = alive;
    check_cookies(policy, messages, clients, queries);
  }
  if (policy.limits_ != nullptr) {
    for (const Client& client : clients) policy.limits_->prefetch(client);
  }
}

/// Has a rule decide a query.
void Station::apply(const Policy& policy, RuleNumber number, size_t i, Query& query) {
  const Rule& rule = policy.rules_[number - 1];
  policy.counts_[number_].hit(number);
  const bool udp = query.transport == answer::Transport::udp;
  if (is_final(rule.action)) open_ &= ~bit(i);
  switch (rule.action) {
    case Action::answer:
      unlimited_ |= bit(i);
      return;
    case Action::drop:
      return drop(query, Kind::drop_policy);
    case Action::refuse:
      return reply_with(query, Kind::refused);
    case Action::truncate:
      if (udp) reply_with(query, Kind::truncated);
      return;
    case Action::nxdomain:
    case Action::nodata:
      // What is not a question about a name is answered as ever.
      if (query.path == Query::Path::reply || (query.flags & wire::flag::opcode) != 0) return;
      query.path = Query::Path::deny;
      query.kind = rule.action == Action::nodata ? Kind::nodata : Kind::nxdomain;
      return;
    case Action::rate:
      if (policy.takes(number, now_)) return;
      open_ &= ~bit(i);
      if (udp) return drop(query, Kind::drop_limited);
      return reply_with(query, Kind::refused);
    case Action::uniform:
      uniform_ |= bit(i);
      return;
    case Action::count:
    case Action::log:
      return;
  }
}

void Station::by_client(const Policy& policy, std::span<const Client> clients, std::span<Query> queries) {
  for (size_t family = 0; family < 2; ++family) {
    const PrefixTable& rules = policy.clients_[family];
    const PrefixTable& unlimited = policy.unlimited_[family];
    if (rules.empty() && unlimited.empty()) continue;
    std::array<const uint8_t*, answer::kBurst> addresses;
    std::array<uint8_t, answer::kBurst> places;
    size_t count = 0;
    each(open_, [&](size_t i) {
      if (clients[i].ipv6 != (family == 1)) return;
      addresses[count] = clients[i].address;
      places[count++] = static_cast<uint8_t>(i);
    });
    const std::span asked = std::span<const uint8_t* const>(addresses).first(count);
    std::array<PrefixTable::Value, answer::kBurst> found;
    if (!unlimited.empty()) {
      unlimited.find(asked, found.data());
      for (size_t k = 0; k < count; ++k) {
        if (found[k] != 0) unlimited_ |= bit(places[k]);
      }
    }
    if (rules.empty()) continue;
    rules.find(asked, found.data());
    for (size_t k = 0; k < count; ++k) {
      if (found[k] != 0) apply(policy, found[k], places[k], queries[places[k]]);
    }
  }
}

void Station::by_address(const Policy& policy, std::span<const answer::Message> messages,
                         std::span<Query> queries) {
  if (policy.asked_[0].empty() && policy.asked_[1].empty()) return;
  std::array<std::array<uint8_t, 16>, answer::kBurst> keys;
  for (size_t family = 0; family < 2; ++family) {
    const PrefixTable& rules = policy.asked_[family];
    if (rules.empty()) continue;
    const auto kind = family == 0 ? QuestionName::Kind::v4 : QuestionName::Kind::v6;
    std::array<const uint8_t*, answer::kBurst> addresses;
    std::array<uint8_t, answer::kBurst> places;
    size_t count = 0;
    each(open_, [&](size_t i) {
      const QuestionName& name = queries[i].name;
      if (queries[i].question_end <= wire::kHeaderSize || name.kind != kind) return;
      uint8_t* const key = keys[count].data();
      if (family == 0) {
        wire::store_raw(key, __builtin_bswap32(name.v4));
      } else {
        wire::store_raw(key, __builtin_bswap64(name.v6[0]));
        wire::store_raw(key + 8, __builtin_bswap64(name.v6[1]));
      }
      addresses[count] = key;
      places[count++] = static_cast<uint8_t>(i);
    });
    std::array<PrefixTable::Value, answer::kBurst> found;
    rules.find(std::span<const uint8_t* const>(addresses).first(count), found.data());
    for (size_t k = 0; k < count; ++k) {
      if (found[k] != 0) apply(policy, found[k], places[k], queries[places[k]]);
    }
  }
  each(open_, [&](size_t i) {
    if (is_address(queries[i]) || queries[i].name.kind == QuestionName::Kind::malformed) return;
    const wire::Bytes name = name_of(messages[i], queries[i]);
    if (name.empty()) return;
    const RuleNumber rule = policy.asked_rule(queries[i], name);
    if (rule != 0) apply(policy, rule, i, queries[i]);
  });
}

void Station::by_name(const Policy& policy, std::span<const answer::Message> messages,
                      std::span<Query> queries) {
  if (policy.names_.empty()) return;
  each(open_, [&](size_t i) {
    const bool address = is_address(queries[i]);
    if (address && !policy.names_.on_addresses()) return;
    const wire::Bytes name = name_of(messages[i], queries[i]);
    if (name.empty()) return;
    const RuleNumber rule = policy.names_.find(NameText(name).text(), address, number_);
    if (rule != 0) apply(policy, rule, i, queries[i]);
  });
}

void Station::check_cookies(const Policy& policy, std::span<const answer::Message> messages,
                            std::span<const Client> clients, std::span<Query> queries) {
  const Cookies& cookies = *policy.cookies_;
  const uint32_t now = seconds_now();
  each(open_, [&](size_t i) {
    Query& query = queries[i];
    if (query.path == Query::Path::drop || query.cookie_at == 0) return;
    switch (cookies.check(messages[i].data, clients[i], now, query)) {
      case Cookies::State::none:
        return;
      case Cookies::State::malformed:
        return reply_with(query, Kind::formerr);
      case Cookies::State::valid:
        ++counts_.cookies_valid;
        unlimited_ |= bit(i);
        break;
      case Cookies::State::client_only:
        ++counts_.cookies_new;
        break;
      case Cookies::State::invalid:
        ++counts_.cookies_bad;
        break;
    }
    const wire::HeaderView header(messages[i].data);
    // RFC 7873 5.4: a query without a question asks for a cookie.
    const bool only_cookie = header.qdcount() == 0 && header.opcode() == wire::Opcode::query;
    if (only_cookie && query.path == Query::Path::reply && query.kind == Kind::formerr)
      return reply_with(query, Kind::nodata);
    const bool proven = (unlimited_ & bit(i)) != 0 || query.transport == answer::Transport::tcp;
    if (cookies.require() && !proven && query.path != Query::Path::reply) reply_with(query, Kind::badcookie);
  });
}

void Station::limit(const Policy& policy, const answer::Engine& engine,
                    std::span<const answer::Message> messages, std::span<const Client> clients,
                    std::span<const Query> queries, std::span<answer::Reply> replies) {
  each(uniform_, [&](size_t i) {
    if (replies[i].kind != Kind::nxdomain) return;
    // Both have the zone's SOA record, and differ only in the response code.
    wire::HeaderView header(messages[i].data);
    header.set_flags(static_cast<uint16_t>(header.flags() & ~wire::flag::rcode));
    replies[i].kind = Kind::nodata;
  });
  if (policy.limits_ == nullptr) return;
  Limits& limits = *policy.limits_;
  const uint64_t now = now_ / 1000;
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].size == 0 || (unlimited_ & bit(i)) != 0 || queries[i].transport == answer::Transport::tcp)
      continue;
    if (limits.allows(clients[i], queries[i], replies[i].kind, now)) [[likely]]
      continue;
    if (limits.settings().log_only) {
      ++counts_.log_only;
      continue;
    }
    const unsigned slip = limits.settings().slip;
    const bool sent = slip != 0 && ++over_ % slip == 0;
    answer::Reply& reply = replies[i];
    reply = sent ? engine.truncate(messages[i], queries[i]) : answer::Reply{Kind::drop_limited, 0};
    if (reply.size == 0) reply.kind = Kind::drop_limited;
    ++(reply.size == 0 ? counts_.dropped : counts_.slipped);
  }
}

}  // namespace ptrd::policy
