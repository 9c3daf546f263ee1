// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/fold.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "image/build/fold_candidates.hpp"
#include "image/parts.hpp"
#include "ptrd/image/leaf.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

constexpr size_t kWorthALine = 16;
/// Rules tried on each record of a /24, at most.
constexpr size_t kMaxTried = 4;

/// A rule and its votes.
struct Candidate {
  explicit Candidate(Rule&& r) : rule(std::move(r)), program(rule.program + std::string(kLeafSlack, '\0')) {}

  Rule rule;
  std::string program;  // padded, since its literals are copied in words
  uint32_t votes = 0;   // /24s in which it was found
  size_t records = 0;   // records that would follow it
};

bool makes(const Candidate& candidate, const Plain4& plain, const PlainData& data) {
  const Rule& rule = candidate.rule;
  if (data.ttl != rule.ttl || data.target.size() < rule.tail.size()) return false;
  const size_t head = data.target.size() - rule.tail.size();
  if (std::memcmp(&data.target[head], rule.tail.data(), rule.tail.size()) != 0) return false;
  std::array<uint8_t, wire::kMaxName + kLeafSlack> made;
  const size_t size = run_program(reinterpret_cast<const uint8_t*>(candidate.program.data()),
                                  rule.program.size(), range_address(plain.address), made.data());
  return size == head && std::memcmp(made.data(), data.target.data(), size) == 0;
}

/// Candidates by number, in the order in which they were found.
class Candidates {
 public:
  /// The number of a candidate; a new one is assigned one.
  uint32_t number_of(const Candidate& candidate) {
    const auto [it, made] =
        numbers_.try_emplace(key_of(candidate.rule), static_cast<uint32_t>(candidates_.size()));
    if (made) candidates_.emplace_back(Rule(candidate.rule));
    return it->second;
  }
  Candidate& operator[](uint32_t number) { return candidates_[number]; }
  [[nodiscard]] const Candidate& operator[](uint32_t number) const { return candidates_[number]; }
  [[nodiscard]] size_t size() const { return candidates_.size(); }

 private:
  static std::string key_of(const Rule& rule) {
    std::string key(reinterpret_cast<const char*>(&rule.ttl), sizeof rule.ttl);
    key += static_cast<char>(rule.program.size());
    return key + rule.program + rule.tail;
  }

  std::vector<Candidate> candidates_;
  std::unordered_map<std::string, uint32_t> numbers_;
};

/// Whole /24s that one thread processes at a time.
class Part {
 public:
  static constexpr size_t kRecords = 1U << 14;  // as few as whole /24s allow

  explicit Part(std::span<Plain4> records) : records_(records) {}

  /// Finds the rules of each /24.
  void vote(const Arena& arena) {
    each_network([&](std::span<Plain4> network) { vote(network, arena); });
  }

  /// Numbers its candidates as in `all`, adding them there.
  void join(Candidates& all) {
    std::vector<uint32_t> numbers(found_.size());
    for (uint32_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = all.number_of(found_[i]);
      all[numbers[i]].votes += found_[i].votes;
    }
    for (auto& network : networks_) {
      for (uint32_t& number : network) number = numbers[number];
    }
    found_ = {};
  }

  /// Assigns each record to the first rule that produces it, most common rules first.
  void choose(const Candidates& all, const Arena& arena, const std::vector<bool>& are_signed) {
    chosen_.assign(records_.size(), kNone);
    size_t next = 0;
    each_network(
        [&](std::span<Plain4> network) { choose(network, networks_[next++], all, arena, are_signed); });
    networks_ = {};
  }

  void count(Candidates& all) const {
    for (const uint32_t number : chosen_) {
      if (number != kNone) ++all[number].records;
    }
  }

  /// Makes records refer to the rules; `rules` by candidate, kNone if that one is not worthwhile.
  void apply(std::span<const uint32_t> rules) {
    for (size_t i = 0; i < records_.size(); ++i) {
      if (chosen_[i] != kNone && rules[chosen_[i]] != kNone)
        records_[i].data = Plain4::kFolded | rules[chosen_[i]];
    }
    chosen_ = {};
  }

  static constexpr uint32_t kNone = ~0U;

 private:
  template <typename Visit>
  void each_network(Visit visit) {
    for (size_t from = 0, to = 0; from < records_.size(); from = to) {
      while (to < records_.size() && records_[to].address >> 8 == records_[from].address >> 8) ++to;
      visit(records_.subspan(from, to - from));
    }
  }

