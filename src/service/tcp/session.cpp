// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/session.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <asio/buffer.hpp>

namespace ptrd::service {

using asio::ip::tcp;

namespace {

/// The initial size of a buffer for part of a message; it doubles from there, so that a length field alone
/// does not reserve 64 KB.
constexpr size_t kFirstInput = 512;

bool is_untaken(tcp::socket& socket) {
  int left = 0;
  return ::ioctl(socket.native_handle(), SIOCOUTQ, &left) == 0 && left > 0;
}

}  // namespace

TcpSession::TcpSession(tcp::socket socket, const TcpPeer& peer, TcpShared& shared)
    : socket_(std::move(socket)),
      shared_(shared),
      peer_(peer),
      network_(shared.turns.enter(peer.prefix)),
      appetite_(TcpShared::kInput),
      input_charge_(shared.common.memory),
      output_charge_(shared.common.memory) {}

void TcpSession::start() {
  shared_.counters.accepted.add(1);
  shared_.ages.enter(age_hook_, std::chrono::steady_clock::now());
  enter(Phase::idle);
  wait_for(tcp::socket::wait_read);
}

void TcpSession::enter(Phase phase) {
  phase_ = phase;
  shared_.phase(phase).enter(phase_hook_, std::chrono::steady_clock::now());
}

// The session lives on in its handler.
void TcpSession::wait_for(tcp::socket::wait_type what) {
  socket_.async_wait(what, [self = shared_from_this(), what](const asio::error_code& error) {
    if (self->closed_) return;
    if (error) return self->on_error(error);
    self->work_ = what == tcp::socket::wait_write ? Work::write : Work::read;
    self->wait_for_turn();
  });
}

TcpTurns& TcpSession::shared_turns() const {
  return shared_.turns;
}

void TcpSession::wait_for_turn() {
  queued_ = true;
  shared_.turns.add(network_, place_, shared_from_this());
  shared_.schedule();
}

bool TcpSession::take_turn() {
  queued_ = out_of_time_ = false;
  if (closed_) return false;
  if (phase_ == Phase::draining) {
    drain();
  } else if (work_ == Work::write) {
    on_writable();
  } else if (work_ == Work::read) {
    on_readable();
  } else {
    answer_kept();
  }
  return out_of_time_ && !closed_;
}

// One read per turn. A client that sends more than a turn has time for is read in smaller pieces, as input
// that has to wait takes up memory.
void TcpSession::on_readable() {
  asio::error_code error;
  const uint64_t before = messages_;
  const size_t held = input_.size();
  if (held == 0) {
    const size_t size = socket_.read_some(asio::buffer(shared_.input.data(), appetite_), error);
    if (error) return on_error(error);
    const wire::Bytes bytes = wire::Bytes(shared_.input).first(size);
    const size_t used = answer(bytes);
    if (closed_) return;
    if (!keep_input(bytes.subspan(used))) return close(TcpEnd::memory);
    appetite_ = out_of_time_ ? MemoryCharge::kFree : std::min(2 * appetite_, TcpShared::kInput);
  } else {
    const size_t room = std::min(missing(input_), std::max(held, kFirstInput));
    if (!input_charge_.set(held + room)) return close(TcpEnd::memory);
    input_.reserve(held + room);  // exactly this much
    input_.resize(held + room);
    const size_t size = socket_.read_some(asio::buffer(&input_[held], room), error);
    input_.resize(held + size);
    if (error) return on_error(error);
    const size_t used = answer(input_);
    if (closed_) return;
    drop_front(used);
  }
  go_on(held == 0 || messages_ > before);
}

void TcpSession::answer_kept() {
  const size_t used = answer(input_);
  if (closed_) return;
  drop_front(used);
  go_on(true);
}

void TcpSession::on_error(const asio::error_code& error) {
  if (error == asio::error::would_block || error == asio::error::interrupted)
    return wait_for(phase_ == Phase::writing ? tcp::socket::wait_write : tcp::socket::wait_read);
  close(finishing_.value_or(error == asio::error::eof ? TcpEnd::client : TcpEnd::reset));
}

size_t TcpSession::answer(wire::Bytes bytes) {
  datapath::Counters& counters = shared_.counters.messages;
  counters.busy.work();
  const size_t used = answer_whole(bytes);
  if (used > 0) counters.bursts.add(1);
  counters.busy.rest();
  return used;
}

size_t TcpSession::answer_whole(wire::Bytes bytes) {
  size_t used = 0;
  while (!finishing_) {
    const auto message = first_message(bytes.subspan(used));
    if (!message) break;
    if (used > 0 && shared_.time_is_up()) {
      out_of_time_ = true;
      break;
    }
    if (!shared_.batch.has_room() && !flush()) return used;
    shared_.answer(*message, peer_);
    shared_.counters.messages.queries[peer_.ipv6 ? 1 : 0].add(1);
    used += kLengthSize + message->size();
    if (++messages_ == shared_.limits.messages) finishing_ = TcpEnd::messages;
  }
  // `output_` shows whether everything was sent.
  (void)flush();
  return used;
}

bool TcpSession::flush() {
  ReplyBatch& batch = shared_.batch;
  if (batch.bytes().empty()) return true;
  asio::error_code error;
  size_t sent = socket_.write_some(asio::buffer(batch.bytes().data(), batch.bytes().size()), error);
  const bool lost = error && error != asio::error::would_block && error != asio::error::interrupted;
  if (error) sent = 0;
  auto& counters = shared_.counters.messages;
  const size_t counted = count_sent(batch.marks(), 0, sent, counters);
  const size_t rest = batch.bytes().size() - sent;
  const size_t marks = batch.marks().size() - counted;
  const bool kept = !lost && output_charge_.set(rest + marks * sizeof(ReplyMark));
  if (kept && rest > 0) {
    output_.assign(batch.bytes().begin() + static_cast<ptrdiff_t>(sent), batch.bytes().end());
    marks_.reserve(marks);
    for (const ReplyMark& mark : batch.marks().subspan(counted))
      marks_.push_back({mark.end - static_cast<uint32_t>(sent), mark.kind});
  }
  if (!kept) counters.tx_full.add(marks);
  batch.clear();
  if (!kept) close(lost ? TcpEnd::reset : TcpEnd::memory);
  return kept && rest == 0;
}

void TcpSession::on_writable() {
  asio::error_code error;
  const size_t size = socket_.write_some(asio::buffer(&output_[sent_], output_.size() - sent_), error);
  if (error) return on_error(error);
  sent_ += size;
  counted_ = count_sent(marks_, counted_, sent_, shared_.counters.messages);
  if (sent_ < output_.size()) return wait_for(tcp::socket::wait_write);
  output_ = {};
  marks_ = {};
  sent_ = counted_ = 0;
  (void)output_charge_.set(0);
  answer_kept();  // messages that arrived meanwhile
}

void TcpSession::go_on(bool began) {
  if (!output_.empty()) {
    out_of_time_ = false;
    enter(Phase::writing);
    return wait_for(tcp::socket::wait_write);
  }
  if (finishing_) {
    out_of_time_ = false;
    finish(*finishing_);
    return wait_for(tcp::socket::wait_read);
  }
  if (out_of_time_) {
    work_ = Work::answer;
    return enter(Phase::reading);
  }
  if (input_.empty()) {
    enter(Phase::idle);
  } else if (began || phase_ != Phase::reading) {
    enter(Phase::reading);
  }
  wait_for(tcp::socket::wait_read);
}

// Closing a socket with unread bytes resets the connection, which loses replies in flight (RFC 1122
// 4.2.2.13): so we shut down our side first, then read and discard everything that still arrives.
void TcpSession::finish(TcpEnd reason) {
  finishing_ = reason;
  age_hook_.leave();
  if (!input_.empty()) shared_.counters.incomplete.add(1);
  drop_front(input_.size());
  if (!output_.empty() || phase_ == Phase::draining) return;
  asio::error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  enter(Phase::draining);
}

void TcpSession::drain() {
  asio::error_code error;
  (void)socket_.read_some(asio::buffer(shared_.input), error);
  if (error) return on_error(error);
  wait_for(tcp::socket::wait_read);
}

void TcpSession::time_out() {
  // We have to continue, not the client.
  if (queued_) return enter(phase_);
  switch (phase_) {
    case Phase::idle:
      return close(TcpEnd::idle);
    case Phase::reading:
      return close(TcpEnd::slow_query);
    case Phase::writing:
      return close(TcpEnd::slow_reply);
    case Phase::draining:
      return close(finishing_.value_or(TcpEnd::client));
  }
}

bool TcpSession::keep_input(wire::Bytes rest) {
  if (!input_charge_.set(rest.size())) return false;
  input_.assign(rest.begin(), rest.end());
  return true;
}

void TcpSession::drop_front(size_t size) {
  // Allocates exactly this size, as only that is charged.
  input_ = std::vector<uint8_t>(input_.begin() + static_cast<ptrdiff_t>(size), input_.end());
  (void)input_charge_.set(input_.size());
}

void TcpSession::close(TcpEnd reason) {
  if (closed_) return;
  closed_ = true;
  TcpCounters& counters = shared_.counters;
  counters.closed[static_cast<size_t>(reason)].add(1);
  counters.messages.tx_full.add(marks_.size() - counted_);
  if (!input_.empty()) counters.incomplete.add(1);
  shared_.common.prefixes.remove(peer_.prefix);
  shared_.common.open.fetch_sub(1, std::memory_order_relaxed);
  TcpTurns::leave(network_);
  phase_hook_.leave();
  age_hook_.leave();
  asio::error_code error;
  // Slow clients, and those whose kernel holds unread replies, are reset, so that nothing stays behind in our
  // kernel.
  const bool abort = reason == TcpEnd::slow_query || reason == TcpEnd::slow_reply || reason == TcpEnd::memory;
  if (abort || (reason != TcpEnd::client && is_untaken(socket_)))
    socket_.set_option(tcp::socket::linger(true, 0), error);
  socket_.close(error);
  input_ = {};
  output_ = {};
  marks_ = {};
}

}  // namespace ptrd::service
