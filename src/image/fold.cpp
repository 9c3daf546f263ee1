// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/fold.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "image/fold_candidates.hpp"
#include "ptrd/image/leaf.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

constexpr size_t kWorthALine = 16;
/// Rules tried on each record of a /24, at most.
constexpr size_t kMostTried = 4;

struct Target {
  uint32_t ttl;
  Bytes name;
};

Target target_of(const Plain4& plain, const Arena& arena) {
  const uint8_t* record = arena.at(plain.data);
  return {wire::load_raw<uint32_t>(record), {record + 5, record[4]}};
}

/// A rule and where it stands in the vote.
struct Candidate {
  explicit Candidate(Rule&& r) : rule(std::move(r)), program(rule.program + std::string(kLeafSlack, '\0')) {}

  Rule rule;
  std::string program;  // with room behind it, as its literals are copied in words
  uint32_t votes = 0;   // /24s that it was found in
  size_t records = 0;   // that are to follow it
};

class Fold {
 public:
  Fold(std::span<Plain4> records, const Arena& arena, Rules& rules)
      : records_(records), arena_(arena), rules_(rules), chosen_(records.size(), kNone) {}

  void run() {
    each_network([&](std::span<Plain4> network) { vote(network); });
    each_network([&](std::span<Plain4> network) { choose(network); });
    std::vector<uint32_t> numbers(candidates_.size(), kNone);
    for (size_t i = 0; i < records_.size(); ++i) {
      if (chosen_[i] == kNone || candidates_[chosen_[i]].records < kWorthALine) continue;
      uint32_t& number = numbers[chosen_[i]];
      if (number == kNone) number = rules_.intern(candidates_[chosen_[i]].rule);
      records_[i].data = Plain4::kFolded | number;
    }
  }

 private:
  static constexpr uint32_t kNone = ~0U;

  /// The records of each /24.
  template <typename Visit>
  void each_network(Visit visit) {
    for (size_t from = 0, to = 0; from < records_.size(); from = to) {
      while (to < records_.size() && records_[to].address >> 8 == records_[from].address >> 8) ++to;
      visit(records_.subspan(from, to - from));
    }
  }

  /// Records that tell the forms of an octet apart: of one, two and three digits, other than the upper
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

  [[nodiscard]] bool makes(const Candidate& candidate, const Plain4& plain) const {
    const Rule& rule = candidate.rule;
    const Target target = target_of(plain, arena_);
    if (target.ttl != rule.ttl || target.name.size() < rule.tail.size()) return false;
    const size_t head = target.name.size() - rule.tail.size();
    if (std::memcmp(&target.name[head], rule.tail.data(), rule.tail.size()) != 0) return false;
    std::array<uint8_t, wire::kMaxName + kLeafSlack> made;
    const size_t size = run_program(reinterpret_cast<const uint8_t*>(candidate.program.data()),
                                    rule.program.size(), range_address(plain.address), made.data());
    return size == head && std::memcmp(made.data(), target.name.data(), size) == 0;
  }

  /// The number of a candidate; a new one gets one.
  uint32_t number_of(Candidate&& candidate) {
    const auto [it, made] =
        numbers_.try_emplace(key_of(candidate.rule), static_cast<uint32_t>(candidates_.size()));
    if (made) candidates_.push_back(std::move(candidate));
    return it->second;
  }
  static std::string key_of(const Rule& rule) {
    std::string key(reinterpret_cast<const char*>(&rule.ttl), sizeof rule.ttl);
    key += static_cast<char>(rule.program.size());
    return key + rule.program + rule.tail;
  }

  /// The rules that two samples of a /24 follow.
  void vote(std::span<const Plain4> network) {
    std::vector<uint32_t>& here = networks_.emplace_back();
    if (network.size() < 2) return;
    const auto found = samples(network);
    for (const Plain4* sample : found) {
      if (sample == nullptr) continue;
      const Target target = target_of(*sample, arena_);
      for (Rule& rule : candidate_rules(sample->address, target.name, target.ttl)) {
        Candidate candidate(std::move(rule));
        const bool follows = std::any_of(found.begin(), found.end(), [&](const Plain4* other) {
          return other != nullptr && other != sample && makes(candidate, *other);
        });
        if (!follows) continue;
        const uint32_t number = number_of(std::move(candidate));
        if (std::find(here.begin(), here.end(), number) == here.end()) here.push_back(number);
      }
    }
    for (const uint32_t number : here) ++candidates_[number].votes;
  }

  /// Each record to the first rule that makes it, those first that most /24s have.
  void choose(std::span<const Plain4> network) {
    std::vector<uint32_t>& here = networks_[next_network_++];
    std::sort(here.begin(), here.end(), [&](uint32_t a, uint32_t b) {
      return std::pair(candidates_[b].votes, a) < std::pair(candidates_[a].votes, b);
    });
    if (here.size() > kMostTried) here.resize(kMostTried);
    for (const Plain4& plain : network) {
      for (const uint32_t number : here) {
        if (!makes(candidates_[number], plain)) continue;
        chosen_[static_cast<size_t>(&plain - records_.data())] = number;
        ++candidates_[number].records;
        break;
      }
    }
    std::vector<uint32_t>().swap(here);
  }

  std::span<Plain4> records_;
  const Arena& arena_;
  Rules& rules_;
  std::vector<uint32_t> chosen_;  // by record
  std::vector<Candidate> candidates_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::vector<uint32_t>> networks_;  // candidates of each /24
  size_t next_network_ = 0;
};

}  // namespace

void fold(std::span<Plain4> records, const Arena& arena, Rules& rules) {
  Fold(records, arena, rules).run();
}

}  // namespace ptrd::image