  /// Records that distinguish the forms of an octet: of one, two and three digits, different from the upper
  /// octets.
  [[nodiscard]] static std::array<const Plain4*, 3> samples(std::span<const Plain4> network) {
    std::array<const Plain4*, 3> found{};
    for (const Plain4& plain : network) {
      const uint32_t octet = plain.address & 0xFF;
      const bool elsewhere = octet == (plain.address >> 8 & 0xFF) || octet == (plain.address >> 16 & 0xFF) ||
                             octet == plain.address >> 24;
      const Plain4*& sample = found[octet < 10 ? 0 : octet < 100 ? 1 : 2];
      if (sample == nullptr && !elsewhere) sample = &plain;
    }
    return found;
  }

  /// The rules that fit two samples of a /24. If all records follow a rule, the other samples yield the same
  /// rules, or rules from digits that happen to equal an octet.
  void vote(std::span<const Plain4> network, const Arena& arena) {
    std::vector<uint32_t>& here = networks_.emplace_back();
    if (network.size() < 2) return;
    const auto found = samples(network);
    const auto others =
        static_cast<size_t>(std::count_if(found.begin(), found.end(), [](auto* p) { return p; })) - 1;
    bool all = false;
    for (size_t i = 0; i < found.size() && !all; ++i) {
      const Plain4* const sample = found[i];
      if (sample == nullptr) continue;
      const PlainData data = plain_data(arena, sample->data);
      for (Rule& rule : candidate_rules(sample->address, data.target, data.ttl)) {
        const Candidate candidate(std::move(rule));
        const auto followers =
            static_cast<size_t>(std::count_if(found.begin(), found.end(), [&](const Plain4* other) {
              return other != nullptr && other != sample &&
                     makes(candidate, *other, plain_data(arena, other->data));
            }));
        if (followers == 0) continue;
        all = all || followers == others;
        const uint32_t number = found_.number_of(candidate);
        if (std::find(here.begin(), here.end(), number) == here.end()) here.push_back(number);
      }
    }
    for (const uint32_t number : here) ++found_[number].votes;
  }

  void choose(std::span<const Plain4> network, std::vector<uint32_t>& here, const Candidates& all,
              const Arena& arena, const std::vector<bool>& are_signed) {
    std::sort(here.begin(), here.end(), [&](uint32_t a, uint32_t b) {
      return std::pair(all[b].votes, a) < std::pair(all[a].votes, b);
    });
    if (here.size() > kMaxTried) here.resize(kMaxTried);
    if (here.empty()) return;
    for (const Plain4& plain : network) {
      if (are_signed[plain.zone]) continue;
      const PlainData data = plain_data(arena, plain.data);
      for (const uint32_t number : here) {
        if (!makes(all[number], plain, data)) continue;
        chosen_[static_cast<size_t>(&plain - records_.data())] = number;
        break;
      }
    }
  }

  std::span<Plain4> records_;
  Candidates found_;
  std::vector<std::vector<uint32_t>> networks_;  // candidates of each /24
  std::vector<uint32_t> chosen_;                 // by record
};

std::vector<Part> cut(std::span<Plain4> records) {
  std::vector<Part> parts;
  while (!records.empty()) {
    size_t size = std::min(records.size(), Part::kRecords);
    while (size < records.size() && records[size].address >> 8 == records[size - 1].address >> 8) ++size;
    parts.emplace_back(records.first(size));
    records = records.subspan(size);
  }
  return parts;
}

}  // namespace

void fold(std::span<Plain4> records, const Arena& arena, Rules& rules, const Executor& run,
          const std::vector<bool>& are_signed) {
  std::vector<Part> parts = cut(records);
  const auto each = [&](auto work) {
    run_parts(std::span(parts), run, [&](size_t, std::span<Part> some) {
      for (Part& part : some) work(part);
    });
  };
  each([&](Part& part) { part.vote(arena); });
  Candidates all;
  for (Part& part : parts) part.join(all);
  each([&](Part& part) { part.choose(all, arena, are_signed); });
  for (const Part& part : parts) part.count(all);
  std::vector<uint32_t> numbers(all.size(), Part::kNone);
  for (uint32_t i = 0; i < numbers.size(); ++i) {
    if (all[i].records >= kWorthALine) numbers[i] = rules.intern(all[i].rule);
  }
  each([&](Part& part) { part.apply(numbers); });
}

}  // namespace ptrd::image
