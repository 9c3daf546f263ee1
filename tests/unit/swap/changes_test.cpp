// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Changes of the image in service, by ImageStore.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "answer/ask/ask.hpp"
#include "change/apply/compact.hpp"
#include "swap/image_store.hpp"
#include "unit/image_maker.hpp"
#include "unit/swap/two_nodes.hpp"

namespace ptrd::swap {
namespace {

using change::Op;
using wire::Type;

constexpr const char* kChanged = "2.0.192.in-addr.arpa.";
constexpr const char* kOther = "3.0.192.in-addr.arpa.";
constexpr const char* kAddress = "1.2.0.192.in-addr.arpa.";

std::string target(uint32_t number) {
  return test::wire_name("host-" + std::to_string(number) + ".example.");
}

class ChangesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-changes-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const char* name, uint32_t serial) {
    const std::string path = folder_ / name;
    test::ImageMaker maker;
    maker.zone(kChanged, serial).ptr(kAddress, "host-" + std::to_string(serial) + ".example.");
    maker.zone(kOther, 1).ptr("1.3.0.192.in-addr.arpa", "other.example.");
    EXPECT_TRUE(image::write_file(path, maker.lines()));
    return path;
  }
  /// Replaces the PTR records of an address.
  static std::string replace(const char* apex, const char* address, const std::string& rdata,
                             std::optional<uint32_t> from = std::nullopt) {
    change::Builder builder{test::name(apex), from};
    const wire::Name owner = test::name(address);
    builder.put({.op = Op::remove_set, .owner = owner.bytes(), .type = wire::code(Type::ptr)});
    builder.put({.op = Op::add,
                 .owner = owner.bytes(),
                 .type = wire::code(Type::ptr),
                 .ttl = 300,
                 .rdata = test::bytes_of(rdata)});
    return builder.finish();
  }
  static tl::expected<Applied, std::string> apply(ImageStore& store, const std::string& encoded) {
    const auto batch = change::decode_batch(test::bytes_of(encoded));
    if (!batch) return tl::unexpected(batch.error());
    return store.apply(*batch);
  }
  /// What a name's only record of a type holds; empty: there is none.
  static std::string answer(const answer::Engine& engine, const char* name, Type type) {
    std::vector<uint8_t> buffer;
    const wire::Bytes reply = answer::ask(engine, test::name(name), wire::code(type), false, buffer);
    if (reply.size() < 12 || wire::load16(&reply[6]) != 1) return {};
    const size_t record = 12 + test::name(name).size() + 4;
    return test::string_of(reply.subspan(record + 12, wire::load16(&reply[record + 10])));
  }
  static std::string answer(ImageStore& store, const char* name) {
    return answer(store.slot().load()->engine, name, Type::ptr);
  }

  std::filesystem::path folder_;
};

// A change is seen when it is published, and only then; the serial moves on. One that is discarded, or of
// which a part is refused, leaves nothing.
TEST_F(ChangesTest, AllOrNothing) {
  auto store = ImageStore::open(write("a", 1), {}).value();
  ASSERT_TRUE(store->take_changes());
  const auto done = apply(*store, replace(kChanged, kAddress, target(2), 1));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->zones.front().serial, 2U);
  EXPECT_EQ(answer(*store, kAddress), target(1));
  store->publish();
  EXPECT_EQ(answer(*store, kAddress), target(2));

  const auto wrong = apply(*store, replace(kChanged, kAddress, target(3)) +
                                       replace(kOther, "9.3.0.192.in-addr.arpa.", target(9), 7));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), "zone 3.0.192.in-addr.arpa.: its serial is 1, the changes are for 7");
  ASSERT_TRUE(apply(*store, replace(kOther, "9.3.0.192.in-addr.arpa.", target(9))));
  store->publish();
  EXPECT_EQ(answer(*store, kAddress), target(2));
  EXPECT_EQ(answer(*store, "9.3.0.192.in-addr.arpa."), target(9));

  ASSERT_TRUE(apply(*store, replace(kChanged, kAddress, target(4))));
  store->discard();
  ASSERT_TRUE(apply(*store, replace(kChanged, "5.2.0.192.in-addr.arpa.", target(5))));
  store->publish();
  EXPECT_EQ(answer(*store, kAddress), target(2));
  EXPECT_EQ(answer(*store, "5.2.0.192.in-addr.arpa."), target(5));
}

