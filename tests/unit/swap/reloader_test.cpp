// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/reloader.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <future>
#include <memory>
#include <thread>

#include "unit/image_maker.hpp"

namespace ptrd::swap {
namespace {

class ReloaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-reloader-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ / "image";
    ASSERT_TRUE(image::write_file(path_, test::ImageMaker().zone("2.0.192.in-addr.arpa", 1).lines()));
    auto store = ImageStore::open(path_, {});
    ASSERT_TRUE(store) << store.error();
    store_ = *std::move(store);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::string path_;
  static uint64_t of(const Reloader& reloader, Refusal reason) {
    return reloader.history().refused[static_cast<size_t>(reason)];
  }
  std::unique_ptr<ImageStore> store_;
};

// A reload's outcome is reported to the caller, good or bad, and recorded in the history.
TEST_F(ReloaderTest, Outcomes) {
  Reloader reloader(*store_);
  const auto outcome = [&](const std::string& path) {
    std::promise<Reloader::Outcome> promise;
    EXPECT_TRUE(reloader.reload(path, false, [&](const Reloader::Outcome& one) { promise.set_value(one); }));
    return promise.get_future().get();
  };
  EXPECT_TRUE(outcome(""));
  EXPECT_EQ(reloader.history().failed(), 0U);
  EXPECT_EQ(reloader.history().done, 1U);
  const auto bad = outcome(folder_ / "nowhere");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().reason, Refusal::unreadable);
  EXPECT_EQ(of(reloader, Refusal::unreadable), 1U);
  EXPECT_EQ(reloader.history().failed(), 1U);
  EXPECT_EQ(reloader.history().last_error, bad.error().what);
  EXPECT_TRUE(outcome(path_));
  EXPECT_EQ(reloader.history().last_error, "");
  EXPECT_FALSE(reloader.history().busy);
}

// A swap runs at lower priority than threads that answer queries; no other priority changes.
TEST_F(ReloaderTest, StandsBack) {
  const int ours = getpriority(PRIO_PROCESS, 0);
  if (ours >= 10) GTEST_SKIP() << "the tests themselves run at that priority";
  Reloader reloader(*store_);
  std::promise<int> theirs;
  ASSERT_TRUE(reloader.reload(
      "", false, [&](const Reloader::Outcome&) { theirs.set_value(getpriority(PRIO_PROCESS, 0)); }));
  EXPECT_EQ(theirs.get_future().get(), 10);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), ours);
}

// While one swap waits, another is rejected; a caller that is told of the end may start the next at once.
TEST_F(ReloaderTest, OneAtATime) {
  Reloader reloader(*store_);
  std::promise<void> reached, go;
  store_->set_follower([&](const image::View*, const policy::Policy*) -> tl::expected<void, std::string> {
    reached.set_value();
    go.get_future().wait();
    return {};
  });
  std::promise<bool> next;
  ASSERT_TRUE(reloader.reload("", false, [&](const Reloader::Outcome&) {
    store_->set_follower({});
    next.set_value(reloader.rollback());
  }));
  reached.get_future().wait();
  EXPECT_TRUE(reloader.history().busy);
  EXPECT_FALSE(reloader.reload("", false));
  EXPECT_FALSE(reloader.rollback());
  go.set_value();
  EXPECT_TRUE(next.get_future().get());
  reloader.stop();
  EXPECT_EQ(store_->in_service().swaps, 2U);
  EXPECT_FALSE(reloader.reload("", false)) << "after its end";
}

// Requests for the next swap wait for the current one, and the latest replaces those before it, whose caller
// is told of its outcome. Nobody is turned away meanwhile, and none begins after the end.
TEST_F(ReloaderTest, NextInTurn) {
  Reloader reloader(*store_);
  std::promise<void> reached, go;
  int swaps = 0;
  store_->set_follower([&](const image::View*, const policy::Policy*) -> tl::expected<void, std::string> {
    if (++swaps > 1) return {};
    reached.set_value();
    go.get_future().wait();
    return {};
  });
  std::promise<Reloader::Outcome> told;
  reloader.reload_next("");
  reached.get_future().wait();
  for (int i = 0; i < 5; ++i)
    reloader.reload_next(folder_ / "nowhere", [](const Reloader::Outcome&) { FAIL() << "it was replaced"; });
  reloader.reload_next(folder_ / "nowhere", [&](const Reloader::Outcome& one) { told.set_value(one); });
  const std::string other = folder_ / "other";
  ASSERT_TRUE(image::write_file(other, test::ImageMaker().zone("2.0.192.in-addr.arpa", 2).lines()));
  reloader.reload_next(other);
  go.set_value();
  const auto outcome = told.get_future().get();
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(outcome->path, other);
  EXPECT_EQ(swaps, 2);
  reloader.stop();
  const auto history = reloader.history();
  EXPECT_EQ(history.done, 2U);
  EXPECT_EQ(of(reloader, Refusal::busy) + history.failed(), 0U);
  EXPECT_FALSE(history.busy);
  reloader.reload_next("", [](const Reloader::Outcome&) { FAIL() << "after the end"; });
}

// A request that still waits at the end is dropped.
TEST_F(ReloaderTest, EndsBeforeTheNext) {
  Reloader reloader(*store_);
  std::promise<void> reached, go;
  store_->set_follower([&](const image::View*, const policy::Policy*) -> tl::expected<void, std::string> {
    reached.set_value();
    go.get_future().wait();
    return {};
  });
  reloader.reload_next("");
  reached.get_future().wait();
  auto end = std::async(std::launch::async, [&] { reloader.stop(); });
  // One request always waits; a further one is no longer kept once the end has begun.
  for (;; std::this_thread::yield()) {
    const auto fresh = std::make_shared<int>();
    reloader.reload_next("", [fresh](const Reloader::Outcome&) { FAIL() << "it was to be dropped"; });
    if (fresh.use_count() == 1) break;
  }
  go.set_value();
  end.get();
  EXPECT_EQ(store_->in_service().swaps, 1U);
}

}  // namespace
}  // namespace ptrd::swap
