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

/// Read in user space (vDSO). The coarse time is that of the last timer tick, 10 ms ago at most: it costs 3
/// ns instead of 26, and does not wait for the instructions before it.
uint64_t monotonic_now(bool coarse) {
  timespec time{};
  clock_gettime(coarse ? CLOCK_MONOTONIC_COARSE : CLOCK_MONOTONIC, &time);
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
  messages_ = messages;
  clients_ = clients;
  unlimited_ = uniform_ = 0;
  unusual_ = policy.decides_ ? unusual_among(queries) : 0;
  open_ = all(queries.size());
  each(unusual_, [&](size_t i) {
    if (queries[i].path == Query::Path::drop) open_ &= ~bit(i);
  });
  now_ = policy.reads_clock_ ? monotonic_now(policy.coarse_clock_) : 0;
  if (policy.rules_on_clients_) by_client(policy, clients, queries);
  if (policy.rules_on_addresses_) by_address(policy, messages, queries);
  if (!policy.names_.empty()) by_name(policy, messages, queries);
  exempt_ = unlimited_;
  if (policy.cookies_) check_cookies(policy, messages, clients, queries);
  if (policy.limits_ != nullptr) policy.limits_->prepare(clients, places_);
}

Station::Set Station::unusual_among(std::span<const Query> queries) {
  static_assert(Query::Path::fast4 < Query::Path::fast6 && static_cast<unsigned>(Query::Path::fast6) == 1);
  // Nearly always there are none: then the paths have no other bit.
  unsigned paths = 0;
  for (const Query& query : queries) paths |= static_cast<unsigned>(query.path);
  if (paths <= static_cast<unsigned>(Query::Path::fast6)) [[likely]]
    return 0;
  Set unusual = 0;
  for (size_t i = 0; i < queries.size(); ++i)
    unusual |= Set{queries[i].path > Query::Path::fast6 ? 1U : 0U} << i;
  return unusual;
}

/// Has a rule decide a query.
void Station::apply(const Policy& policy, RuleNumber number, size_t i, Query& query) {
  const Rule& rule = policy.rules_[number - 1];
  const uint64_t hits = policy.counts_[number_].hit(number);
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
    case Action::log:
      if ((hits - 1) % rule.one_in == 0) log(policy, number, i, query);
      return;
    case Action::count:
      return;
  }
}

/// Hands a hit to the thread that writes the log.
void Station::log(const Policy& policy, RuleNumber number, size_t i, const Query& query) {
  policy.logged_[number_].add([&](Hit& hit) {
    const wire::Bytes name = name_of(messages_[i], query);
    hit.rule = number;
    hit.time = seconds_now();
    hit.type = name.empty() ? 0 : query.type;
    hit.ipv6 = clients_[i].ipv6;
    std::copy_n(clients_[i].address, hit.ipv6 ? 16 : 4, hit.client.begin());
    hit.name_size = static_cast<uint8_t>(name.size());
    std::copy(name.begin(), name.end(), hit.name.begin());
  });
}

namespace {

/// Completes the lookups of a burst that did not end at the first step, as most do: `begun` are those, `refs`
/// what they came to there. `table(i)` and `address(i)` are what is looked up. Calls `visit(i, value)` for
/// what is found.
template <typename Table, typename Address, typename Visit>
void finish(uint32_t begun, const std::array<PrefixTable::Ref, answer::kBurst>& refs, Table table,
            Address address, Visit visit) {
  static_assert(answer::kBurst <= PrefixTable::kBurst);
  std::array<PrefixTable::Lookup, answer::kBurst> lookups;
  size_t count = 0;
  for (; begun != 0; begun &= begun - 1) {
    const auto i = static_cast<size_t>(__builtin_ctz(begun));
    lookups[count++] = {&table(i), address(i), refs[i], static_cast<uint8_t>(i)};
  }
  PrefixTable::finish(std::span(lookups).first(count));
  for (size_t k = 0; k < count; ++k) {
    if (const PrefixTable::Value value = lookups[k].value(); value != 0)
      visit(size_t{lookups[k].place}, value);
  }
}

}  // namespace

void Station::by_client(const Policy& policy, std::span<const Client> clients, std::span<Query> queries) {
  const auto look_up = [&](const std::array<PrefixTable, 2>& tables, auto visit) {
    std::array<PrefixTable::Ref, answer::kBurst> refs;
    const auto table = [&](size_t i) -> const PrefixTable& { return tables[clients[i].ipv6 ? 1 : 0]; };
    Set begun = 0;
    for (size_t i = 0; i < clients.size(); ++i) {
      refs[i] = table(i).begin(wire::load16(clients[i].address));
      begun |= Set{refs[i] != 0 ? 1U : 0U} << i;
    }
    if (begun == 0) return;
    finish(
        begun, refs, table, [&](size_t i) { return clients[i].address; }, visit);
  };
  if (policy.limits_ != nullptr)
    look_up(policy.unlimited_, [&](size_t i, PrefixTable::Value) { unlimited_ |= bit(i); });
  look_up(policy.clients_, [&](size_t i, RuleNumber rule) {
    if ((open_ & bit(i)) != 0) apply(policy, rule, i, queries[i]);
  });
}

