// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/kernel_lines.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <ctime>
#include <vector>

#include "bpf/policy_lines.h"
#include "policy/policy.hpp"

namespace ptrd::policy {

namespace {

static_assert(sizeof(ptrd_policy) == 64 && sizeof(ptrd_denial_rate) == 64);
static_assert(sizeof(ptrd_prefix_tree) == 64 && sizeof(ptrd_tree_keys) == 64);
static_assert(sizeof(ptrd_bucket) == 64 && sizeof(Bucket) == 64);
static_assert(sizeof(ptrd_rate_level) == 64 && sizeof(ptrd_rate_line) == sizeof(RateTable::Line));
static_assert(PTRD_ACTION_ANSWER == static_cast<int>(Action::answer) &&
              PTRD_ACTION_DROP == static_cast<int>(Action::drop) &&
              PTRD_ACTION_RATE == static_cast<int>(Action::rate) &&
              PTRD_ACTION_COUNT == static_cast<int>(Action::count) && kActions <= PTRD_ACTION_OTHERS);
static_assert(kMaxRules < PTRD_RULE_OTHERS >> PTRD_RULE_SHIFT);
static_assert(sizeof(ptrd_cookies) == 64 && sizeof(SipKey) == sizeof(ptrd_cookies::secret[0]) &&
              Cookies::kMaxSecrets == 2);
static_assert(PTRD_LEVELS_MAX == kMaxLevels && PTRD_RATE_TIME_BITS == RateTable::kTimeBits &&
              PTRD_RATE_TAG_BITS == 64 - RateTable::kTimeBits);

constexpr uint64_t kLast = UINT64_MAX;
constexpr size_t kKeysInLine = 8;
constexpr size_t kValuesInLine = 16;

constexpr size_t lines_for(size_t things, size_t in_line) {
  return (things + in_line - 1) / in_line;
}

/// The disjoint ranges that prefixes make: the first addresses, ascending from 0, and what is found in each.
struct Ranges {
  std::vector<uint64_t> first;
  std::vector<uint32_t> value;

  void begin(uint64_t at, uint32_t found) {
    if (!first.empty() && first.back() == at) {
      value.back() = found;
    } else if (first.empty() || value.back() != found) {
      first.push_back(at);
      value.push_back(found);
    }
  }
};

/// `value_of`: of an entry's value.
template <typename ValueOf>
Ranges ranges_of(const std::vector<PrefixTable::Entry>& entries, ValueOf value_of) {
  struct Item {
    uint64_t first;
    uint64_t last;
    uint32_t value;
    uint8_t length;
  };
  constexpr uint8_t kBits = 64;
  std::vector<Item> items;
  items.reserve(entries.size());
  for (const auto& [prefix, value] : entries) {
    const auto high = wire::load_raw<uint64_t>(prefix.address.data());
    const uint64_t first = __builtin_bswap64(high) & (prefix.ipv6 ? kLast : ~(kLast >> 32));
    if (prefix.length > kBits) {
      items.push_back({first, first, PTRD_RULE_OTHERS, kBits + 1});
    } else {
      const uint64_t rest = prefix.length == kBits ? 0 : kLast >> prefix.length;
      items.push_back({first, first | rest, value_of(value), prefix.length});
    }
  }
  // Stable: of several with the same prefix, the first counts.
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.first != b.first ? a.first < b.first : a.length < b.length;
  });
  Ranges ranges;
  ranges.begin(0, 0);
  std::vector<Item> around;
  const auto leave = [&] {
    const uint64_t last = around.back().last;
    around.pop_back();
    if (last != kLast) ranges.begin(last + 1, around.empty() ? 0 : around.back().value);
  };
  for (const Item& item : items) {
    while (!around.empty() && around.back().last < item.first) leave();
    if (!around.empty() && around.back().first == item.first && around.back().length == item.length) continue;
    around.push_back(item);
    ranges.begin(item.first, item.value);
  }
  while (!around.empty()) leave();
  return ranges;
}

/// Writes lines one after the other.
class Lines {
 public:
  /// The number of the first of so many lines more.
  uint32_t add(size_t count) {
    const size_t first = size_;
    size_ += count;
    return static_cast<uint32_t>(first);
  }
  [[nodiscard]] size_t size() const { return size_; }

 private:
  size_t size_ = PTRD_POLICY_FIXED;
};

/// A search tree over ranges, see bpf/policy_lines.h.
struct Tree {
  Ranges ranges;
  std::vector<std::vector<uint64_t>> levels;  // the topmost first
  ptrd_prefix_tree head = {};

