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

/// The client of a connection.
struct TcpPeer {
  std::array<uint8_t, 16> address = {};  // network order; IPv4: the first four bytes
  bool ipv6 = false;
  ClientPrefix prefix = 0;  // its network
};

/// One connection (RFC 7766): reads messages, many at once or in pieces, and writes the replies in order. It
/// has buffers only while a message is incomplete, complete ones wait for its next turn, or replies wait for
/// the client; in the latter two cases it does not read. It works only in turns (TcpTurns). Lives as long as
/// it waits for its socket or for a turn, which is until `close`.
class TcpSession : public std::enable_shared_from_this<TcpSession> {
 public:
  /// What it waits for; each phase has its time limit.
  enum class Phase : uint8_t {
    idle,      // the first byte of a message
    reading,   // the rest of a message
    writing,   // the client to accept replies
    draining,  // the client's close, after ours
  };
  static constexpr size_t kPhases = 4;

  /// `socket` must be non-blocking, and already counted in `shared.common`.
  TcpSession(asio::ip::tcp::socket socket, const TcpPeer& peer, TcpShared& shared);
  TcpSession(const TcpSession&) = delete;
  TcpSession& operator=(const TcpSession&) = delete;

  void start();
  /// Does the work that it waited for, until `shared.turn_end`, and at least one message. Returns true if it
  /// wants another turn at once.
  [[nodiscard]] bool take_turn();
  /// Charges the duration of a turn. To be called before it waits for another.
  void charge(TcpTurns::Time used) { shared_turns().charge(network_, place_, used); }
  void wait_for_turn();
  /// The phase has reached its time limit.
  void time_out();
  /// Accepts no more messages, and ends once the client has the replies, so that none is lost to a reset.
  void finish(TcpEnd reason);
  /// Closes it now.
  void close(TcpEnd reason);

 private:
  [[nodiscard]] TcpTurns& shared_turns() const;
  void wait_for(asio::ip::tcp::socket::wait_type what);
  void on_readable();
  void on_writable();
  void answer_kept();
  void drain();
  /// Answers the complete messages in `bytes` as long as the client accepts the replies; returns the number
  /// of bytes used.
  [[nodiscard]] size_t answer(wire::Bytes bytes);
  [[nodiscard]] size_t answer_whole(wire::Bytes bytes);
  /// Writes the thread's batch, and keeps what the client does not accept. Returns false in that case, or on
  /// an error.
  [[nodiscard]] bool flush();
  /// After a turn: what to wait for next. `began`: a remaining part belongs to a new message.
  void go_on(bool began);
  void enter(Phase phase);
  /// Keeps the rest of the thread's input after a turn; returns false if the budget is exhausted.
  [[nodiscard]] bool keep_input(wire::Bytes rest);
  /// Removes the first `size` bytes of the input that it keeps itself.
  void drop_front(size_t size);
  void on_error(const asio::error_code& error);

  asio::ip::tcp::socket socket_;
  TcpShared& shared_;
  TcpPeer peer_;
  TcpTurns::Network& network_;
  TurnPlace place_;
  enum class Work : uint8_t { read, write, answer };  // `answer`: complete messages already received
  Work work_ = Work::read;                            // of the next turn
  bool queued_ = false;                               // waits for a turn
  bool out_of_time_ = false;                          // in this turn, with complete messages left
  size_t appetite_;                                   // bytes that it reads in a turn
  Phase phase_ = Phase::idle;
  bool closed_ = false;
  std::optional<TcpEnd> finishing_;
  uint64_t messages_ = 0;
  AgeList<TcpSession>::Hook phase_hook_{*this};
  AgeList<TcpSession>::Hook age_hook_{*this};

  std::vector<uint8_t> input_;  // begins with a length field
  MemoryCharge input_charge_;
  std::vector<uint8_t> output_;
  size_t sent_ = 0;               // of output_
  std::vector<ReplyMark> marks_;  // of output_
  size_t counted_ = 0;            // of marks_
  MemoryCharge output_charge_;
};

/// State shared by the connections of one thread.
struct TcpShared {
  using Clock = std::chrono::steady_clock;

  TcpShared(const TcpLimits& limits_, TcpCommon& common_, datapath::EngineSlot& slot)
      : limits(limits_), common(common_), reader(slot) {}

  /// Answers a message into `batch`. The only place where this thread holds an engine, which may change
  /// between two messages (invariant 6).
  void answer(wire::Bytes message, const TcpPeer& peer);
  /// Whether the turn has lasted long enough.
  [[nodiscard]] bool time_is_up() const { return Clock::now() >= turn_end; }
  /// Schedules a call of `serve`, as a session waits for a turn.
  void schedule();
  /// Ends sessions that have reached a time limit.
  void sweep();
  /// Ends the least valuable connection: one that is already closing, else the one idle longest, else the one
  /// incomplete longest. Returns false if there is none.
  bool evict();
  void close_all(TcpEnd reason);

  /// Maximum number of bytes read in a turn.
  static constexpr size_t kInput = 16 << 10;

  TcpLimits limits;
  TcpCommon& common;
  datapath::EngineReader reader;  // online for one message at a time
  TcpCounters counters;
  ReplyBatch batch;
  std::array<uint8_t, kInput> input;  // for connections that hold no partial message
  std::array<AgeList<TcpSession>, TcpSession::kPhases> phases;  // each connection is in one
  AgeList<TcpSession> ages;                                     // by start time, except those in `finish`
  TcpTurns turns;
  Clock::time_point turn_end;
  bool scheduled = false;
  asio::io_context io{1};  // last: its handlers refer to the other members

  [[nodiscard]] AgeList<TcpSession>& phase(TcpSession::Phase which) {
    return phases[static_cast<size_t>(which)];
  }

 private:
  void serve();
};

}  // namespace ptrd::service
