// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "lib/require.hpp"

// Open-loop load that tells which of its queries were answered, by the time they were sent: what bench/gap
// runs across the death and return of ptrd. Plain PTR queries over kernel sockets.

namespace {

using ptrd::bench::require;
using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, the same for all processes

constexpr size_t kBatch = 32;    // queries a system call
constexpr size_t kSockets = 16;  // so that id and port hold 2^20 numbers: ten seconds at 100 kq/s
constexpr size_t kMaxMessage = 512;
constexpr size_t kHeader = 12;
constexpr int kBuffer = 32 << 20;  // bytes; a sleep of this program must not lose replies
/// Who falls behind by more does not catch up in a burst: that time counts as not sent.
constexpr std::chrono::milliseconds kMostBehind{5};
constexpr std::chrono::milliseconds kLastReplies{500};

struct Options {
  std::string server = "198.18.0.1";
  std::string zone = "100.51.198.in-addr.arpa";
  std::string tsv;
  unsigned names = 250;
  double rate = 20'000;
  double seconds = 5;
  double bin_ms = 10;
};

/// One query's fate. Times in nanoseconds since the start.
struct Fate {
  int64_t sent = 0;
  int64_t answered = -1;
};

std::string name_of(const std::string& text) {
  std::string wire;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('.', at), text.size());
    wire += static_cast<char>(end - at);
    wire += text.substr(at, end - at);
    at = end + 1;
  }
  return wire + '\0';
}

