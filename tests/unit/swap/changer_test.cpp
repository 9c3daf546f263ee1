// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/changer.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <latch>
#include <new>

namespace ptrd::swap {
namespace {

/// Writes down what it is asked for. A changeset's zone decides: below "refused." it is refused, below
/// "thrown." there is no memory.
class FakeImage : public Changeable {
 public:
  explicit FakeImage(const change::Journal& journal) : journal_(journal) {}

  tl::expected<Applied, std::string> apply(std::span<const change::Changeset> batch) override {
    if (const auto once = std::exchange(on_apply, {})) once();
    const std::string zone = batch.front().apex().to_text();
    log.push_back("apply " + zone);
    if (zone.ends_with("refused.")) return tl::unexpected("no " + zone);
    if (zone.ends_with("thrown.")) throw std::bad_alloc();
    return Applied{{{batch.front().apex(), 8}}, 2, 1, "journal of " + zone};
  }
  void publish() noexcept override {
    log.push_back("publish with " + std::to_string(journal_.entries()) + " on disk");
  }
  void discard() noexcept override { log.push_back("discard"); }
  [[nodiscard]] uint64_t spare_bytes() const override { return 640; }

  std::vector<std::string> log;
  std::function<void()> on_apply;  // called once

 private:
  const change::Journal& journal_;
};

using Log = std::vector<std::string>;

std::string batch_of(const char* zone) {
  return change::Builder(*wire::Name::from_text(zone)).finish();
}

class ChangerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-changer-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    auto opened = change::Journal::open(folder_ / "journal", 1);
    ASSERT_TRUE(opened) << opened.error();
    journal_ = std::move(opened->journal);
    image_ = std::make_unique<FakeImage>(*journal_);
    changer_ = std::make_unique<Changer>(*image_, *journal_);
  }
  void TearDown() override {
    changer_.reset();
    std::filesystem::remove_all(folder_);
  }
  /// Keeps the thread busy with the request "first", so that what comes next is one group.
  void after_first(const std::vector<const char*>& zones) {
    std::promise<void> reached, go;
    image_->on_apply = [&] {
      reached.set_value();
      go.get_future().wait();
    };
    std::latch left(static_cast<ptrdiff_t>(zones.size()));
    EXPECT_TRUE(changer_->apply(batch_of("first"), [this](const auto&) { image_->log.clear(); }));
    reached.get_future().wait();
    for (const char* zone : zones) {
      EXPECT_TRUE(changer_->apply(batch_of(zone), [&, zone](const Changer::Outcome& outcome) {
        image_->log.push_back(std::string(zone) + (outcome ? " done" : ": " + outcome.error()));
        left.count_down();
      }));
    }
    go.set_value();
    left.wait();
  }

  std::filesystem::path folder_;
  std::unique_ptr<change::Journal> journal_;
  std::unique_ptr<FakeImage> image_;
  std::unique_ptr<Changer> changer_;
};

// All requests that wait are applied, then synced, then published by one store, then acknowledged in order.
TEST_F(ChangerTest, GroupCommit) {
  after_first({"a", "b", "c"});
  EXPECT_EQ(image_->log, (Log{"apply a.", "apply b.", "apply c.", "publish with 4 on disk", "a done",
                              "b done", "c done"}));
  const auto counts = changer_->counts();
  EXPECT_EQ(counts.groups, 2U);
  EXPECT_EQ(counts.requests, 4U);
  EXPECT_EQ(counts.added, 8U);
  EXPECT_EQ(counts.removed, 4U);
  EXPECT_EQ(counts.journal_entries, 4U);
  EXPECT_EQ(counts.journal_bytes, journal_->bytes());
  std::vector<std::string> entries;
  EXPECT_TRUE(journal_->replay([&](uint64_t, wire::Bytes payload) -> tl::expected<void, std::string> {
    entries.emplace_back(wire::as_text(payload));
    return {};
  }));
  EXPECT_EQ(entries, (Log{"journal of first.", "journal of a.", "journal of b.", "journal of c."}));
}