// A reload replaces an image that was changed by the file's, a rollback as well; both can be changed.
TEST_F(ChangesTest, WithReloads) {
  auto store = ImageStore::open(write("a", 1), {}).value();
  ASSERT_TRUE(store->take_changes());
  uint64_t other = 0;
  store->set_change_hooks({.restart = [&](uint64_t checksum) -> tl::expected<void, std::string> {
    if (other == 0) return tl::unexpected<std::string>("the journal cannot be written");
    other = checksum;
    return {};
  }});
  for (unsigned i = 2; i < 5; ++i) {
    ASSERT_TRUE(apply(*store, replace(kChanged, kAddress, target(i))));
    store->publish();
  }
  const auto older = store->reload(write("b", 3), false);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().reason, Refusal::older);
  // No image comes into service for which changes could not be kept; who followed has the old one again.
  std::vector<uint32_t> followed;
  store->set_follower([&](const image::View* view, const policy::Policy*) -> tl::expected<void, std::string> {
    followed.push_back(view->find_zone(test::name(kChanged))->serial);
    return {};
  });
  EXPECT_EQ(store->reload(write("c", 7), false).error().what, "the journal cannot be written");
  EXPECT_EQ(answer(*store, kAddress), target(4));
  EXPECT_EQ(followed, (std::vector<uint32_t>{7, 4}));
  other = 1;
  ASSERT_TRUE(store->reload(folder_ / "c", false));
  EXPECT_GT(other, 1U);
  EXPECT_EQ(answer(*store, kAddress), target(7));
  ASSERT_TRUE(apply(*store, replace(kChanged, kAddress, target(8), 7)));
  store->publish();
  EXPECT_EQ(answer(*store, kAddress), target(8));
  ASSERT_TRUE(store->rollback());
  EXPECT_EQ(answer(*store, kAddress), target(1));
  ASSERT_TRUE(apply(*store, replace(kChanged, kAddress, target(2), 1)));
  store->publish();
  EXPECT_EQ(answer(*store, kAddress), target(2));
}

// A compacted image takes the place of the one in service and of its file, with the changes made since; image
// and journal together are the state before, in between and afterwards.
TEST_F(ChangesTest, Compacted) {
  const std::string path = write("a", 1);
  auto store = ImageStore::open(path, {}).value();
  ASSERT_TRUE(store->take_changes());
  const auto checksum = [](const std::string& file) {
    return image::Image::open(file).value().view().header().checksum;
  };
  auto journal = change::Journal::open(folder_ / "journal", checksum(path)).value().journal;
  const auto change = [&](uint32_t number) {
    const auto done = apply(*store, replace(kChanged, kAddress, target(number)));
    ASSERT_TRUE(done) << done.error();
    const wire::Bytes entry = test::bytes_of(done->resolved);
    ASSERT_TRUE(journal->append({&entry, 1}));
    store->publish();
  };
  change(2);
  change(3);
  const auto mark = journal->mark();
  change(4);
  const auto compacted =
      change::compact(image::Image::open(path).value().view(), journal->path(), mark.offset);
  ASSERT_TRUE(compacted) << compacted.error();
  const std::string fresh = folder_ / "fresh";
  ASSERT_TRUE(image::write_file(fresh, *compacted));
  EXPECT_EQ(image::Image::open(fresh).value().view().find_zone(test::name(kChanged))->serial, 3U);
  change(5);
  const auto swap = store->replace_compacted(fresh, *journal, mark);
  ASSERT_TRUE(swap) << swap.error().what;
  EXPECT_EQ(answer(*store, kAddress), target(5));
  EXPECT_EQ(store->in_service().path, path);
  EXPECT_FALSE(std::filesystem::exists(fresh));
  EXPECT_EQ(journal->entries(), 2U);
  EXPECT_EQ(journal->image_checksum(), checksum(path));
  change(6);
  EXPECT_EQ(answer(*store, kAddress), target(6));
  // As after a restart.
  const auto again =
      change::compact(image::Image::open(path).value().view(), journal->path(), journal->bytes());
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(image::View(*again).find_zone(test::name(kChanged))->serial, 6U);
  // An image with other records is not the one in service.
  EXPECT_FALSE(store->replace_compacted(write("b", 3), *journal, journal->mark()));
  EXPECT_EQ(answer(*store, kAddress), target(6));
}