/// The queries for 0.ZONE, 1.ZONE and so on, id 0.
std::vector<std::string> make_queries(const Options& options) {
  std::vector<std::string> queries;
  for (unsigned i = 0; i < options.names; ++i) {
    queries.push_back(std::string("\0\0\0\0\0\1\0\0\0\0\0\0", kHeader) +
                      name_of(std::to_string(i) + "." + options.zone) + std::string("\0\14\0\1", 4));
    require(queries.back().size() <= kMaxMessage, "the zone's name is too long");
  }
  return queries;
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options), queries_(make_queries(options)) {
    sockaddr_storage to{};
    auto* v4 = reinterpret_cast<sockaddr_in*>(&to);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&to);
    socklen_t size = sizeof *v4;
    if (inet_pton(AF_INET, options.server.c_str(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(53);
    } else {
      require(inet_pton(AF_INET6, options.server.c_str(), &v6->sin6_addr) == 1, "--server is no address");
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(53);
      size = sizeof *v6;
    }
    for (int& fd : sockets_) {
      fd = ::socket(to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      require(fd >= 0, "no socket");
      (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kBuffer, sizeof kBuffer);
      require(::connect(fd, reinterpret_cast<const sockaddr*>(&to), size) == 0, "no way to the server");
    }
    for (size_t i = 0; i < kBatch; ++i) {
      out_parts_[i] = {.iov_base = out_[i].data(), .iov_len = 0};
      out_headers_[i].msg_hdr.msg_iov = &out_parts_[i];
      out_headers_[i].msg_hdr.msg_iovlen = 1;
      in_parts_[i] = {.iov_base = in_[i].data(), .iov_len = kMaxMessage};
      in_headers_[i].msg_hdr.msg_iov = &in_parts_[i];
      in_headers_[i].msg_hdr.msg_iovlen = 1;
    }
    fates_.reserve(static_cast<size_t>(options.rate * options.seconds) + kBatch);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const int fd : sockets_) ::close(fd);
  }

  void run() {
    start_ = Clock::now();
    const auto end = start_ + std::chrono::nanoseconds(static_cast<int64_t>(options_.seconds * 1e9));
    const auto step = std::chrono::nanoseconds(static_cast<int64_t>(1e9 / options_.rate * kBatch));
    for (auto due = start_; due < end; due += step) {
      for (auto now = Clock::now(); now < due; now = Clock::now()) {
        receive();
        const auto left = due - Clock::now();
        if (left > std::chrono::microseconds(100)) std::this_thread::sleep_for(left / 2);
      }
      if (Clock::now() - due > kMostBehind) {
        due = Clock::now();
        ++late_;
      }
      send_batch();
      receive();
    }
    const auto last = Clock::now() + kLastReplies;
    while (Clock::now() < last) {
      receive();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  [[nodiscard]] const std::vector<Fate>& fates() const { return fates_; }
  [[nodiscard]] double start_seconds() const {
    return std::chrono::duration<double>(start_.time_since_epoch()).count();
  }
  [[nodiscard]] uint64_t late() const { return late_; }
  [[nodiscard]] uint64_t wrong() const { return wrong_; }

 private:
  [[nodiscard]] int64_t now() const { return std::chrono::nanoseconds(Clock::now() - start_).count(); }

  /// Query n goes out in batch n / kBatch, by the sockets in turn; its id counts the socket's queries.
  void send_batch() {
    const size_t first = fates_.size(), batch = first / kBatch;
    const size_t id = batch / kSockets * kBatch;
    for (size_t i = 0; i < kBatch; ++i) {
      const std::string& query = queries_[(first + i) % queries_.size()];
      std::memcpy(out_[i].data(), query.data(), query.size());
      const uint16_t number = htons(static_cast<uint16_t>(id + i));
      std::memcpy(out_[i].data(), &number, sizeof number);
      out_parts_[i].iov_len = query.size();
    }
    const int64_t time = now();
    // A failed one is as lost as any other: ICMP errors of queries before come up here, and are taken off.
    for (size_t done = 0; done < kBatch;) {
      const int sent = ::sendmmsg(sockets_[batch % kSockets], out_headers_.data() + done,
                                  static_cast<unsigned>(kBatch - done), 0);
      if (sent > 0) done += static_cast<size_t>(sent);
      if (sent <= 0 && errno != ECONNREFUSED) ++done;
    }
    fates_.insert(fates_.end(), kBatch, Fate{.sent = time});
  }

  void receive() {
    for (size_t socket = 0; socket < kSockets; ++socket) {
      for (int count = static_cast<int>(kBatch); count == static_cast<int>(kBatch);) {
        count = ::recvmmsg(sockets_[socket], in_headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
        const int64_t time = now();
        for (int i = 0; i < count; ++i) {
          const auto at = static_cast<size_t>(i);
          take(socket, {in_[at].data(), in_headers_[at].msg_len}, time);
        }
      }
    }
  }

  void take(size_t socket, std::string_view reply, int64_t time) {
    if (reply.size() < kHeader) return void(++wrong_);
    uint16_t number = 0;
    std::memcpy(&number, reply.data(), sizeof number);
    // Of all queries with that id from that socket the latest.
    const size_t batches = fates_.size() / kBatch;
    if (batches <= socket) return void(++wrong_);
    const size_t sent = ((batches - 1 - socket) / kSockets + 1) * kBatch;  // by this socket
    const size_t back = static_cast<uint16_t>(sent - 1 - ntohs(number));
    if (back >= sent) return void(++wrong_);
    const size_t index = sent - 1 - back;
    const size_t n = (index / kBatch * kSockets + socket) * kBatch + index % kBatch;
    const std::string& query = queries_[n % queries_.size()];
    const bool right = reply.size() > query.size() && (reply[2] & 0x80) != 0 && (reply[3] & 15) == 0 &&
                       reply[7] == 1 &&
                       reply.substr(kHeader, query.size() - kHeader) == query.substr(kHeader);
    if (!right || fates_[n].answered >= 0) return void(++wrong_);
    fates_[n].answered = time;
  }

  Options options_;
  std::vector<std::string> queries_;
  std::array<int, kSockets> sockets_{};
  std::array<std::array<char, kMaxMessage>, kBatch> out_{}, in_{};
  std::array<iovec, kBatch> out_parts_{}, in_parts_{};
  std::array<mmsghdr, kBatch> out_headers_{}, in_headers_{};
  std::vector<Fate> fates_;
  Clock::time_point start_;
  uint64_t late_ = 0, wrong_ = 0;
};

struct Bin {
  uint64_t sent = 0, answered = 0;
  int64_t latency = 0;  // the longest, ns
};

std::vector<Bin> bins_of(const std::vector<Fate>& fates, double bin_ms) {
  std::vector<Bin> bins;
  for (const Fate& fate : fates) {
    const auto at = static_cast<size_t>(static_cast<double>(fate.sent) / (bin_ms * 1e6));
    if (at >= bins.size()) bins.resize(at + 1);
    ++bins[at].sent;
    if (fate.answered < 0) continue;
    ++bins[at].answered;
    bins[at].latency = std::max(bins[at].latency, fate.answered - fate.sent);
  }
  return bins;
}

/// The longest stretch of bins for which `holds`, in bins; those without a query neither count nor end it.
template <typename Holds>
size_t longest(const std::vector<Bin>& bins, Holds holds) {
  size_t most = 0, now = 0;
  for (const Bin& bin : bins) {
    if (bin.sent == 0) continue;
    now = holds(bin) ? now + 1 : 0;
    most = std::max(most, now);
  }
  return most;
}

/// The longest time without an answered query: from the first unanswered one of a row to the next answered
/// one, ms.
double longest_silence(const std::vector<Fate>& fates) {
  int64_t most = 0, since = -1;
  for (const Fate& fate : fates) {
    if (fate.answered >= 0) {
      if (since >= 0) most = std::max(most, fate.sent - since);
      since = -1;
    } else if (since < 0) {
      since = fate.sent;
    }
  }
  if (since >= 0) most = std::max(most, fates.back().sent - since);
  return static_cast<double>(most) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"gap_load: plain PTR queries at a steady rate, and which of them were answered"};
  app.add_option("--server", options.server, "address, port 53")->capture_default_str();
  app.add_option("--zone", options.zone, "asked for are 0.ZONE, 1.ZONE and so on")->capture_default_str();
  app.add_option("--names", options.names, "how many of these")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rate", options.rate, "queries a second")
      ->check(CLI::Range(100.0, 2e6))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds)->check(CLI::Range(0.1, 600.0))->capture_default_str();
  app.add_option("--bin", options.bin_ms, "milliseconds that a line of the table stands for")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  app.add_option("--tsv", options.tsv,
                 "table: second (of CLOCK_MONOTONIC), sent, answered, slowest answer in ms");
  CLI11_PARSE(app, argc, argv);

  Load load(options);
  load.run();
  const std::vector<Bin> bins = bins_of(load.fates(), options.bin_ms);
  uint64_t sent = 0, answered = 0;
  for (const Bin& bin : bins) {
    sent += bin.sent;
    answered += bin.answered;
  }
  const auto stretch = [&](auto holds) { return static_cast<double>(longest(bins, holds)) * options.bin_ms; };
  const nlohmann::ordered_json summary{
      {"rate", static_cast<double>(sent) / options.seconds},
      {"sent", sent},
      {"answered", answered},
      {"wrong", load.wrong()},
      {"late", load.late()},
      {"longest_silence_ms", longest_silence(load.fates())},
      {"longest_empty_bins_ms", stretch([](const Bin& bin) { return bin.answered == 0; })},
      {"longest_lossy_bins_ms", stretch([](const Bin& bin) { return bin.answered < bin.sent; })}};
  std::puts(summary.dump().c_str());
  if (options.tsv.empty()) return 0;
  std::ofstream table(options.tsv);
  for (size_t i = 0; i < bins.size(); ++i) {
    table << std::fixed << load.start_seconds() + static_cast<double>(i) * options.bin_ms / 1e3 << '\t'
          << bins[i].sent << '\t' << bins[i].answered << '\t' << static_cast<double>(bins[i].latency) / 1e6
          << '\n';
  }
  table.close();
  require(static_cast<bool>(table), "cannot write the table");
}
