// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/sender.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <thread>

#include "load/run.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::load {
namespace {

TEST(Schedule, SpreadsBursts) {
  const Schedule schedule(1000, 10, 0);
  EXPECT_EQ(schedule.due(9), 0);
  EXPECT_EQ(schedule.due(10), 10'000'000);
  EXPECT_EQ(schedule.due_by(0), 10U);
  EXPECT_EQ(schedule.due_by(9'999'999), 10U);
  EXPECT_EQ(schedule.due_by(10'000'000), 20U);
  EXPECT_EQ(Schedule(1000, 10, 500).due_by(499), 0U);
}

/// What the server in `Wire` does with its n-th query.
enum class Deed { answer, lose, twice, other_image, late, other_id };

/// A transport with a built-in server: it answers by an engine, except for the fault configured for each
/// query.
class Wire {
 public:
  Wire(image::View image, image::View other, std::function<Deed(uint64_t)> deed)
      : engine_(image), other_(other), deed_(std::move(deed)) {}

  size_t send(std::span<const Outgoing> queries) {
    // Half of a batch at a time: a queue to the card may be full.
    const size_t count = (queries.size() + 1) / 2;
    for (const Outgoing& query : queries.first(count)) serve(query, deed_(served_++));
    return count;
  }
  template <typename Take>
  size_t receive(Take&& take) {
    size_t count = 0;
    while (!replies_.empty() && replies_.front().at <= clock_now()) {
      const Incoming incoming{.sender = 0, .flow = replies_.front().flow, .reply = replies_.front().bytes};
      take(std::span(&incoming, 1));
      replies_.pop_front();
      ++count;
    }
    return count;
  }
  void wait(std::chrono::nanoseconds) {}
  [[nodiscard]] uint64_t damaged() const { return 0; }
  [[nodiscard]] uint64_t overrun() const { return 0; }
  [[nodiscard]] uint64_t served() const { return served_; }

 private:
  struct Reply {
    int64_t at;
    uint32_t flow;
    std::vector<uint8_t> bytes;
  };
  void serve(const Outgoing& query, Deed deed) {
    if (deed == Deed::lose) return;
    std::vector<uint8_t> buffer(1500);
    std::copy(query.query.begin(), query.query.end(), buffer.begin());
    wire::store16(buffer.data(),
                  static_cast<uint16_t>(query.mark.id ^ (deed == Deed::other_id ? 0x8000 : 0)));
    const answer::Engine& engine = deed == Deed::other_image ? other_ : engine_;
    buffer.resize(engine.respond(buffer, query.query.size(), answer::Transport::udp).size);
    const int64_t at = clock_now() + (deed == Deed::late ? 150'000'000 : 0);
    for (int i = deed == Deed::twice ? 2 : 1; i > 0; --i) {
      const auto behind =
          std::find_if(replies_.begin(), replies_.end(), [&](const Reply& r) { return r.at > at; });
      replies_.insert(behind, {at, query.mark.flow, buffer});
    }
  }

  answer::Engine engine_, other_;
  std::function<Deed(uint64_t)> deed_;
  uint64_t served_ = 0;
  std::deque<Reply> replies_;
};
static_assert(Transport<Wire>);

class OneWire : public Crew {
 public:
  explicit OneWire(Wire& wire) : wire_(wire) {}
  [[nodiscard]] size_t senders() const override { return 1; }
  [[nodiscard]] uint32_t flows() const override { return 4; }
  [[nodiscard]] uint32_t run() const override { return 8; }
  [[nodiscard]] std::vector<Tally> work(Load& load) override { return {Sender<Wire>(wire_, load, 0).run()}; }
  [[nodiscard]] std::string describe() const override { return "one wire"; }

 private:
  Wire& wire_;
};

class SenderTest : public ::testing::Test {
 protected:
  SenderTest() {
    for (const char* stamp : {"aaaa", "bbbb"}) {
      test::ImageMaker maker;
      maker.zone("2.0.192.in-addr.arpa");
      for (int i = 0; i < 7; ++i)
        maker.ptr(std::to_string(i) + ".2.0.192.in-addr.arpa", std::string("host.") + stamp + ".example");
      images_.push_back(maker.lines());
    }
    for (int i = 0; i < 8; ++i)  // the last one does not exist
      EXPECT_TRUE(queries_.add(test::name(std::to_string(i) + ".2.0.192.in-addr.arpa"), 12));
    judge_.add_image(view(0), {});
  }

  [[nodiscard]] image::View view(size_t i) const { return image::View(images_[i]); }

