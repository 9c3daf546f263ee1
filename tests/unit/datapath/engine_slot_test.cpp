// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/engine_slot.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "unit/image_maker.hpp"

namespace ptrd::datapath {
namespace {

using namespace std::chrono_literals;

class EngineSlotTest : public ::testing::Test {
 protected:
  std::vector<image::Line> lines_ = test::ImageMaker().zone("2.0.192.in-addr.arpa").lines();
  Serving one_{answer::Engine(image::View(lines_))};
  Serving two_{answer::Engine(image::View(lines_))};
  EngineSlot slot_{&one_};
};

// With no reader online the old engine is free at once; a reader that is offline, such as in poll, delays
// nothing.
TEST_F(EngineSlotTest, OfflineReadersHoldNothing) {
  EXPECT_TRUE(slot_.passed(slot_.publish(&two_)));
  EngineReader reader(slot_);
  EXPECT_TRUE(slot_.passed(slot_.publish(&one_)));
  reader.online();
  reader.offline();
  EXPECT_TRUE(slot_.passed(slot_.publish(&two_)));
}

// An online reader holds the old engine until it reports a quiescent state, and sees the new one after the
// publish.
TEST_F(EngineSlotTest, OnlineReadersAreWaitedFor) {
  EngineReader reader(slot_);
  reader.online();
  EXPECT_EQ(&reader.serving(), &one_);
  const uint64_t token = slot_.publish(&two_);
  EXPECT_FALSE(slot_.passed(token));
  EXPECT_EQ(&reader.serving(), &two_);
  reader.quiescent();
  EXPECT_TRUE(slot_.passed(token));
  const uint64_t later = slot_.publish(&one_);
  EXPECT_FALSE(slot_.passed(later));
  reader.offline();
  EXPECT_TRUE(slot_.passed(later));
}

// One lagging reader of several is enough to hold it; a reader that ends while online frees it.
TEST_F(EngineSlotTest, EveryReaderCounts) {
  EngineReader quick(slot_);
  auto slow = std::make_unique<EngineReader>(slot_);
  quick.online();
  slow->online();
  const uint64_t token = slot_.publish(&two_);
  quick.quiescent();
  EXPECT_FALSE(slot_.passed(token));
  slow.reset();
  EXPECT_TRUE(slot_.passed(token));
}

// Slots of readers that have ended are reused: more threads than slots may come one after another.
TEST_F(EngineSlotTest, PlacesAreUsedAgain) {
  for (unsigned i = 0; i < 2 * EngineSlot::kMaxReaders; ++i) EngineReader(slot_).online();
  std::vector<std::unique_ptr<EngineReader>> all;
  for (unsigned i = 0; i < EngineSlot::kMaxReaders; ++i) all.push_back(std::make_unique<EngineReader>(slot_));
  EXPECT_THROW(EngineReader{slot_}, std::length_error);
}

/// Each thread sets which of two nodes it is on.
class FakeNodes : public MemoryNodes {
 public:
  [[nodiscard]] size_t count() const override { return 2; }
  [[nodiscard]] size_t here() const override { return node; }
  [[nodiscard]] std::error_code on(size_t, const std::function<void()>& work) const override {
    work();
    return {};
  }
  static thread_local size_t node;
};
thread_local size_t FakeNodes::node = 0;

// A reader has the engine of the node on which it was made, before a swap and after; a swap waits for the
// readers of all nodes.
TEST_F(EngineSlotTest, NodesHaveTheirOwn) {
  const FakeNodes nodes;
  const Serving three{answer::Engine(image::View(lines_))};
  const Serving four{answer::Engine(image::View(lines_))};
  EngineSlot slot(std::vector<const Serving*>{&one_, &two_}, nodes);
  EngineReader near(slot);
  std::unique_ptr<EngineReader> far;
  std::thread([&] {
    FakeNodes::node = 1;
    far = std::make_unique<EngineReader>(slot);
  }).join();
  near.online();
  far->online();
  EXPECT_EQ(&near.serving(), &one_);
  EXPECT_EQ(&far->serving(), &two_);
  const uint64_t token = slot.publish(std::vector<const Serving*>{&three, &four});
  EXPECT_EQ(&near.serving(), &three);
  EXPECT_EQ(&far->serving(), &four);
  near.quiescent();
  EXPECT_FALSE(slot.passed(token));
  far->quiescent();
  EXPECT_TRUE(slot.passed(token));
}

// Freed after `passed`, an engine is never touched again: readers spin while engines are swapped and poisoned
// (ASan and TSan see a use that should not be).
TEST_F(EngineSlotTest, NobodyReadsAFreedEngine) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> reads = 0;
  auto current = std::make_unique<Serving>(Serving{answer::Engine(image::View(lines_))});
  EngineSlot slot(current.get());
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      EngineReader reader(slot);
      reader.online();
      while (!stop) {
        if (reader.serving().engine.image().header().line_size == image::kLineSize) ++reads;
        reader.quiescent();
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    auto next = std::make_unique<Serving>(Serving{answer::Engine(image::View(lines_))});
    const uint64_t token = slot.publish(next.get());
    while (!slot.passed(token)) std::this_thread::yield();
    current = std::move(next);
  }
  while (reads < 1000) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace ptrd::datapath