  Tree(Ranges of, Lines& lines) : ranges(std::move(of)) {
    for (std::vector<uint64_t> keys = ranges.first;;) {
      std::vector<uint64_t> above;
      for (size_t i = 0; i < keys.size(); i += kKeysInLine) above.push_back(keys[i]);
      const bool top = keys.size() <= kKeysInLine;
      levels.insert(levels.begin(), std::move(keys));
      if (top) break;
      keys = std::move(above);
    }
    head.levels = static_cast<uint32_t>(levels.size());
    for (size_t i = 0; i < levels.size() && i < PTRD_TREE_DEPTH; ++i)
      head.first[i] = lines.add(lines_for(levels[i].size(), kKeysInLine));
    head.values = lines.add(lines_for(ranges.value.size(), kValuesInLine));
  }
  void write(std::span<KernelLine> lines) const {
    for (size_t i = 0; i < levels.size(); ++i) {
      const size_t whole = lines_for(levels[i].size(), kKeysInLine) * kKeysInLine;
      auto* const keys = reinterpret_cast<uint64_t*>(&lines[head.first[i]]);
      std::fill(std::copy(levels[i].begin(), levels[i].end(), keys), keys + whole, kLast);
    }
    std::copy(ranges.value.begin(), ranges.value.end(), reinterpret_cast<uint32_t*>(&lines[head.values]));
  }
};

ptrd_rate kernel_rate(RateTable::Rate rate, Class kind) {
  return {.window = rate.window, .cost = rate.cost, .tag = class_tag(kind)};
}

template <typename T>
void put(std::span<KernelLine> lines, size_t at, const T& value) {
  static_assert(sizeof(T) == sizeof(KernelLine));
  std::memcpy(&lines[at], &value, sizeof value);
}

void put_limits(std::span<KernelLine> lines, const LimitSettings& limits) {
  ptrd_denial_rate denials = {};
  for (size_t family = 0; family < 2; ++family) {
    const auto& levels = family == 0 ? limits.ipv4 : limits.ipv6;
    for (size_t i = 0; i < levels.size(); ++i) {
      ptrd_rate_level level = {};
      level.rate[PTRD_CLASS_ANSWER] = kernel_rate(limits.rate(levels[i], Class::answer), Class::answer);
      level.rate[PTRD_CLASS_NXDOMAIN] = kernel_rate(limits.rate(levels[i], Class::nxdomain), Class::nxdomain);
      level.length = levels[i].length;
      put(lines, PTRD_POLICY_LEVELS + PTRD_LEVELS_MAX * family + i, level);
    }
    denials.client_length[family] = limits.denial_client(family == 1);
    denials.asked_length[family] = family == 0 ? limits.asked_ipv4 : limits.asked_ipv6;
  }
  const RateTable::Rate rate = limits.denial_rate();
  denials.rate = {.window = rate.window, .cost = rate.cost, .tag = 0};
  put(lines, PTRD_POLICY_DENIALS, denials);
}

void put_cookies(std::span<KernelLine> lines, const Cookies::Settings& settings) {
  ptrd_cookies cookies = {};
  cookies.secrets = static_cast<uint32_t>(settings.secrets.size());
  cookies.require = settings.require ? 1 : 0;
  for (size_t i = 0; i < settings.secrets.size(); ++i)
    std::copy(settings.secrets[i].begin(), settings.secrets[i].end(), cookies.secret[i]);
  put(lines, PTRD_POLICY_SECRETS, cookies);
}

uint64_t nanoseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