  /// Applies ten faults in turn, one per query.
  Tally run(const std::vector<Deed>& deeds) {
    Wire wire(view(0), view(1), [&](uint64_t n) { return deeds[n % deeds.size()]; });
    OneWire crew(wire);
    const Tally tally = load::run(plan_, crew, queries_, judge_, stop_).tally;
    EXPECT_EQ(tally.sent, wire.served());
    EXPECT_EQ(tally.sent + tally.not_sent(), tally.due);
    EXPECT_EQ(tally.sent, tally.answered + tally.wrong + tally.lost);
    EXPECT_EQ(tally.latency.count(), tally.answered);
    return tally;
  }

  Plan plan_{.rate = 20'000, .seconds = 0.2, .timeout = 0.1, .burst = 10, .bin = 0.01};
  std::vector<std::vector<image::Line>> images_;
  QuerySet queries_;
  Judge judge_{queries_};
  std::atomic<int> stop_ = 0;
};

TEST_F(SenderTest, CountsAnswers) {
  const Tally tally = run({Deed::answer});
  EXPECT_EQ(tally.due, 4000U);
  EXPECT_GT(tally.sent, 0U);
  EXPECT_EQ(tally.answered, tally.sent);
  EXPECT_EQ(tally.from_image, std::vector{tally.sent});
  EXPECT_NEAR(static_cast<double>(tally.rcodes[3]), static_cast<double>(tally.sent) / 8, 1) << "NXDOMAIN";
  EXPECT_EQ(tally.silence, 0U);
}

/// One event in ten goes wrong, and is counted by its kind.
TEST_F(SenderTest, CountsEachFault) {
  const auto one_of_ten = [](Deed deed) {
    std::vector<Deed> deeds(10, Deed::answer);
    deeds[3] = deed;
    return deeds;
  };
  const auto tenth = [](const Tally& tally) { return (tally.sent + 6) / 10; };
  const Tally lost = run(one_of_ten(Deed::lose));
  EXPECT_EQ(lost.lost, tenth(lost));
  EXPECT_EQ(lost.late + lost.duplicate + lost.stray + lost.wrong, 0U);

  const Tally twice = run(one_of_ten(Deed::twice));
  EXPECT_EQ(twice.duplicate, tenth(twice));
  EXPECT_EQ(twice.answered, twice.sent);

  const Tally late = run(one_of_ten(Deed::late));
  EXPECT_EQ(late.lost, tenth(late));
  EXPECT_GT(late.late, 0U) << "those that came before the end";

  const Tally stray = run(one_of_ten(Deed::other_id));
  EXPECT_EQ(stray.stray, tenth(stray));
  EXPECT_EQ(stray.lost, tenth(stray));
}

/// Every reply from an image that is not in service is wrong, except for those that both give.
TEST_F(SenderTest, CountsWrongAnswers) {
  const Tally tally = run({Deed::other_image});
  EXPECT_EQ(tally.answered, tally.rcodes[3]);
  EXPECT_EQ(tally.wrong, tally.sent - tally.rcodes[3]);
}

/// The bins contain each query once, by its scheduled time.
TEST_F(SenderTest, FillsBins) {
  const Tally tally = run({Deed::answer, Deed::lose});
  Bin sum;
  for (const Bin& bin : tally.bins) {
    EXPECT_LE(bin.sent, 200U);
    sum.sent += bin.sent;
    sum.answered += bin.answered;
  }
  EXPECT_LE(tally.bins.size(), 20U);
  EXPECT_EQ(sum.sent, tally.sent);
  EXPECT_EQ(sum.answered, tally.answered);
}

/// Two senders, each of which gets the other's replies, as with a card that distributes them differently.
class CrossedWires : public Crew {
 public:
  explicit CrossedWires(image::View image) : engine_(image) {}
  [[nodiscard]] size_t senders() const override { return 2; }
  [[nodiscard]] uint32_t flows() const override { return 4; }
  [[nodiscard]] uint32_t run() const override { return 1; }
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    std::vector<Tally> tallies(2);
    on_threads(2, {}, [&](size_t i) {
      End end{*this, static_cast<uint32_t>(i)};
      tallies[i] = Sender<End>(end, load, i).run();
    });
    return tallies;
  }
  [[nodiscard]] std::string describe() const override { return "crossed wires"; }

 private:
  struct Reply {
    uint32_t flow;
    std::vector<uint8_t> bytes;
  };
  struct End {
    CrossedWires& wires;
    uint32_t number;

