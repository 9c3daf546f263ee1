// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "service/tcp/ages.hpp"
#include "service/tcp/counters.hpp"
#include "service/tcp/limits.hpp"
#include "service/tcp/replies.hpp"
#include "service/tcp/turns.hpp"

namespace ptrd::service {

struct TcpShared;

/// One connection (RFC 7766): reads messages, many at once or in pieces, and writes the replies in order. It
/// has buffers only while a message is incomplete, whole ones wait for its next turn, or replies for the
/// client, and does not read in the latter cases. It works in turns (TcpTurns) only. Lives as long as it
/// waits for its socket or for a turn, which is until `close`.
class TcpSession : public std::enable_shared_from_this<TcpSession> {
 public:
  /// What it waits for; each phase but for `idle` ends well or at its limit.
  enum class Phase : uint8_t {
    idle,      // the first byte of a message
    reading,   // the rest of a message
    writing,   // the client, to take replies
    draining,  // the client's end, after ours
  };
  static constexpr size_t kPhases = 4;

  /// `socket` does not block; its places in `shared.common` are taken.
  TcpSession(asio::ip::tcp::socket socket, ClientPrefix prefix, TcpShared& shared);
  TcpSession(const TcpSession&) = delete;
  TcpSession& operator=(const TcpSession&) = delete;

  void start();
  /// Does what it waited for, until `shared.turn_end`, and one message at least. True: it wants another turn
  /// at once.
  [[nodiscard]] bool take_turn();
  /// That turn took so long. Before it waits for another.
  void charge(TcpTurns::Time used) { shared_turns().charge(network_, place_, used); }
  void wait_for_turn();
  /// The phase has lasted as long as it may.
  void time_out();
  /// Takes no more messages, and ends once the replies are with the client: so that none is lost to a reset.
  void finish(TcpEnd reason);
  /// Ends it now.
  void close(TcpEnd reason);

 private:
  [[nodiscard]] TcpTurns& shared_turns() const;
  void wait_for(asio::ip::tcp::socket::wait_type what);
  void on_readable();
  void on_writable();
  void answer_kept();
  void drain();
  /// Answers the whole messages in `bytes`, as far as the client takes the replies; returns how many bytes
  /// were used.
  [[nodiscard]] size_t answer(wire::Bytes bytes);
  [[nodiscard]] size_t answer_whole(wire::Bytes bytes);
  /// Writes the thread's batch; what the client does not take is kept. False when that is so, or on an error.
  [[nodiscard]] bool flush();
  /// After a turn: what to wait for next. `began`: the rest, if there is one, is of another message than
  /// before.
  void go_on(bool began);
  void enter(Phase phase);
  /// Keeps what a turn left of the thread's input; false when the budget does not have so much.
  [[nodiscard]] bool keep_input(wire::Bytes rest);
  /// Forgets the first `size` bytes of the input that it keeps itself.
  void drop_front(size_t size);
  void on_error(const asio::error_code& error);

  asio::ip::tcp::socket socket_;
  TcpShared& shared_;
  ClientPrefix prefix_;
  TcpTurns::Network& network_;
  TurnPlace place_;
  enum class Work : uint8_t { read, write, answer };  // `answer`: whole messages that are here already
  Work work_ = Work::read;                            // of the next turn
  bool queued_ = false;                               // waits for a turn
  bool out_of_time_ = false;                          // in this turn, with whole messages left
  size_t appetite_;                                   // bytes that it reads in a turn
  Phase phase_ = Phase::idle;
  bool closed_ = false;
  std::optional<TcpEnd> finishing_;
  uint64_t messages_ = 0;
  AgeList<TcpSession>::Hook phase_hook_{*this};
  AgeList<TcpSession>::Hook age_hook_{*this};

  std::vector<uint8_t> input_;  // begins with a message's length
  MemoryCharge input_charge_;
  std::vector<uint8_t> output_;
  size_t sent_ = 0;               // of output_
  std::vector<ReplyMark> marks_;  // of output_
  size_t counted_ = 0;            // of marks_
  MemoryCharge output_charge_;
};

/// What the connections of one thread share.
struct TcpShared {
  using Clock = std::chrono::steady_clock;

  TcpShared(const TcpLimits& limits_, TcpCommon& common_, datapath::EngineSlot& slot)
      : limits(limits_), common(common_), reader(slot) {}

  /// Answers a message into `batch`. The one place where this thread holds an engine: between two messages it
  /// may be another (invariant 6).
  void answer(wire::Bytes message);
  /// Whether the turn has lasted long enough.
  [[nodiscard]] bool time_is_up() const { return Clock::now() >= turn_end; }
  /// Sees to it that `serve` is called soon: somebody waits for a turn.
  void schedule();
  /// Ends what has lasted too long.
  void sweep();
  /// Ends the connection that is missed least: already on its way out, else idle longest, else unfinished
  /// longest. False when there is none.
  bool evict();
  void close_all(TcpEnd reason);

  /// Bytes read in a turn at most.
  static constexpr size_t kInput = 16 << 10;

  TcpLimits limits;
  TcpCommon& common;
  datapath::EngineReader reader;  // online for one message at a time
  TcpCounters counters;
  ReplyBatch batch;
  std::array<uint8_t, kInput> input;  // for connections that hold no part of a message
  std::array<AgeList<TcpSession>, TcpSession::kPhases> phases;  // each connection is in one
  AgeList<TcpSession> ages;                                     // by when they began, those in `finish` apart
  TcpTurns turns;
  Clock::time_point turn_end;
  bool scheduled = false;
  asio::io_context io{1};  // last: what waits in it refers to the rest

  [[nodiscard]] AgeList<TcpSession>& phase(TcpSession::Phase which) {
    return phases[static_cast<size_t>(which)];
  }

 private:
  void serve();
};

}  // namespace ptrd::service
