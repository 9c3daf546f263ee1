// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/worker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <optional>

#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"
#include "unit/reply_reader.hpp"

namespace ptrd::datapath {
namespace {

using test::Octets;
using test::Packet;

constexpr size_t kRoom = 2048;

/// A port in memory. Every buffer must come back exactly once.
struct Wire {
  std::deque<Octets> arriving;
  std::vector<Octets> sent;
  size_t room = kRoom;
  size_t out = 0;           // buffers that the worker holds
  size_t takes = SIZE_MAX;  // capacity of the send ring in frames
  std::vector<Octets> punted;
  bool kernel_path = true;
  size_t kernel_takes = SIZE_MAX;  // frames that the path to the kernel has room for
  const frame::OwnAddresses* own = &frame::kEveryAddress;
};

class WirePort {
 public:
  explicit WirePort(Wire& wire) : wire_(&wire) {}
  size_t receive(std::span<Frame> frames) {
    size_t count = 0;
    for (; count < frames.size() && !wire_->arriving.empty(); ++count) {
      auto* buffer = new Octets(wire_->room, 0xEE);
      const Octets frame = wire_->arriving.front();
      wire_->arriving.pop_front();
      std::copy(frame.begin(), frame.end(), buffer->begin());
      frames[count] = {
          buffer->data(), static_cast<uint32_t>(frame.size()), static_cast<uint32_t>(wire_->room), {}, {},
          buffer};
      ++wire_->out;
    }
    return count;
  }
  size_t send(std::span<Frame> frames) {
    const size_t taken = std::min(frames.size(), wire_->takes);
    wire_->takes -= taken;
    for (const Frame& frame : frames.first(taken))
      wire_->sent.emplace_back(frame.data, frame.data + frame.size);
    release(frames.first(taken));
    return taken;
  }
  std::optional<size_t> punt(std::span<Frame> frames) {
    if (!wire_->kernel_path) return std::nullopt;
    const size_t taken = std::min(frames.size(), wire_->kernel_takes);
    wire_->kernel_takes -= taken;
    for (const Frame& frame : frames.first(taken))
      wire_->punted.emplace_back(frame.data, frame.data + frame.size);
    release(frames.first(taken));
    return taken;
  }
  void release(std::span<Frame> frames) {
    for (const Frame& frame : frames) delete static_cast<Octets*>(frame.handle);
    wire_->out -= frames.size();
  }
  [[nodiscard]] frame::Offload tx_offload() const { return {}; }
  [[nodiscard]] const frame::OwnAddresses& own() const { return *wire_->own; }

 private:
  Wire* wire_;
};
static_assert(Port<WirePort>);

class WorkerTest : public ::testing::Test {
 protected:
  /// Lets a worker process everything that has arrived, and checks that it gave back every buffer and counted
  /// every frame once.
  Totals run() {
    Worker<WirePort> worker{WirePort(wire_), slot_};
    while (worker.poll() > 0) {
    }
    Totals totals;
    totals.add(worker.counters());
    EXPECT_EQ(wire_.out, 0U);
    EXPECT_EQ(totals.rx,
              Totals::sum(totals.answered) + Totals::sum(totals.dropped) + Totals::sum(totals.punted));
    EXPECT_EQ(totals.tx, Totals::sum(totals.answered));
    EXPECT_EQ(totals.tx, wire_.sent.size());
    EXPECT_EQ(Totals::sum(totals.punted), wire_.punted.size());
    return totals;
  }
  static uint64_t of(const Totals::Named& named, std::string_view name) {
    for (const auto& [text, value] : named) {
      if (text == name) return value;
    }
    ADD_FAILURE() << "no counter " << name;
    return 0;
  }
  static Packet ask(const char* name) {
    return Packet().ipv4("198.51.100.9", "192.0.2.53").udp(4000, 53).query({.name = name});
  }

