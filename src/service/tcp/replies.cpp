// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/replies.hpp"

#include <algorithm>

namespace ptrd::service {

size_t count_sent(std::span<const ReplyMark> marks, size_t first, size_t sent, datapath::Counters& counters) {
  for (; first < marks.size() && marks[first].end <= sent; ++first) {
    counters.kinds[static_cast<size_t>(marks[first].kind)].add(1);
    counters.tx.add(1);
  }
  return first;
}

ReplyBatch::ReplyBatch() : buffer_(kCapacity) {}

void ReplyBatch::add(const datapath::Serving& serving, wire::Bytes message, const policy::Client& client,
                     datapath::Counters& counters) {
  counters.rx.add(1);
  const wire::MutableBytes frame = wire::MutableBytes(buffer_).subspan(size_, kRoomForOne);
  const wire::MutableBytes room = frame.subspan(kLengthSize);
  std::copy(message.begin(), message.end(), room.begin());
  const answer::Message given{room.data(), static_cast<uint32_t>(room.size()),
                              static_cast<uint32_t>(message.size())};
  answer::Reply reply;
  stations_.run(
      serving, {&given, 1}, answer::Transport::tcp, [&](size_t) { return client; }, {&reply, 1}, counters);
  if (reply.size == 0) {
    counters.kinds[static_cast<size_t>(reply.kind)].add(1);
    return;
  }
  wire::store16(frame.data(), reply.size);
  size_ += kLengthSize + reply.size;
  marks_.push_back({static_cast<uint32_t>(size_), reply.kind});
}

void ReplyBatch::clear() {
  size_ = 0;
  marks_.clear();
}

}  // namespace ptrd::service
