// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/image_store.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <initializer_list>
#include <thread>

#include "unit/image_maker.hpp"
#include "unit/swap/two_nodes.hpp"

namespace ptrd::swap {
namespace {

using test::TwoNodes;

constexpr const char* kApex = "2.0.192.in-addr.arpa";

/// Whether that address is mapped now.
bool is_mapped(const void* address) {
  unsigned char resident = 0;
  return mincore(const_cast<void*>(address), 1, &resident) == 0;
}

class ImageStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-store-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const char* name, uint32_t serial) {
    const std::string path = folder_ / name;
    EXPECT_TRUE(image::write_file(path, test::ImageMaker().zone(kApex, serial).lines()));
    return path;
  }
  static uint32_t serial(const image::View& view) { return view.at<image::Zone>(view.header().zones).serial; }
  static uint32_t serial(ImageStore& store) { return serial(store.slot().load()->engine.image()); }

  std::filesystem::path folder_;
};

// A reload puts the new file into service; without a path it reads the same one again.
TEST_F(ImageStoreTest, Reload) {
  const std::string path = write("a", 1);
  auto store = ImageStore::open(path, {});
  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ(serial(**store), 1U);
  write("a", 2);
  EXPECT_EQ(serial(**store), 1U);
  const auto swap = (*store)->reload("", false);
  ASSERT_TRUE(swap) << swap.error().what;
  EXPECT_EQ(swap->path, path);
  EXPECT_EQ(swap->zones, 1U);
  EXPECT_EQ(serial(**store), 2U);
  ASSERT_TRUE((*store)->reload(write("b", 3), false));
  EXPECT_EQ(serial(**store), 3U);
  EXPECT_EQ((*store)->in_service().swaps, 2U);
}

// A missing, truncated, changed or foreign image is refused with its reason, and the old one stays.
TEST_F(ImageStoreTest, RefusesBadImages) {
  auto store = ImageStore::open(write("good", 5), {});
  ASSERT_TRUE(store) << store.error();
  const std::string bad = write("bad", 6);
  EXPECT_EQ((*store)->reload(folder_ / "none", false).error().reason, Refusal::unreadable);
  std::filesystem::resize_file(bad, 640);
  EXPECT_FALSE((*store)->reload(bad, false));
  write("bad", 6);
  {
    std::fstream file(bad, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300);
    file.put('\x55');
  }
  EXPECT_FALSE((*store)->reload(bad, false));
  std::ofstream(bad) << std::string(6400, 'x');
  const auto foreign = (*store)->reload(bad, false);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().reason, Refusal::bad_image);
  EXPECT_NE(foreign.error().what.find(bad), std::string::npos);
  EXPECT_EQ(serial(**store), 5U);
  EXPECT_EQ((*store)->in_service().swaps, 0U);
}

// A serial that goes backwards is refused unless forced; around 2^32 forward is forward (RFC 1982).
TEST_F(ImageStoreTest, SerialsGoForward) {
  auto store = ImageStore::open(write("a", 0xFFFFFFF0), {});
  ASSERT_TRUE(store) << store.error();
  const auto back = (*store)->reload(write("b", 0xFFFFFFEF), false);
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().what.find("2.0.192.in-addr.arpa. has serial 4294967279"), std::string::npos)
      << back.error().what;
  EXPECT_TRUE((*store)->reload(write("c", 3), false));
  EXPECT_TRUE((*store)->reload(write("d", 3), false));
  EXPECT_FALSE((*store)->reload(write("e", 3 + 0x80000000U), false));
  EXPECT_TRUE((*store)->reload(write("f", 1), true));
  EXPECT_EQ(serial(**store), 1U);
}

// An image that lacks more zones than the limit allows is refused, with what is lost, unless forced; the
// serials that go backwards as well are in the same line. A rollback says what it loses, and is not refused.
TEST_F(ImageStoreTest, Losses) {
  const auto write_zones = [&](const char* name, std::initializer_list<const char*> apexes, uint32_t serial) {
    test::ImageMaker maker;
    for (const char* apex : apexes) maker.zone(apex, serial);
    const std::string path = folder_ / name;
    EXPECT_TRUE(image::write_file(path, maker.lines()));
    return path;
  };
  const std::string four = write_zones("four", {"a", "b", "c", "d"}, 5);
  const std::string two = write_zones("two", {"a", "c"}, 5);
  auto store = ImageStore::open(four, {});
  ASSERT_TRUE(store) << store.error();
  const auto refused = (*store)->reload(two, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Refusal::lost);
  EXPECT_EQ(refused.error().losses.zones, 2U);
  EXPECT_EQ(refused.error().what,
            two +
                ": 2 of 4 zones and 4 of 8 records are lost: b, d; that is more than 10% of the zones "
                "(reload.max-lost-zones) and 10% of the records (reload.max-lost-records); if this is "
                "intended, use ptrctl reload --force");
  const auto older = (*store)->reload(write_zones("older", {"a"}, 4), false);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().reason, Refusal::older);
  EXPECT_NE(older.error().what.find("zone a. has serial 4"), std::string::npos) << older.error().what;
  EXPECT_NE(older.error().what.find("3 of 4 zones"), std::string::npos) << older.error().what;
  EXPECT_EQ((*store)->in_service().swaps, 0U);

  const auto forced = (*store)->reload(two, true);
  ASSERT_TRUE(forced) << forced.error().what;
  EXPECT_EQ(forced->losses.zones, 2U);
  ASSERT_TRUE((*store)->rollback());
  const auto back = (*store)->rollback();
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(back->losses.first, (std::vector<std::string>{"b.", "d."}));

  ASSERT_TRUE((*store)->reload(four, false));
  (*store)->set_loss_limits({.zones = 50, .records = 50});
  EXPECT_TRUE((*store)->reload(two, false));
}

