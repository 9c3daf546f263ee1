// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/service.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::service {
namespace {

using namespace std::chrono_literals;
using test::Octets;

/// A client's blocking socket; gives up after five seconds.
class Client {
 public:
  explicit Client(const sockaddr_in& server) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;  // pieces leave as they are sent
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof server), 0);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(fd_); }

  void send(const Octets& octets) const { (void)::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL); }
  /// Reads a complete message; empty if the connection ended instead.
  [[nodiscard]] Octets receive() const {
    Octets length(2);
    if (::recv(fd_, length.data(), 2, MSG_WAITALL) != 2) return {};
    Octets message(static_cast<size_t>(length[0] << 8 | length[1]));
    const ssize_t size = ::recv(fd_, message.data(), message.size(), MSG_WAITALL);
    return size == static_cast<ssize_t>(message.size()) ? message : Octets();
  }
  void reset_at_end() const {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  /// Orderly (0) or by reset (-1), after any other data.
  [[nodiscard]] ssize_t end() const {
    Octets any(4096);
    ssize_t size = 0;
    while ((size = ::recv(fd_, any.data(), any.size(), 0)) > 0) {
    }
    return size;
  }

 private:
  int fd_;
};

class TcpServiceTest : public ::testing::Test {
 protected:
  void serve(const TcpLimits& limits) {
    // Any free port: found by a socket that is closed again.
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    server_.sin_family = AF_INET;
    server_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof server_;
    ASSERT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&server_), size), 0);
    ASSERT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&server_), &size), 0);
    ::close(probe);
    auto service = open_tcp({"127.0.0.1:" + std::to_string(ntohs(server_.sin_port))}, limits, slot_);
    ASSERT_TRUE(service) << service.error();
    service_ = *std::move(service);
    service_->start();
  }
  /// Stops the service; returns its connection counters, and checks that the messages add up.
  uint64_t stopped(std::string_view name) {
    service_->stop();
    datapath::Totals totals;
    service_->add_to(totals);
    using datapath::Totals;
    EXPECT_EQ(totals.rx, Totals::sum(totals.answered) + Totals::sum(totals.dropped));
    EXPECT_EQ(totals.tx, Totals::sum(totals.answered));
    for (const auto& [section, named] : totals.sections()) {
      for (const auto& [text, value] : named) {
        if (section == "tcp" && text == name) return value;
      }
    }
    ADD_FAILURE() << "no counter " << name;
    return 0;
  }
  static Octets framed(const Octets& message) {
    Octets octets(2 + message.size());
    wire::store16(octets.data(), static_cast<uint16_t>(message.size()));
    std::copy(message.begin(), message.end(), octets.begin() + 2);
    return octets;
  }
  static Octets times(const Octets& octets, size_t count) {
    Octets all;
    for (size_t i = 0; i < count; ++i) all.insert(all.end(), octets.begin(), octets.end());
    return all;
  }
  [[nodiscard]] Octets ask(const char* name = "1.2.0.192.in-addr.arpa") const {
    return framed(test::Query{.name = name}.bytes());
  }

  std::vector<image::Line> lines_ =
      test::ImageMaker().zone("2.0.192.in-addr.arpa").ptr("1.2.0.192.in-addr.arpa", "one.example").lines();
  std::vector<image::Line> other_lines_ =
      test::ImageMaker().zone("2.0.192.in-addr.arpa").ptr("1.2.0.192.in-addr.arpa", "other.example").lines();
  datapath::Serving engine_{answer::Engine(image::View(lines_))};
  datapath::Serving other_{answer::Engine(image::View(other_lines_))};
  datapath::EngineSlot slot_{&engine_};
  sockaddr_in server_{};
  std::unique_ptr<Service> service_;
};

// After its last message a connection ends in order, with all replies delivered, though more had been asked.
TEST_F(TcpServiceTest, Messages) {
  serve({.messages = 3});
  const Client client(server_);
  client.send(times(ask(), 20));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(client.receive().empty());
  EXPECT_TRUE(client.receive().empty());
  EXPECT_EQ(client.end(), 0);
  EXPECT_EQ(stopped("messages"), 3U);
}