    size_t send(std::span<const Outgoing> queries) {
      const std::lock_guard lock(wires.mutex_);
      for (const Outgoing& query : queries) {
        std::vector<uint8_t> buffer(1500);
        std::copy(query.query.begin(), query.query.end(), buffer.begin());
        wire::store16(buffer.data(), query.mark.id);
        buffer.resize(wires.engine_.respond(buffer, query.query.size(), answer::Transport::udp).size);
        wires.replies_[1 - number].push_back({query.mark.flow, std::move(buffer)});
      }
      return queries.size();
    }
    template <typename Take>
    size_t receive(Take&& take) {
      std::vector<Reply> replies;
      {
        const std::lock_guard lock(wires.mutex_);
        replies.swap(wires.replies_[number]);
      }
      std::vector<Incoming> incoming;
      for (const Reply& reply : replies)
        incoming.push_back({.sender = 1 - number, .flow = reply.flow, .reply = reply.bytes});
      take(std::span<const Incoming>(incoming));
      return replies.size();
    }
    void wait(std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }
    [[nodiscard]] uint64_t damaged() const { return 0; }
    [[nodiscard]] uint64_t overrun() const { return 0; }
  };

  answer::Engine engine_;
  std::mutex mutex_;
  std::array<std::vector<Reply>, 2> replies_;
};

/// A reply finds its query in any thread, to the last one.
TEST_F(SenderTest, TakesRepliesForEachOther) {
  CrossedWires crew(view(0));
  plan_.timeout = 1;
  const Tally tally = load::run(plan_, crew, queries_, judge_, stop_).tally;
  EXPECT_GT(tally.sent, 0U);
  EXPECT_EQ(tally.answered, tally.sent);
  EXPECT_EQ(tally.lost + tally.stray + tally.duplicate, 0U);
}

/// After a stop, everything up to then has been counted.
TEST_F(SenderTest, Stops) {
  plan_.seconds = 3600;
  Tally tally;
  // On a busy machine a short while may pass without an answer.
  for (std::chrono::milliseconds wait(50); tally.answered == 0 && wait < std::chrono::seconds(15);
       wait *= 4) {
    stop_ = 0;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(wait);
      stop_ = 1;
    });
    tally = run({Deed::answer});
  }
  EXPECT_GT(tally.answered, 0U);
  EXPECT_LT(tally.seconds, 60.0);
}

/// A wire that accepts nothing for half a second.
class LateWire : public Wire {
 public:
  using Wire::Wire;
  size_t send(std::span<const Outgoing> queries) {
    if (opens_ == 0) opens_ = clock_now() + 500'000'000;
    return clock_now() < opens_ ? 0 : Wire::send(queries);
  }

 private:
  int64_t opens_ = 0;
};

/// A thread that the system schedules late.
class LateThread : public OneWire {
 public:
  using OneWire::OneWire;
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return OneWire::work(load);
  }
};

class OneLateWire : public OneWire {
 public:
  explicit OneLateWire(LateWire& wire) : OneWire(wire), late_(wire) {}
  [[nodiscard]] std::vector<Tally> work(Load& load) override {
    return {Sender<LateWire>(late_, load, 0).run()};
  }

 private:
  LateWire& late_;
};

/// Late by half of its duration, because of the thread or the card: a load begins with its first query, and
/// lasts for the configured time.
TEST_F(SenderTest, BeginsWithTheFirstQuery) {
  plan_.seconds = 1;
  int64_t first = 0, last = 0;
  const auto note = [&](uint64_t n) {
    last = clock_now();
    if (n == 0) first = last;
    return Deed::answer;
  };
  const auto check = [&](Crew& crew) {
    const Tally tally = load::run(plan_, crew, queries_, judge_, stop_).tally;
    EXPECT_GT(last - first, 750'000'000);
    EXPECT_NEAR(static_cast<double>(tally.due), 20'000, 10);
    EXPECT_NEAR(tally.seconds, 1, 1e-6);
  };
  Wire wire(view(0), view(1), note);
  LateThread late(wire);
  check(late);
  LateWire closed(view(0), view(1), note);
  OneLateWire crew(closed);
  check(crew);
}

/// Sending, matching and checking costs are reported.
TEST_F(SenderTest, CountsCycles) {
  const Costs costs = run({Deed::answer}).costs;
  EXPECT_GT(costs.send, 0U);
  EXPECT_GT(costs.receive, 0U);
  EXPECT_GT(costs.match, 0U);
  EXPECT_GT(costs.check, 0U);
}

/// A transport that accepts nothing for a while: queries due in that time are not sent later in a burst.
TEST_F(SenderTest, DoesNotCatchUp) {
  Wire wire(view(0), view(1), [&](uint64_t n) {
    if (n == 100) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return Deed::answer;
  });
  OneWire crew(wire);
  const Tally tally = load::run(plan_, crew, queries_, judge_, stop_).tally;
  EXPECT_EQ(tally.due, 4000U);
  EXPECT_GE(tally.not_sent(), 800U) << "of the thousand that were due meanwhile";
  EXPECT_EQ(tally.answered, tally.sent);
}

}  // namespace
}  // namespace ptrd::load
