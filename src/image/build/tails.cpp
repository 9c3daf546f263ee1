// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/tails.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <span>
#include <stdexcept>

#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Number of leading labels whose suffixes are considered.
constexpr std::array<unsigned, 2> kDepths = {1, 2};

/// Bytes before the suffix of `target` that starts after its first `depth` labels, or all except the root.
size_t head_of(Bytes target, unsigned depth) {
  size_t at = 0;
  for (; depth > 0 && target[at] != 0; --depth) at += target[at] + 1U;
  return at;
}

}  // namespace

uint64_t Tails::hash_of(const Key& key) {
  return XXH3_64bits_withSeed(key.name.data(), key.name.size(), uint64_t{key.signing} << 32 | key.ttl);
}

size_t Tails::Table::slot_of(const Key& key, uint64_t hash) const {
  const size_t mask = entries_.size() - 1;
  size_t slot = hash & mask;
  while (entries_[slot].name != nullptr && !entries_[slot].has(hash, key)) slot = (slot + 1) & mask;
  return slot;
}

void Tails::Table::grow() {
  constexpr size_t kFirst = 16;
  std::vector<Entry> old(entries_.empty() ? kFirst : 2 * entries_.size());
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.name == nullptr) continue;
    entries_[slot_of(entry.key(), entry.hash)] = entry;
  }
}

Tails::Entry& Tails::Table::find_or_add(const Key& key, uint64_t hash) {
  if (2 * used_ >= entries_.size()) grow();
  Entry& entry = entries_[slot_of(key, hash)];
  if (entry.name == nullptr) {
    entry = {.name = key.name.data(),
             .hash = hash,
             .ttl = key.ttl,
             .size_and_signing = key.signing << 8 | static_cast<uint8_t>(key.name.size())};
    ++used_;
  }
  return entry;
}

Tails::Entry* Tails::Table::find(const Key& key, uint64_t hash) {
  if (entries_.empty()) return nullptr;
  Entry& entry = entries_[slot_of(key, hash)];
  return entry.name == nullptr ? nullptr : &entry;
}

void Tails::Table::prefetch(uint64_t hash) const {
  if (!entries_.empty()) __builtin_prefetch(&entries_[hash & (entries_.size() - 1)]);
}

void Tails::Counter::count(uint32_t ttl, Bytes target, uint32_t signing) {
  for (size_t i = 0; i < kDepths.size(); ++i) {
    const Key key{ttl, signing, text_of(target.subspan(head_of(target, kDepths[i])))};
    if (newest_[i].uses == 0 || !(newest_[i].key == key)) {
      settle(newest_[i]);
      newest_[i].key = key;
    }
    ++newest_[i].uses;
  }
}

void Tails::Counter::settle(Use& use) {
  if (use.uses == 0) return;
  use.hash = hash_of(use.key);
  const size_t table = table_of(use.hash);
  waiting_[table][count_[table]++] = use;
  use.uses = 0;
  if (count_[table] == kMax) empty(table);
}

void Tails::Counter::empty(size_t table) {
  Table& to = tails_.tables_[table];
  const std::span some(waiting_[table].data(), count_[table]);
  const std::lock_guard lock(to.mutex);
  for (const Use& use : some) to.prefetch(use.hash);
  for (const Use& use : some) to.find_or_add(use.key, use.hash).uses += use.uses;
  count_[table] = 0;
}

void Tails::Counter::finish() {
  for (Use& use : newest_) settle(use);
  for (size_t table = 0; table < kTables; ++table) empty(table);
}

uint32_t Tails::place(const Key& key, Entry& entry) {
  if (entry.number != kUnplaced) return entry.number;
  const size_t size = offsetof(Tail, name) + key.name.size();
  const size_t first = lines_.size();
  const size_t lines = (size + kLineSize - 1) / kLineSize;
  if (first + lines > kMaxTail) return kUnplaced;
  lines_.resize(first + lines);
  auto& tail = *reinterpret_cast<Tail*>(&lines_[first]);
  wire::store32(tail.ttl, key.ttl);
  tail.size = static_cast<uint8_t>(key.name.size());
  for (size_t i = 0; i < sizeof tail.signing; ++i)
    tail.signing[i] = static_cast<uint8_t>(key.signing >> 8 * i);
  std::memcpy(lines_[first].bytes + offsetof(Tail, name), key.name.data(), key.name.size());
  return entry.number = static_cast<uint32_t>(first);
}

void Tails::prefetch(uint32_t ttl, Bytes target, uint32_t signing) const {
  for (const unsigned depth : kDepths) {
    const uint64_t hash = hash_of({ttl, signing, text_of(target.subspan(head_of(target, depth)))});
    tables_[table_of(hash)].prefetch(hash);
  }
}

Tails::Split Tails::split(uint32_t ttl, Bytes target, uint32_t signing) {
  for (const unsigned depth : kDepths) {
    const size_t head = head_of(target, depth);
    const Key key{ttl, signing, text_of(target.subspan(head))};
    if (last_ == nullptr || !(last_key_ == key)) {
      const uint64_t hash = hash_of(key);
      Entry* const entry = tables_[table_of(hash)].find(key, hash);
      if (entry == nullptr) continue;
      last_ = entry;
      last_key_ = key;
    }
    if (last_->uses < kWorthALine) continue;
    const uint32_t number = place(key, *last_);
    if (number != kUnplaced) return {number, static_cast<uint8_t>(head)};
  }
  static constexpr uint8_t kRoot[] = {0};
  return {number_of(ttl, kRoot, signing), static_cast<uint8_t>(target.size() - 1)};
}

uint32_t Tails::number_of(uint32_t ttl, Bytes name, uint32_t signing) {
  const Key key{ttl, signing, text_of(name)};
  const uint64_t hash = hash_of(key);
  Table& table = tables_[table_of(hash)];
  Entry* entry = table.find(key, hash);
  if (entry == nullptr) {
    entry = &table.find_or_add(key, hash);
    last_ = nullptr;  // entries may have moved
  }
  const uint32_t number = place(key, *entry);
  if (number == kUnplaced) throw std::length_error("more than 16 million different TTLs and shared suffixes");
  return number;
}

}  // namespace ptrd::image