// A connection ends at its age although it is in use.
TEST_F(TcpServiceTest, Lifetime) {
  serve({.lifetime = 300ms});
  const auto start = std::chrono::steady_clock::now();
  {
    const Client client(server_);
    for (;;) {
      client.send(ask());
      if (client.receive().empty()) break;
      std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(client.end(), 0);
  }
  const auto lasted = std::chrono::steady_clock::now() - start;
  EXPECT_GE(lasted, 300ms);
  EXPECT_LE(lasted, 3s);
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(stopped("closed.lifetime"), 1U);
}

// A client that does not close after our end is given only the reply timeout.
TEST_F(TcpServiceTest, LingersNoLongerThanTheLimit) {
  serve({.messages = 1, .reply = 200ms});
  const Client client(server_);
  client.send(ask());
  EXPECT_FALSE(client.receive().empty());
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(stopped("closed.message_limit"), 1U);
}

// A large message that exceeds the budget ends its connection; ordinary ones are still answered.
TEST_F(TcpServiceTest, Memory) {
  serve({.memory = 8000});
  const Client small(server_);
  const Client large(server_);
  Octets begun(10000, 0);
  begun[0] = begun[1] = 0xFF;
  large.send(begun);
  EXPECT_EQ(large.end(), -1);
  const Octets query = ask();
  small.send({query.begin(), query.begin() + 20});
  std::this_thread::sleep_for(20ms);
  small.send({query.begin() + 20, query.end()});
  EXPECT_FALSE(small.receive().empty());
  EXPECT_EQ(stopped("closed.memory_limit"), 1U);
}

// Replies that neither the kernel nor the budget has room for end the connection, also in the middle of a
// turn whose query came in pieces.
TEST_F(TcpServiceTest, MemoryForReplies) {
  test::ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  for (int i = 0; i < 200; ++i)
    maker.add("1.2.0.192.in-addr.arpa", wire::Type::txt,
              test::txt_data(std::to_string(i) + std::string(240, 'x')));
  const std::vector<image::Line> lines = maker.lines();
  const datapath::Serving large{answer::Engine(image::View{lines})};
  (void)slot_.publish(&large);
  serve({.memory = 0});
  const Client client(server_);
  const Octets query = framed(test::Query{.type = static_cast<uint16_t>(wire::Type::txt)}.bytes());
  for (int i = 0; i < 200; ++i) {
    client.send({query.begin(), query.begin() + 20});
    std::this_thread::sleep_for(2ms);
    client.send({query.begin() + 20, query.end()});
    std::this_thread::sleep_for(2ms);
  }
  EXPECT_LE(client.end(), 0);
  EXPECT_EQ(stopped("closed.memory_limit"), 1U);
}

// For any input of a client, in any pieces, and with any end: the counters add up and others are served.
TEST_F(TcpServiceTest, Chaos) {
  serve({.messages = 50});
  std::mt19937 random(7);
  const auto below = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  const Octets good = times(ask(), 60);
  for (int i = 0; i < 300; ++i) {
    const Client client(server_);
    Octets stream(good.begin(), good.begin() + static_cast<ptrdiff_t>(1 + below(good.size())));
    for (size_t spoilt = below(4); spoilt > 0; --spoilt)
      stream[below(stream.size())] = static_cast<uint8_t>(below(256));
    for (size_t at = 0; at < stream.size();) {
      const size_t size = std::min(stream.size() - at, 1 + below(i % 2 == 0 ? 40 : 2000));
      client.send(
          {stream.begin() + static_cast<ptrdiff_t>(at), stream.begin() + static_cast<ptrdiff_t>(at + size)});
      at += size;
    }
    if (i % 3 == 0) client.reset_at_end();
  }
  const Client client(server_);
  client.send(ask());
  EXPECT_FALSE(client.receive().empty());
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(stopped("accepted"), 301U);
}

// Another engine in the slot answers the next message, on connections that are open already.
TEST_F(TcpServiceTest, AnotherEngine) {
  serve({});
  const Client client(server_);
  client.send(ask());
  const Octets before = client.receive();
  (void)slot_.publish(&other_);
  client.send(ask());
  const Octets after = client.receive();
  EXPECT_FALSE(before.empty() || after.empty());
  EXPECT_NE(before, after);
  EXPECT_EQ(stopped("closed.shutdown"), 1U);
}

// Several threads have the same address, and what they serve is counted together.
TEST_F(TcpServiceTest, Threads) {
  serve({.threads = 4});
  for (int i = 0; i < 100; ++i) {
    const Client client(server_);
    client.send(ask());
    EXPECT_FALSE(client.receive().empty()) << i;
  }
  std::vector<Report> reports;
  service_->report_to(reports);
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_EQ(reports[0].workers.size(), 4U);
  for (const datapath::Counters* thread : reports[0].workers) EXPECT_GT(thread->rx.get(), 0U);
  EXPECT_EQ(stopped("messages"), 100U);
}

// A network has its share of the connections on all threads together.
TEST_F(TcpServiceTest, PrefixAcrossThreads) {
  serve({.threads = 4, .per_prefix = 5});
  std::vector<std::unique_ptr<Client>> clients;
  int served = 0;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(server_));
    clients.back()->send(ask());
    served += clients.back()->receive().empty() ? 0 : 1;
  }
  EXPECT_EQ(served, 5);
  EXPECT_EQ(stopped("refused_prefix"), 35U);
}

// The table is shared by all threads; a new client gets a place on any thread.
TEST_F(TcpServiceTest, TableAcrossThreads) {
  serve({.threads = 4, .connections = 10});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(server_));
    clients.back()->send(ask());
    EXPECT_FALSE(clients.back()->receive().empty()) << i;
  }
  std::this_thread::sleep_for(100ms);
  // One too many for as long as another thread needs to end one.
  EXPECT_NEAR(static_cast<double>(stopped("closed.evicted")), 30, 2);
}

// Complete messages that a turn has no time for are answered in later turns, all of them and in order, even
// if the client sends nothing more.
TEST_F(TcpServiceTest, MoreThanATurn) {
  serve({});
  const Client client(server_);
  constexpr int kMessages = 5000;
  std::jthread sender([&] {
    for (int i = 0; i < kMessages; ++i)
      client.send(
          framed(test::Query{.id = static_cast<uint16_t>(i), .name = "1.2.0.192.in-addr.arpa"}.bytes()));
  });
  for (int i = 0; i < kMessages; ++i) {
    const Octets reply = client.receive();
    ASSERT_GT(reply.size(), 12U) << i;
    ASSERT_EQ(wire::load16(reply.data()), i);
  }
  sender.join();
  EXPECT_EQ(stopped("messages"), static_cast<uint64_t>(kMessages));
}

// A port in use is an error that names it.
TEST_F(TcpServiceTest, PortInUse) {
  serve({});
  const std::string where = "127.0.0.1:" + std::to_string(ntohs(server_.sin_port));
  const auto second = open_tcp({where}, {}, slot_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(where), std::string::npos);
}

}  // namespace
}  // namespace ptrd::service
