// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Readers beside swaps, for ThreadSanitizer (tests/README.md) and the address sanitizer: an engine that is
// freed too early, or published too late, is one that a reader still uses.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "datapath/engine_slot.hpp"
#include "swap/reloader.hpp"
#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"
#include "unit/reply_reader.hpp"

namespace ptrd::swap {
namespace {

constexpr const char* kStressApex = "2.0.192.in-addr.arpa";
constexpr const char* kStressOwner = "1.2.0.192.in-addr.arpa";
constexpr unsigned kReaders = 3;
constexpr unsigned kSwaps = 15;
constexpr unsigned kAsked = 4;  // queries between two quiescent states

class SwapStressTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-stress-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// An image whose every answer names its serial.
  std::string write(uint32_t serial) {
    const std::string path = folder_ / std::to_string(serial);
    test::ImageMaker maker;
    maker.zone(kStressApex, serial);
    for (int i = 0; i < 4; ++i)
      maker.ptr(kStressOwner, "h" + std::to_string(i) + ".s" + std::to_string(serial) + ".example");
    EXPECT_TRUE(image::write_file(path, maker.lines()));
    return path;
  }

  std::filesystem::path folder_;
};

/// The serial that the answer names in all its records; empty: it is not the answer of one image.
std::string serial_in_answer(const answer::Engine& engine) {
  static const test::Octets query = test::Query{.name = kStressOwner}.bytes();
  std::array<uint8_t, answer::kMinBuffer> buffer{};
  std::copy(query.begin(), query.end(), buffer.begin());
  const auto reply = engine.respond(buffer, query.size(), answer::Transport::udp);
  const auto read = test::read_reply(wire::Bytes(buffer).first(reply.size));
  if (!read || read->answer().size() != 4) return {};
  std::string serial;
  for (const auto& record : read->answer()) {
    const std::string target = record.target();
    const std::string own = target.substr(target.find('.') + 1);
    if (!serial.empty() && own != serial) return {};
    serial = own;
  }
  return serial;
}

/// Asks until told to stop. All answers between two quiescent states are from one image.
unsigned read_until(datapath::EngineSlot& slot, const std::atomic<bool>& stop, bool sleeps) {
  unsigned wrong = 0;
  while (!stop) {
    datapath::EngineReader reader(slot);  // comes and goes, too
    reader.online();
    for (int turn = 0; turn < 50 && !stop; ++turn) {
      const datapath::Serving& serving = reader.serving();
      const std::string serial = serial_in_answer(serving.engine);
      for (unsigned i = 1; i < kAsked; ++i) wrong += serial_in_answer(serving.engine) != serial ? 1U : 0U;
      wrong += serial.empty() ? 1U : 0U;
      reader.quiescent();
      if (!sleeps) continue;
      reader.offline();
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      reader.online();
    }
  }
  return wrong;
}

// Reloads, rollbacks and refusals, while readers of both kinds ask, and others look at what is in service.
TEST_F(SwapStressTest, ReadersBesideSwaps) {
  const std::array<std::string, 2> paths = {write(1), write(2)};
  auto store = ImageStore::open(paths[0], {});
  ASSERT_TRUE(store) << store.error();
  ImageStore& images = **store;
  std::atomic<bool> stop = false;
  std::vector<std::future<unsigned>> readers;
  for (unsigned i = 0; i < kReaders; ++i)
    readers.push_back(
        std::async(std::launch::async, [&, i] { return read_until(images.slot(), stop, i != 0); }));
  Reloader reloader(images);
  auto looking = std::async(std::launch::async, [&] {
    for (uint64_t seen = 0; !stop; seen = images.in_service().swaps) {
      EXPECT_LE(seen, images.in_service().swaps);
      EXPECT_LE(reloader.history().done, kSwaps);
      images.visit([](const image::View& view) { EXPECT_EQ(view.zones().size(), 1U); });
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  unsigned refused = 0;
  for (unsigned swap = 1; swap <= kSwaps; ++swap) {
    std::promise<bool> done;
    const auto tell = [&](const Reloader::Outcome& outcome) { done.set_value(outcome.has_value()); };
    const bool begun = swap % 3 == 0 ? reloader.rollback(tell) : reloader.reload(paths[swap % 2], true, tell);
    ASSERT_TRUE(begun);
    EXPECT_TRUE(done.get_future().get());
    if (swap % 5 == 0) {
      std::promise<bool> bad;
      ASSERT_TRUE(reloader.reload(folder_ / "none", false,
                                  [&](const Reloader::Outcome& outcome) { bad.set_value(!outcome); }));
      refused += bad.get_future().get() ? 1U : 0U;
    }
  }
  stop = true;
  looking.get();
  for (auto& reader : readers) EXPECT_EQ(reader.get(), 0U);
  reloader.stop();
  EXPECT_EQ(images.in_service().swaps, kSwaps);
  EXPECT_EQ(refused, kSwaps / 5);
}

}  // namespace
}  // namespace ptrd::swap