// Rollback restores the previous image, even if another file has been renamed over its path; a second
// rollback reverts the first.
TEST_F(ImageStoreTest, Rollback) {
  const std::string path = write("a", 1);
  auto store = ImageStore::open(path, {});
  ASSERT_TRUE(store) << store.error();
  EXPECT_FALSE((*store)->rollback());
  write("a", 2);
  ASSERT_TRUE((*store)->reload("", false));
  ASSERT_TRUE((*store)->rollback());
  EXPECT_EQ(serial(**store), 1U);
  ASSERT_TRUE((*store)->rollback());
  EXPECT_EQ(serial(**store), 2U);
}

// Overwriting the file in service (cp, not mv) does not affect the image in service.
TEST_F(ImageStoreTest, OverwrittenFileServesOn) {
  const std::string path = write("a", 1);
  auto store = ImageStore::open(path, {});
  ASSERT_TRUE(store) << store.error();
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(serial(**store), 1U);
  EXPECT_FALSE((*store)->reload("", false));
  EXPECT_EQ(serial(**store), 1U);
}

// A follower that cannot take the image keeps it out of service.
TEST_F(ImageStoreTest, FollowerMayRefuse) {
  auto store = ImageStore::open(write("a", 1), {});
  ASSERT_TRUE(store) << store.error();
  uint32_t seen = 0;
  (*store)->set_follower(
      [&](const image::View* image, const policy::Policy*) -> tl::expected<void, std::string> {
        seen = serial(*image);
        if (seen == 2) return tl::unexpected<std::string>("no room in the kernel");
        return {};
      });
  const auto refused = (*store)->reload(write("b", 2), false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Refusal::follower);
  EXPECT_EQ(refused.error().what, "no room in the kernel");
  EXPECT_EQ(serial(**store), 1U);
  EXPECT_TRUE((*store)->reload(write("c", 3), false));
  EXPECT_EQ(seen, 3U);
}

// While a swap waits for a reader, another reload is rejected as busy, not queued.
TEST_F(ImageStoreTest, OneSwapAtATime) {
  auto store = ImageStore::open(write("a", 1), {});
  ASSERT_TRUE(store) << store.error();
  const std::string next = write("b", 2);
  datapath::EngineReader reader((*store)->slot());
  reader.online();
  auto first = std::async(std::launch::async, [&] { return (*store)->reload(next, false).has_value(); });
  while (serial(**store) == 1) std::this_thread::yield();
  const auto second = (*store)->reload(next, false);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().what.starts_with("busy"));
  reader.quiescent();
  EXPECT_TRUE(first.get());
}

// On two nodes each has a copy of its own, made in its memory; a swap changes both at once for all readers,
// and frees both copies of the previous image. The reported size is that of one copy, with the number of
// copies.
TEST_F(ImageStoreTest, OneCopyForEachNode) {
  TwoNodes nodes;
  auto store = ImageStore::open(write("a", 1), {}, nodes);
  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ(nodes.asked, (std::vector<size_t>{0, 1}));
  datapath::EngineReader first((*store)->slot());
  nodes.move_to(1);
  datapath::EngineReader second((*store)->slot());
  const image::Line* lines[] = {first.serving().engine.image().lines().data(),
                                second.serving().engine.image().lines().data()};
  EXPECT_NE(lines[0], lines[1]);
  for (const auto* reader : {&first, &second}) EXPECT_EQ(serial(reader->serving().engine.image()), 1U);
  EXPECT_EQ((*store)->in_service().copies, 2U);
  EXPECT_EQ((*store)->in_service().bytes, std::filesystem::file_size(folder_ / "a"));

  // Both readers hold the previous image; while one still does, both copies stay.
  first.online();
  second.online();
  auto swap = std::async(std::launch::async,
                         [&, next = write("b", 2)] { return (*store)->reload(next, false).has_value(); });
  while (serial(second.serving().engine.image()) == 1) std::this_thread::yield();
  EXPECT_EQ(serial(first.serving().engine.image()), 2U);
  EXPECT_NE(first.serving().engine.image().lines().data(), second.serving().engine.image().lines().data());
  first.quiescent();
  for (const auto* old : lines) EXPECT_TRUE(is_mapped(old));
  second.quiescent();
  EXPECT_TRUE(swap.get());
  for (const auto* old : lines) EXPECT_FALSE(is_mapped(old));
  EXPECT_EQ(nodes.asked, (std::vector<size_t>{0, 1, 0, 1}));
}

// Memory that the system does not bind to a node serves as well.
TEST_F(ImageStoreTest, UnboundCopiesServe) {
  TwoNodes nodes;
  nodes.error = std::make_error_code(std::errc::operation_not_permitted);
  auto store = ImageStore::open(write("a", 1), {}, nodes);
  ASSERT_TRUE(store) << store.error();
  nodes.move_to(1);
  const datapath::EngineReader reader((*store)->slot());
  EXPECT_EQ(serial(reader.serving().engine.image()), 1U);
}

// On a machine of one node there is one copy.
TEST_F(ImageStoreTest, OneCopyOnOneNode) {
  const MachineNodes nodes("/nonexistent");
  auto store = ImageStore::open(write("a", 1), {}, nodes);
  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ((*store)->in_service().copies, 1U);
}

}  // namespace
}  // namespace ptrd::swap