// The engines in service know where all IPv6 addresses of the image diverge, which a change can move up and
// down.
TEST_F(ChangesTest, WhereAddressesDiverge) {
  const std::string path = folder_ / "six";
  const auto owner = [](const std::string& address) {
    return wire::name_of_key(*wire::key_of_address(address)).to_text();
  };
  test::ImageMaker maker;
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa.").ptr(owner("2001:db8::1"), "one.example.");
  maker.ptr(owner("2001:db8::2"), "two.example.");
  ASSERT_TRUE(image::write_file(path, maker.lines()));
  auto store = ImageStore::open(path, {}).value();
  ASSERT_TRUE(store->take_changes());
  const std::vector<std::string> addresses = {"2001:db8::1", "2001:db8::2", "2001:db8:8000::1",
                                              "2001:db8:0:1::7", "2001:db8::8000:0:0:1"};
  for (unsigned turn = 0; turn < 40; ++turn) {
    const std::string name = owner(addresses[turn * 3 % addresses.size()]);
    change::Builder builder{test::name("8.b.d.0.1.0.0.2.ip6.arpa."), {}};
    const wire::Name wire = test::name(name);
    builder.put({.op = Op::remove_name, .owner = wire.bytes(), .type = wire::code(Type::any)});
    const std::string rdata = target(turn);
    if (turn % 3 != 2) {
      builder.put({.op = Op::add,
                   .owner = wire.bytes(),
                   .type = wire::code(Type::ptr),
                   .ttl = 300,
                   .rdata = test::bytes_of(rdata)});
    }
    const auto done = apply(*store, builder.finish());
    ASSERT_TRUE(done) << done.error();
    store->publish();
    const answer::Engine& served = store->slot().load()->engine;
    const answer::Engine fresh(served.image());
    for (const std::string& address : addresses) {
      EXPECT_EQ(answer(served, owner(address).c_str(), Type::ptr),
                answer(fresh, owner(address).c_str(), Type::ptr))
          << "turn " << turn << ": " << address;
    }
  }
}

// Readers on both memory nodes never see half of a change: the record's number is the serial.
TEST_F(ChangesTest, ReadersSeeWholeChanges) {
  test::TwoNodes nodes;
  auto store = ImageStore::open(write("a", 1), {}, nodes).value();
  ASSERT_TRUE(store->take_changes());
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> answers = 0;
  std::atomic<uint64_t> wrong = 0;
  const auto read = [&] {
    datapath::EngineReader reader(store->slot());
    reader.online();
    while (!stop) {
      const answer::Engine& engine = reader.serving().engine;
      const std::string soa = answer(engine, kChanged, Type::soa);
      const std::string ptr = answer(engine, kAddress, Type::ptr);
      const uint32_t serial = wire::load32(test::bytes_of(soa).last(20).data());
      if (ptr != target(serial)) ++wrong;
      ++answers;
      reader.quiescent();
    }
  };
  std::vector<std::thread> readers;
  for (size_t node = 0; node < 2; ++node) {
    nodes.move_to(node);
    readers.emplace_back(read);
    while (store->slot().readers() <= node) std::this_thread::yield();
  }
  for (uint32_t serial = 2; serial < 3000; ++serial) {
    ASSERT_TRUE(apply(*store, replace(kChanged, kAddress, target(serial), serial - 1)));
    if (serial % 7 == 0) {
      ASSERT_TRUE(apply(*store, replace(kOther, "7.3.0.192.in-addr.arpa.", target(serial))));
    }
    store->publish();
    if (serial % 500 == 0)
      store->visit(
          [&](const image::View& view) { EXPECT_EQ(view.find_zone(test::name(kChanged))->serial, serial); });
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(answers, 100U);
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace ptrd::swap
