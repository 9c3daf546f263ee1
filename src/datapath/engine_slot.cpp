// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/engine_slot.hpp"

#include <rte_rcu_qsbr.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace ptrd::datapath {

namespace {

rte_rcu_qsbr* make_readers() {
  const size_t size = rte_rcu_qsbr_get_memsize(EngineSlot::kMaxReaders);
  constexpr size_t kAlignment = 64;
  void* memory = std::aligned_alloc(kAlignment, (size + kAlignment - 1) / kAlignment * kAlignment);
  if (memory == nullptr) throw std::bad_alloc();
  auto* readers = static_cast<rte_rcu_qsbr*>(memory);
  (void)rte_rcu_qsbr_init(readers, EngineSlot::kMaxReaders);  // fails only on null and 0
  return readers;
}

}  // namespace

void EngineSlot::Free::operator()(rte_rcu_qsbr* readers) const {
  std::free(readers);
}

EngineSlot::EngineSlot(const Serving* engine) : sources_(1), readers_(make_readers()), used_(kMaxReaders) {
  put(std::span(&engine, 1));
}
EngineSlot::EngineSlot(std::span<const Serving* const> engines, const MemoryNodes& nodes)
    : nodes_(&nodes), sources_(engines.size()), readers_(make_readers()), used_(kMaxReaders) {
  put(engines);
}
EngineSlot::~EngineSlot() = default;

void EngineSlot::put(std::span<const Serving* const> engines) {
  for (size_t i = 0; i < sources_.size(); ++i)
    sources_[i].engine_.store(engines[i], std::memory_order_release);
}

const EngineSource& EngineSlot::here() const {
  return sources_[nodes_ == nullptr ? 0 : nodes_->here()];
}

uint64_t EngineSlot::publish(std::span<const Serving* const> engines) {
  put(engines);
  return rte_rcu_qsbr_start(readers_.get());
}

uint64_t EngineSlot::publish(const Serving* engine) {
  return publish(std::vector<const Serving*>(sources_.size(), engine));
}

bool EngineSlot::passed(uint64_t token) const {
  return rte_rcu_qsbr_check(readers_.get(), token, false) == 1;
}

uint64_t EngineSlot::ask() const {
  return rte_rcu_qsbr_start(readers_.get());
}

size_t EngineSlot::readers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count(used_.begin(), used_.end(), true));
}

EngineReader::EngineReader(EngineSlot& slot) : slot_(slot), source_(slot.here()), id_(0) {
  const std::lock_guard lock(slot_.mutex_);
  const auto free = std::find(slot_.used_.begin(), slot_.used_.end(), false);
  if (free == slot_.used_.end()) throw std::length_error("too many threads read the image");
  *free = true;
  id_ = static_cast<unsigned>(free - slot_.used_.begin());
  (void)rte_rcu_qsbr_thread_register(slot_.readers_.get(), id_);
}

EngineReader::~EngineReader() {
  offline();
  const std::lock_guard lock(slot_.mutex_);
  (void)rte_rcu_qsbr_thread_unregister(slot_.readers_.get(), id_);
  slot_.used_[id_] = false;
}

void EngineReader::online() {
  rte_rcu_qsbr_thread_online(slot_.readers_.get(), id_);
}

void EngineReader::offline() {
  rte_rcu_qsbr_thread_offline(slot_.readers_.get(), id_);
}

void EngineReader::quiescent() {
  rte_rcu_qsbr_quiescent(slot_.readers_.get(), id_);
}

}  // namespace ptrd::datapath