  std::vector<image::Line> lines_ = test::ImageMaker()
                                        .zone("2.0.192.in-addr.arpa")
                                        .ptr("1.2.0.192.in-addr.arpa", "one.example")
                                        .ptr("2.2.0.192.in-addr.arpa", "two.example")
                                        .lines();
  Serving engine_{answer::Engine(image::View(lines_))};
  EngineSlot slot_{&engine_};
  Wire wire_;
};

// Some prefixes of a worker's queries are sampled for observers.
TEST_F(WorkerTest, Samples) {
  for (int i = 0; i < 1000; ++i) wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  Worker<WirePort> worker{WirePort(wire_), slot_};
  while (worker.poll() > 0) {
  }
  const QuerySamples& samples = worker.counters().samples;
  ASSERT_GT(samples.taken(), 5U);
  EXPECT_LT(samples.taken(), 50U);
  for (uint64_t i = 0; i < samples.taken(); ++i) {
    EXPECT_EQ(samples.at(i).kind(), SampledPrefix::Kind::v4);
    EXPECT_EQ(samples.at(i).bits(), 0xC000'0200'0000'0000U);
  }
}

// A burst of everything: each frame ends in one counter, answers leave in the order in which their queries
// came.
TEST_F(WorkerTest, MixedBurst) {
  for (int i = 0; i < 50; ++i) {
    wire_.arriving.push_back(ask(i % 2 == 0 ? "1.2.0.192.in-addr.arpa" : "2.2.0.192.in-addr.arpa").build());
    wire_.arriving.push_back(ask("77.2.0.192.in-addr.arpa").break_udp_checksum().build());
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").protocol(6).build());
    wire_.arriving.push_back(Packet()
                                 .ipv6("2001:db8::9", "2001:db8::53")
                                 .udp(4000, 53)
                                 .query({.name = "3.2.0.192.in-addr.arpa"})
                                 .build());
    wire_.arriving.push_back(
        Packet().ipv4("198.51.100.9", "192.0.2.53").udp(4000, 53).payload({1, 2, 3}).build());
  }
  const Totals totals = run();
  EXPECT_EQ(totals.rx, 250U);
  EXPECT_EQ(of(totals.answered, "answer"), 50U);
  EXPECT_EQ(of(totals.answered, "nxdomain"), 50U);
  EXPECT_EQ(of(totals.dropped, "udp_checksum"), 50U);
  EXPECT_EQ(of(totals.dropped, "runt"), 50U);
  EXPECT_EQ(of(totals.punted, "protocol"), 50U);
  size_t answers = 0;
  for (const Octets& frame : wire_.sent) {
    const auto datagram = test::read_datagram(frame);
    ASSERT_TRUE(datagram);
    EXPECT_TRUE(datagram->udp_checksum_right);
    EXPECT_EQ(datagram->source_port, 53);
    EXPECT_EQ(datagram->destination_port, 4000);
    const auto reply = test::read_reply(datagram->payload);
    ASSERT_TRUE(reply);
    if (reply->rcode != 0) continue;
    EXPECT_EQ(reply->answer()[0].target(), answers % 2 == 0 ? "one.example." : "two.example.");
    ++answers;
  }
}

// A full send ring: what does not fit is counted as lost and freed, and not answered.
TEST_F(WorkerTest, FullSendRing) {
  wire_.takes = 5;
  for (int i = 0; i < 40; ++i) wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  const Totals totals = run();
  EXPECT_EQ(totals.tx, 5U);
  EXPECT_EQ(of(totals.dropped, "tx_full"), 35U);
}

// Punted frames reach the kernel in order and unchanged, each counted by its reason.
TEST_F(WorkerTest, Punt) {
  std::vector<Octets> expected;
  for (uint8_t i = 0; i < 40; ++i) {
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
    expected.push_back(ask("1.2.0.192.in-addr.arpa").protocol(i % 2 == 0 ? 6 : 1).payload({i}).build());
    wire_.arriving.push_back(expected.back());
    expected.push_back(ask("2.2.0.192.in-addr.arpa").udp(4000, 123).build());
    wire_.arriving.push_back(expected.back());
  }
  const Totals totals = run();
  EXPECT_EQ(wire_.punted, expected);
  EXPECT_EQ(of(totals.punted, "protocol"), 40U);
  EXPECT_EQ(of(totals.punted, "port"), 40U);
  EXPECT_EQ(of(totals.answered, "answer"), 40U);
  EXPECT_EQ(of(totals.dropped, "exception_full"), 0U);
}

// No room on the path to the kernel: frames that do not fit are counted as exception_full and not as punted;
// queries in the same bursts are answered.
TEST_F(WorkerTest, FullWayToTheKernel) {
  wire_.kernel_takes = 7;
  for (int i = 0; i < 40; ++i) {
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").protocol(6).build());
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  }
  const Totals totals = run();
  EXPECT_EQ(of(totals.punted, "protocol"), 7U);
  EXPECT_EQ(of(totals.dropped, "exception_full"), 33U);
  EXPECT_EQ(of(totals.dropped, "no_kernel_path"), 0U);
  EXPECT_EQ(of(totals.answered, "answer"), 40U);
}

// On a port without a path to the kernel, frames for it are released and counted as no_kernel_path, and not
// as punted; queries in the same bursts are answered.
TEST_F(WorkerTest, NoPathToTheKernel) {
  wire_.kernel_path = false;
  for (int i = 0; i < 40; ++i) {
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").protocol(6).build());
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").udp(4000, 123).build());
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  }
  const Totals totals = run();
  EXPECT_EQ(Totals::sum(totals.punted), 0U);
  EXPECT_EQ(of(totals.dropped, "no_kernel_path"), 80U);
  EXPECT_EQ(of(totals.dropped, "exception_full"), 0U);
  EXPECT_EQ(of(totals.answered, "answer"), 40U);
}

// Queries to other addresses go to the kernel, or are dropped without a path to it; others are still
// answered.
TEST_F(WorkerTest, OthersQueries) {
  const frame::OwnAddresses::Address address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 53};
  for (const auto others : {frame::Verdict::punt_not_ours, frame::Verdict::drop_not_ours}) {
    const frame::OwnAddresses own(test::kServerMac, std::span(&address, 1), others);
    wire_ = {};
    wire_.own = &own;
    for (int i = 0; i < 40; ++i) {
      wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
      wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").ipv4("198.51.100.9", "192.0.2.54").build());
    }
    const Totals totals = run();
    EXPECT_EQ(of(totals.answered, "answer"), 40U);
    EXPECT_EQ(of(frame::is_punt(others) ? totals.punted : totals.dropped, "not_ours"), 40U);
  }
}

// A buffer too small for a reply is not written to.
TEST_F(WorkerTest, SmallBuffers) {
  wire_.room = 42 + answer::kMinBuffer - 1;
  wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  EXPECT_EQ(of(run().dropped, "no_room"), 1U);
  wire_.room = 42 + answer::kMinBuffer;
  wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  EXPECT_EQ(run().tx, 1U);
}

// Another engine in the slot answers from the next burst on.
TEST_F(WorkerTest, SwapBetweenBursts) {
  const auto other_lines =
      test::ImageMaker().zone("2.0.192.in-addr.arpa").ptr("1.2.0.192.in-addr.arpa", "new.example").lines();
  const Serving other{answer::Engine(image::View(other_lines))};
  Worker<WirePort> worker{WirePort(wire_), slot_};
  for (const Serving* engine : {static_cast<const Serving*>(&engine_), &other}) {
    (void)slot_.publish(engine);
    wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
    worker.poll();
  }
  EXPECT_EQ(test::read_reply(test::read_datagram(wire_.sent[0])->payload)->answer()[0].target(),
            "one.example.");
  EXPECT_EQ(test::read_reply(test::read_datagram(wire_.sent[1])->payload)->answer()[0].target(),
            "new.example.");
}

// Arbitrary frames: all counted, all buffers freed, and only valid frames are sent.
RC_GTEST_FIXTURE_PROP(WorkerTest, ArbitraryFrames, (const std::vector<std::vector<uint8_t>>& junk)) {
  for (const auto& bytes : junk) {
    Octets frame = ask("1.2.0.192.in-addr.arpa").build();
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) frame[bytes[i] % frame.size()] = bytes[i + 1];
    wire_.arriving.push_back(bytes.size() % 3 == 0 ? bytes : frame);
  }
  run();
  for (const Octets& frame : wire_.sent) RC_ASSERT(test::read_datagram(frame).has_value());
  RC_ASSERT(!::testing::Test::HasFailure());
}

// Messages are counted by their IP version, whatever their outcome; frames without one are not. Bursts and
// empty polls are counted too.
TEST_F(WorkerTest, CountsWork) {
  const auto over_ipv6 =
      Packet().ipv6("2001:db8::9", "2001:db8::53").udp(4000, 53).query({.name = "1.2.0.192.in-addr.arpa"});
  for (size_t i = 0; i < kBurst; ++i) wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  for (int i = 0; i < 3; ++i) wire_.arriving.push_back(Packet(over_ipv6).build());
  wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").udp(4000, 54).build());
  Worker<WirePort> worker{WirePort(wire_), slot_};
  for (int i = 0; i < 5; ++i) worker.poll();
  EXPECT_EQ(worker.counters().queries[0].get(), kBurst);
  EXPECT_EQ(worker.counters().queries[1].get(), 3U);
  EXPECT_EQ(worker.counters().bursts.get(), 2U);
  EXPECT_EQ(worker.counters().empty_polls.get(), 3U);
  EXPECT_GT(worker.counters().busy.ticks(), 0U);
}

// A worker rests after the configured number of empty polls, and does not delay a swap meanwhile.
TEST_F(WorkerTest, Rests) {
  for (size_t i = 0; i < 3 * kBurst; ++i) wire_.arriving.push_back(ask("1.2.0.192.in-addr.arpa").build());
  Worker<WirePort> worker{WirePort(wire_), slot_};
  std::atomic<bool> stop = false;
  bool passed = false;
  worker.run(stop, {{.idle = Idle::pause, .empty_polls = 7}, Idle::poll}, [&] {
    passed = slot_.passed(slot_.publish(&engine_));
    stop = true;
  });
  EXPECT_TRUE(passed);
  EXPECT_EQ(worker.counters().bursts.get(), 3U);
  EXPECT_EQ(worker.counters().empty_polls.get(), 7U);
}

}  // namespace
}  // namespace ptrd::datapath
