// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/policy.hpp"

#include <algorithm>
#include <utility>

#include "policy/counts.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::policy {

using wire::QuestionName;

namespace {
/// Microseconds of which a timer tick, 10 ms at most, is little.
constexpr uint64_t kCoarseWindow = RateTable::kSecond / 2;
}  // namespace

Policy::~Policy() = default;

tl::expected<std::unique_ptr<Policy>, std::string> Policy::make(Spec spec, size_t stations,
                                                                const CompileNames& compile) {
  auto names = NameRules::compile(spec.names, stations + 1, spec.name_limits, compile);  // 1 for `explain`
  if (!names) {
    const auto& [which, reason] = names.error();
    if (!which) return tl::unexpected(spec.file + ": the expressions cannot be compiled: " + reason);
    const NameRule& faulty = spec.names[*which];
    return tl::unexpected(spec.rules[faulty.rule - 1].where + ": expression '" + faulty.regex +
                          "' cannot be compiled: " + reason);
  }
  std::unique_ptr<Policy> policy(new Policy);
  policy->file_ = std::move(spec.file);
  policy->stations_ = stations;
  policy->rules_ = std::move(spec.rules);
  for (size_t family = 0; family < 2; ++family) {
    policy->clients_[family] = PrefixTable(spec.clients[family]);
    policy->asked_[family] = PrefixTable(spec.asked[family]);
    policy->unlimited_[family] = PrefixTable(spec.unlimited[family]);
  }
  policy->names_ = *std::move(names);
  if (spec.cookies) policy->cookies_.emplace(*std::move(spec.cookies));
  policy->kernel_ = std::move(spec.kernel);
  if (spec.limits) {
    const auto& kernel = policy->kernel_;
    policy->limits_ = kernel
                          ? std::make_unique<Limits>(*spec.limits, kernel->keys(), RateTable(kernel->rates()))
                          : std::make_unique<Limits>(*spec.limits);
  }
  const size_t rules = policy->rules_.size();
  const auto has = [&](Action action) {
    return std::any_of(policy->rules_.begin(), policy->rules_.end(),
                       [&](const Rule& rule) { return rule.action == action; });
  };
  const bool logs = has(Action::log);
  if (logs) policy->logged_ = std::make_unique<HitRing[]>(stations);
  const auto any = [](const std::array<PrefixTable, 2>& tables) {
    return !tables[0].empty() || !tables[1].empty();
  };
  policy->rules_on_clients_ = any(policy->clients_) || any(policy->unlimited_);
  policy->rules_on_addresses_ = any(policy->asked_);
  policy->reads_clients_ = policy->rules_on_clients_ || policy->cookies_ || policy->limits_ || logs;
  policy->reads_clock_ = spec.limits || has(Action::rate);
  policy->coarse_clock_ = policy->shortest_window() >= kCoarseWindow;
  policy->decides_ = rules != 0 || policy->cookies_;
  policy->reads_replies_ = policy->limits_ || policy->cookies_ || has(Action::uniform);
  if (policy->kernel_) policy->buckets_ = policy->kernel_->buckets();
  if (policy->buckets_.empty() && has(Action::rate)) {
    policy->own_buckets_ = std::make_unique<Bucket[]>(rules + 1);
    policy->buckets_ = {policy->own_buckets_.get(), rules + 1};
    set_rates(policy->rules_, policy->buckets_);
  }
  policy->counts_ = std::make_unique<Counts[]>(stations);
  for (size_t i = 0; i < stations; ++i) policy->counts_[i].resize(rules + 1);
  return policy;
}

uint64_t Policy::shortest_window() const {
  uint64_t shortest = limits_ ? limits_->shortest_window() : UINT64_MAX;
  for (const Rule& rule : rules_) {
    if (rule.action == Action::rate)
      shortest = std::min(shortest, uint64_t{RateTable::kSecond} * rule.burst / rule.per_second);
  }
  return shortest;
}

uint64_t Policy::hits(RuleNumber rule) const {
  uint64_t sum = kernel_ ? kernel_->hits(rule) : 0;
  for (size_t i = 0; i < stations_; ++i) sum += counts_[i].hits(rule);
  return sum;
}

KernelCounts Policy::counts_of_kernel() const {
  return kernel_ ? kernel_->counts() : KernelCounts();
}

uint64_t Policy::take_hits(const std::function<void(const Hit&)>& visit) const {
  uint64_t lost = 0;
  for (size_t i = 0; logged_ != nullptr && i < stations_; ++i) {
    logged_[i].take(visit);
    lost += logged_[i].lost();
  }
  return lost;
}

RuleNumber Policy::asked_rule(const answer::Query& query, wire::Bytes name) const {
  switch (query.name.kind) {
    case QuestionName::Kind::v4: {
      const uint32_t address = __builtin_bswap32(query.name.v4);
      return asked_[0].find(reinterpret_cast<const uint8_t*>(&address));
    }
    case QuestionName::Kind::v6: {
      const std::array<uint64_t, 2> address = {__builtin_bswap64(query.name.v6[0]),
                                               __builtin_bswap64(query.name.v6[1])};
      return asked_[1].find(reinterpret_cast<const uint8_t*>(address.data()));
    }
    default:
      break;
  }
  wire::Name whole;
  if (!whole.assign(name)) return 0;
  const auto key = wire::key_of_name(whole);
  if (!key) return 0;
  const bool ipv6 = key->family == wire::Family::v6;
  return asked_[ipv6 ? 1 : 0].find(key->address.data(), key->units * (ipv6 ? 4U : 8U));
}

bool Policy::takes(RuleNumber number, uint64_t now) const {
  Bucket& bucket = buckets_[number];
  uint64_t seen = bucket.caught_up.load(std::memory_order_relaxed);
  for (;;) {
    const uint64_t caught_up = std::max(seen, now);
    const uint64_t next = caught_up + bucket.cost;
    if (next - now > bucket.window) return false;
    if (bucket.caught_up.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return true;
  }
}

Policy::Verdict Policy::explain(const Client* client, const answer::Query& query, wire::Bytes name) const {
  Verdict verdict;
  if (client != nullptr) {
    verdict.client = clients(client->ipv6).find(client->address);
    verdict.unlimited = unlimited_[client->ipv6 ? 1 : 0].find(client->address) != 0;
  }
  verdict.asked = asked_rule(query, name);
  const bool address = query.name.kind == QuestionName::Kind::v4 || query.name.kind == QuestionName::Kind::v6;
  if (address ? names_.on_addresses() : !names_.empty())
    verdict.name = names_.find(NameText(name).text(), address, stations_);
  return verdict;
}

}  // namespace ptrd::policy
