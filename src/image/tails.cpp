// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/tails.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <stdexcept>

#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

namespace {

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes in front of the end of `target` that begins behind its first `depth` labels, or all but the root's.
size_t head_of(Bytes target, unsigned depth) {
  size_t at = 0;
  for (; depth > 0 && target[at] != 0; --depth) at += target[at] + 1U;
  return at;
}

}  // namespace

size_t Tails::slot_of(const Key& key, uint64_t hash) const {
  const size_t mask = entries_.size() - 1;
  size_t slot = hash & mask;
  while (entries_[slot].name != nullptr && !entries_[slot].has(hash, key)) slot = (slot + 1) & mask;
  return slot;
}

void Tails::grow() {
  constexpr size_t kFirst = 1024;
  const std::vector<Entry> old = std::move(entries_);
  entries_.assign(old.empty() ? kFirst : 2 * old.size(), {});
  for (const Entry& entry : old) {
    if (entry.name == nullptr) continue;
    entries_[slot_of({entry.ttl, {entry.name, entry.size}}, entry.hash)] = entry;
  }
  last_ = nullptr;
}

uint64_t Tails::hash_of(const Key& key) {
  return XXH3_64bits_withSeed(key.name.data(), key.name.size(), key.ttl);
}

Tails::Entry& Tails::find_or_add(const Key& key, uint64_t hash) {
  if (2 * used_ >= entries_.size()) grow();
  Entry& entry = entries_[slot_of(key, hash)];
  if (entry.name == nullptr) {
    entry = {
        .name = key.name.data(), .hash = hash, .ttl = key.ttl, .size = static_cast<uint8_t>(key.name.size())};
    ++used_;
  }
  return entry;
}

Tails::Entry* Tails::find(const Key& key) {
  if (entries_.empty()) return nullptr;
  Entry& entry = entries_[slot_of(key, hash_of(key))];
  return entry.name == nullptr ? nullptr : &entry;
}

void Tails::settle(Pending& pending) {
  if (pending.uses == 0) return;
  find_or_add(pending.key, pending.hash).uses += pending.uses;
  pending.uses = 0;
}

void Tails::settle_all() {
  for (Pending& pending : pending_) settle(pending);
}

void Tails::count(uint32_t ttl, Bytes target, unsigned depth) {
  const Key key{ttl, text_of(target.subspan(head_of(target, depth)))};
  if (pending_[newest_].uses > 0 && pending_[newest_].key == key) {
    ++pending_[newest_].uses;
    return;
  }
  newest_ = (newest_ + 1) % kPending;
  Pending& oldest = pending_[newest_];
  settle(oldest);
  oldest = {.key = key, .hash = hash_of(key), .uses = 1};
  if (!entries_.empty()) __builtin_prefetch(&entries_[oldest.hash & (entries_.size() - 1)]);
}

uint32_t Tails::place(Key key, Entry& entry) {
  if (entry.number != kUnplaced) return entry.number;
  const size_t size = offsetof(Tail, name) + key.name.size();
  const size_t first = lines_.size();
  const size_t lines = (size + kLineSize - 1) / kLineSize;
  if (first + lines > kMaxTail) return kUnplaced;
  lines_.resize(first + lines);
  auto& tail = *reinterpret_cast<Tail*>(&lines_[first]);
  wire::store32(tail.ttl, key.ttl);
  tail.size = static_cast<uint8_t>(key.name.size());
  std::memcpy(lines_[first].bytes + offsetof(Tail, name), key.name.data(), key.name.size());
  return entry.number = static_cast<uint32_t>(first);
}

Tails::Split Tails::split(uint32_t ttl, Bytes target) {
  if (pending_[newest_].uses > 0) settle_all();
  for (const unsigned depth : {1U, 2U}) {
    const size_t head = head_of(target, depth);
    const Key key{ttl, text_of(target.subspan(head))};
    if (last_ == nullptr || !(last_key_ == key)) {
      Entry* const entry = find(key);
      if (entry == nullptr) continue;
      last_ = entry;
      last_key_ = key;
    }
    if (last_->uses < kWorthALine) continue;
    const uint32_t number = place(key, *last_);
    if (number != kUnplaced) return {number, static_cast<uint8_t>(head)};
  }
  static constexpr uint8_t kRoot[] = {0};
  return {number_of(ttl, kRoot), static_cast<uint8_t>(target.size() - 1)};
}

uint32_t Tails::number_of(uint32_t ttl, Bytes name) {
  settle_all();
  const Key key{ttl, text_of(name)};
  const uint32_t number = place(key, find_or_add(key, hash_of(key)));
  if (number == kUnplaced) throw std::length_error("more than 16 million different TTLs and name ends");
  return number;
}

}  // namespace ptrd::image