tl::expected<std::shared_ptr<KernelLines>, std::string> KernelLines::make(const Spec& spec,
                                                                          const MakeShared& share) {
  Lines plan;
  ptrd_policy head = {};
  std::vector<std::pair<size_t, Tree>> trees;
  const auto rule = [&](PrefixTable::Value number) {
    return number << PTRD_RULE_SHIFT | static_cast<uint32_t>(spec.rules[number - 1].action);
  };
  const auto unlimited = [](PrefixTable::Value) { return 1U << PTRD_RULE_SHIFT; };
  for (size_t family = 0; family < 2; ++family) {
    const auto add = [&](size_t which, const std::vector<PrefixTable::Entry>& entries, const auto& value_of) {
      if (entries.empty()) return;
      trees.emplace_back(PTRD_POLICY_TREES + 2 * which + family, Tree(ranges_of(entries, value_of), plan));
      head.flags |= PTRD_POLICY_HAS_TREE(which, family);
    };
    add(PTRD_TREE_CLIENTS, spec.clients[family], rule);
    add(PTRD_TREE_UNLIMITED, spec.unlimited[family], unlimited);
    add(PTRD_TREE_ASKED, spec.asked[family], rule);
  }
  if (spec.cookies) head.flags |= PTRD_POLICY_COOKIES;
  if (std::any_of(spec.names.begin(), spec.names.end(), [](const NameRule& one) { return one.all_names; }))
    head.flags |= PTRD_POLICY_NAMES;
  const size_t numbers = spec.rules.size() + 1;
  const size_t hit_lines = lines_for(numbers + PTRD_COOKIES, kKeysInLine);
  head.cookies = static_cast<uint32_t>(numbers);
  head.hits = plan.add(hit_lines * PTRD_HIT_STRIPES);
  head.hit_lines = static_cast<uint32_t>(hit_lines);
  const bool has_rates = std::any_of(spec.rules.begin(), spec.rules.end(),
                                     [](const Rule& one) { return one.action == Action::rate; });
  const size_t buckets = has_rates ? spec.rules.size() + 1 : 0;
  if (has_rates) head.buckets = plan.add(buckets);
  const size_t rates = spec.limits ? spec.limits->table_lines : 0;
  head.rates = plan.add(rates);
  if (plan.size() > UINT32_MAX)
    return tl::unexpected<std::string>("too many prefixes for the kernel program");

  auto memory = share(plan.size());
  if (!memory) return tl::unexpected(memory.error());
  std::shared_ptr<KernelLines> made(new KernelLines(*std::move(memory)));
  made->hits_ = head.hits;
  made->hit_lines_ = hit_lines;
  const std::span<KernelLine> lines = made->memory_->lines();
  for (const auto& [where, tree] : trees) {
    put(lines, where, tree.head);
    tree.write(lines);
  }
  if (spec.limits) {
    const LimitSettings& limits = *spec.limits;
    made->keys_ = LimitKeys::random();
    made->rates_ = {reinterpret_cast<RateTable::Line*>(&lines[head.rates]), rates};
    if (!limits.ipv4.empty() || !limits.ipv6.empty()) head.flags |= PTRD_POLICY_LIMITS;
    if (limits.denials != 0) head.flags |= PTRD_POLICY_DENIAL_RATE;
    if (limits.log_only) head.flags |= PTRD_POLICY_LOG_ONLY;
    head.slip = limits.slip;
    head.rate_shift = 64 - static_cast<uint32_t>(std::countr_zero(rates));
    head.client_multiplier = made->keys_.client.multiplier;
    head.client_offset = made->keys_.client.offset;
    head.asked_multiplier = made->keys_.asked.multiplier;
    head.asked_offset = made->keys_.asked.offset;
    put_limits(lines, limits);
  }
  if (spec.cookies) {
    put_cookies(lines, *spec.cookies);
    made->cookies_ = head.cookies;
    made->set_clock();
  }
  if (has_rates) {
    made->buckets_ = {reinterpret_cast<Bucket*>(&lines[head.buckets]), buckets};
    set_rates(spec.rules, made->buckets_);
  }
  put(lines, 0, head);
  return made;
}

KernelCounts KernelLines::counts() const {
  KernelCounts counts{.log_only = hits(0)};
  if (cookies_ == 0) return counts;
  counts.cookies_valid = hits(cookies_ + PTRD_COOKIE_VALID);
  counts.cookies_new = hits(cookies_ + PTRD_COOKIE_NEW);
  counts.cookies_bad = hits(cookies_ + PTRD_COOKIE_BAD);
  return counts;
}

void KernelLines::set_clock() const {
  if (cookies_ == 0) return;
  auto* const cookies = reinterpret_cast<ptrd_cookies*>(&memory_->lines()[PTRD_POLICY_SECRETS]);
  // What may pass between both is far less than a cookie's second.
  const uint64_t boot_time = nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_BOOTTIME);
  std::atomic_ref(cookies->boot_time).store(boot_time, std::memory_order_relaxed);
}

uint64_t KernelLines::hits(RuleNumber rule) const {
  const std::span<KernelLine> lines = memory_->lines();
  uint64_t sum = 0;
  for (size_t stripe = 0; stripe < PTRD_HIT_STRIPES; ++stripe) {
    auto* const counts =
        reinterpret_cast<uint64_t*>(&lines[hits_ + stripe * hit_lines_ + rule / kKeysInLine]);
    sum += std::atomic_ref(counts[rule % kKeysInLine]).load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace ptrd::policy