void Station::by_address(const Policy& policy, std::span<const answer::Message> messages,
                         std::span<Query> queries) {
  std::array<PrefixTable::Ref, answer::kBurst> refs;
  Set begun = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    const Query& query = queries[i];
    refs[i] = 0;
    if (query.question_end <= wire::kHeaderSize) continue;
    if (query.name.kind == QuestionName::Kind::v4) {
      refs[i] = policy.asked_[0].begin(static_cast<uint16_t>(query.name.v4 >> 16));
    } else if (query.name.kind == QuestionName::Kind::v6) {
      refs[i] = policy.asked_[1].begin(static_cast<uint16_t>(query.name.v6[0] >> 48));
    }
    begun |= Set{refs[i] != 0 ? 1U : 0U} << i;
  }
  std::array<std::array<uint8_t, 16>, answer::kBurst> keys;
  const auto is_v4 = [&](size_t i) { return queries[i].name.kind == QuestionName::Kind::v4; };
  const auto key = [&](size_t i) {
    uint8_t* const made = keys[i].data();
    if (is_v4(i)) {
      wire::store_raw(made, __builtin_bswap32(queries[i].name.v4));
    } else {
      wire::store_raw(made, __builtin_bswap64(queries[i].name.v6[0]));
      wire::store_raw(made + 8, __builtin_bswap64(queries[i].name.v6[1]));
    }
    return made;
  };
  if (begun != 0) {
    finish(
        begun, refs, [&](size_t i) -> const PrefixTable& { return policy.asked_[is_v4(i) ? 0 : 1]; }, key,
        [&](size_t i, RuleNumber rule) {
          if ((open_ & bit(i)) != 0) apply(policy, rule, i, queries[i]);
        });
  }
  each(open_ & unusual_, [&](size_t i) {
    if (is_address(queries[i]) || queries[i].name.kind == QuestionName::Kind::malformed) return;
    const wire::Bytes name = name_of(messages[i], queries[i]);
    if (name.empty()) return;
    const RuleNumber rule = policy.asked_rule(queries[i], name);
    if (rule != 0) apply(policy, rule, i, queries[i]);
  });
}

void Station::by_name(const Policy& policy, std::span<const answer::Message> messages,
                      std::span<Query> queries) {
  each(policy.names_.on_addresses() ? open_ : open_ & unusual_, [&](size_t i) {
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
  const Cookies::States states = cookies.check(messages, clients, now, queries);
  const auto count = [](Set set) { return static_cast<uint64_t>(__builtin_popcount(set)); };
  counts_.cookies_valid += count(states.valid);
  counts_.cookies_new += count(states.client_only);
  counts_.cookies_bad += count(states.invalid);
  unlimited_ |= states.valid;
  each(states.malformed, [&](size_t i) { reply_with(queries[i], Kind::formerr); });
  const Set taken = states.valid | states.client_only | states.invalid;
  each(taken & unusual_, [&](size_t i) {
    const wire::HeaderView header(messages[i].data);
    // RFC 7873 5.4: a query without a question asks for a cookie.
    const bool only_cookie = header.qdcount() == 0 && header.opcode() == wire::Opcode::query;
    if (only_cookie && queries[i].path == Query::Path::reply && queries[i].kind == Kind::formerr)
      reply_with(queries[i], Kind::nodata);
  });
  if (!cookies.require()) return;
  each(taken & ~unlimited_, [&](size_t i) {
    if (queries[i].transport == answer::Transport::udp && queries[i].path != Query::Path::reply)
      reply_with(queries[i], Kind::badcookie);
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
  if (limits.limits_denials()) limit_denials(limits, engine, messages, clients, queries, replies);
  if (queries.empty() || queries.front().transport != answer::Transport::udp) return;
  const Set limited = all(replies.size()) & ~unlimited_;
  each(limits.over(limited, clients, places_, replies, now_ / 1000), [&](size_t i) {
    ++counts_.by_limit[static_cast<size_t>(class_of(replies[i].kind))];
    cut(limits, engine, messages[i], queries[i], replies[i]);
  });
}

/// Denials to one who walks the tree. Forged queries are not what this is about: the limit also holds over
/// TCP, and for clients with a cookie.
void Station::limit_denials(Limits& limits, const answer::Engine& engine,
                            std::span<const answer::Message> messages, std::span<const Client> clients,
                            std::span<const Query> queries, std::span<answer::Reply> replies) {
  for (size_t i = 0; i < replies.size(); ++i) {
    const bool denial = replies[i].kind == Kind::nxdomain || replies[i].kind == Kind::nodata;
    if (!denial || replies[i].size == 0 || (exempt_ & bit(i)) != 0) continue;
    if (limits.allows_denial(clients[i], queries[i], name_of(messages[i], queries[i]), now_ / 1000)) continue;
    unlimited_ |= bit(i);  // counted and cut here
    ++counts_.by_limit.back();
    cut(limits, engine, messages[i], queries[i], replies[i]);
  }
}

/// What becomes of a reply over a limit.
void Station::cut(const Limits& limits, const answer::Engine& engine, const answer::Message& message,
                  const Query& query, answer::Reply& reply) {
  if (limits.settings().log_only) {
    ++counts_.log_only;
    return;
  }
  const bool tcp = query.transport == answer::Transport::tcp;
  const unsigned slip = limits.settings().slip;
  const bool sent = tcp || (slip != 0 && ++over_ % slip == 0);
  reply = sent ? engine.shorten(message, query, tcp ? Kind::refused : Kind::truncated) : answer::Reply{};
  if (reply.size == 0) reply.kind = Kind::drop_limited;
  ++(reply.size == 0 ? counts_.dropped : tcp ? counts_.refused : counts_.slipped);
}

}  // namespace ptrd::policy