// A request that is refused, or is no changeset, gets its reason; the others of the group are done.
TEST_F(ChangerTest, OneRefused) {
  after_first({"a", "b.refused", "c"});
  EXPECT_EQ(image_->log, (Log{"apply a.", "apply b.refused.", "apply c.", "publish with 3 on disk", "a done",
                              "b.refused: no b.refused.", "c done"}));
  EXPECT_EQ(changer_->counts().refused, 1U);
  image_->log.clear();
  std::promise<std::string> error;
  EXPECT_TRUE(changer_->apply("nonsense", [&](const Changer::Outcome& outcome) {
    error.set_value(outcome ? "none" : outcome.error());
  }));
  EXPECT_EQ(error.get_future().get(), "shorter than a changeset's head");
  EXPECT_EQ(image_->log, Log());
}

// A group without a valid request neither syncs nor publishes.
TEST_F(ChangerTest, AllRefused) {
  after_first({"a.refused", "b.refused"});
  EXPECT_EQ(image_->log, (Log{"apply a.refused.", "apply b.refused.", "a.refused: no a.refused.",
                              "b.refused: no b.refused."}));
  EXPECT_EQ(changer_->counts().groups, 1U);
}

// If the journal cannot be written, all of the group is taken back and refused; the next one may succeed.
TEST_F(ChangerTest, NoRoomInJournal) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto limit = [&](rlim_t size) {
    const rlimit limited{size, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  };
  limit(journal_->bytes() + 100);
  after_first({"a", "b.refused"});
  limit(before.rlim_cur);
  ASSERT_EQ(image_->log.size(), 5U);
  EXPECT_EQ(image_->log[2], "discard");
  EXPECT_NE(image_->log[3].find("cannot write: File too large"), std::string::npos) << image_->log[3];
  EXPECT_EQ(image_->log[4], "b.refused: no b.refused.");
  EXPECT_EQ(journal_->entries(), 1U);
  EXPECT_EQ(changer_->counts().failed, 1U);
  EXPECT_NE(changer_->counts().last_error, "");
  after_first({"c"});
  EXPECT_EQ(image_->log, (Log{"apply c.", "publish with 3 on disk", "c done"}));
  EXPECT_EQ(changer_->counts().last_error, "");
  (void)std::signal(SIGXFSZ, handler);
}

// Where memory runs out, nothing of the group is kept.
TEST_F(ChangerTest, NoMemory) {
  after_first({"a", "b.thrown", "c"});
  ASSERT_EQ(image_->log.size(), 6U);
  EXPECT_EQ(image_->log[2], "discard");
  EXPECT_NE(image_->log[3].find("a: a change was given up"), std::string::npos) << image_->log[3];
  EXPECT_EQ(journal_->entries(), 1U);
}

// While it is paused nothing is applied.
TEST_F(ChangerTest, Pause) {
  std::promise<void> done;
  auto paused = changer_->pause();
  EXPECT_TRUE(changer_->apply(batch_of("a"), [&](const auto&) { done.set_value(); }));
  auto future = done.get_future();
  EXPECT_EQ(future.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(image_->log, Log());
  paused.unlock();
  future.get();
}

// The queue is bounded, and what waits when it stops is refused, each request once.
TEST_F(ChangerTest, StopsAndIsBounded) {
  std::promise<void> reached, go;
  image_->on_apply = [&] {
    reached.set_value();
    go.get_future().wait();
  };
  std::atomic<size_t> done = 0, refused = 0;
  const auto count = [&](const Changer::Outcome& outcome) { ++(outcome ? done : refused); };
  EXPECT_TRUE(changer_->apply(batch_of("first"), count));
  reached.get_future().wait();
  for (size_t i = 0; i < Changer::kMaxWaiting; ++i) EXPECT_TRUE(changer_->apply(batch_of("a"), count));
  EXPECT_FALSE(changer_->apply(batch_of("a"), count));
  std::thread stopping([&] { changer_->stop(); });
  while (refused < Changer::kMaxWaiting) std::this_thread::yield();
  go.set_value();
  stopping.join();
  EXPECT_EQ(done, 1U);
  EXPECT_EQ(refused, Changer::kMaxWaiting);
  EXPECT_FALSE(changer_->apply(batch_of("a"), count));
}

}  // namespace
}  // namespace ptrd::swap
