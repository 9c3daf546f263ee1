// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "frame/classify.hpp"
#include "ptrd/frame/frame.hpp"
#include "unit/packet_builder.hpp"

// Arbitrary bytes as a frame: the fast case and the reference must agree, and every query must be answered
// with a frame that an independent reader accepts.

namespace {

using namespace ptrd;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "frame_fuzz: %s\n", what);
  std::abort();
}

bool same(const frame::Layout& a, const frame::Layout& b) {
  return a.l3 == b.l3 && a.udp == b.udp && a.payload == b.payload && a.ipv6 == b.ipv6 &&
         a.payload_size == b.payload_size;
}

void answer(wire::Bytes query, const frame::Layout& layout, size_t reply_size) {
  const size_t size = layout.payload + reply_size;
  const auto buffer = std::make_unique<uint8_t[]>(std::max(size, query.size()));
  std::copy(query.begin(), query.end(), buffer.get());
  const wire::MutableBytes reply(buffer.get(), std::max(size, query.size()));
  require(frame::outbound(reply, layout, reply_size, {}) == size, "size of the reply's frame");

  const auto sent = test::read_datagram(reply.first(size));
  require(sent.has_value(), "the reply's frame reads as UDP");
  require(sent->ip_checksum_right, "the reply's IP checksum");
  require(sent->udp_checksum_right, "the reply's UDP checksum");
  require(sent->source_port == 53, "the reply's source port");
  require(sent->payload.size() == reply_size, "the reply's payload size");

  // Turned around again it goes from the client to the server, and must pass with every checksum verified.
  require(frame::outbound(reply, layout, reply_size, {}) == size, "size of the frame turned back");
  frame::Layout again;
  require(frame::inbound(reply.first(size), {}, frame::kEveryAddress, again) == frame::Verdict::query,
          "the frame turned back is a query");
  require(again.payload_size == reply_size && again.payload == layout.payload,
          "layout of the frame turned back");
}

/// The frame's own addresses if it has no VLAN tag, otherwise others.
frame::OwnAddresses addresses_of(wire::Bytes bytes) {
  constexpr size_t kIpv4At = 30;
  constexpr size_t kIpv6At = 38;
  frame::Mac mac{};
  std::array<frame::OwnAddresses::Address, 3> addresses{};
  if (bytes.size() >= kIpv6At + 16) {
    std::copy_n(bytes.begin(), mac.size(), mac.begin());
    for (size_t i = 0; i < 2; ++i) {
      addresses[i][10] = addresses[i][11] = 0xFF;
      std::copy_n(&bytes[kIpv4At], 4, &addresses[i][12]);
    }
    addresses[0][15] ^= 1;  // the first one is different
    std::copy_n(&bytes[kIpv6At], 16, addresses[2].begin());
  }
  return {mac, addresses, frame::Verdict::drop_not_ours};
}

void check(wire::Bytes bytes, const frame::OwnAddresses& own, const frame::Offload& verified) {
  frame::Layout layout;
  frame::Layout reference;
  const frame::Verdict verdict = frame::inbound(bytes, verified, own, layout);
  require(verdict == frame::classify(bytes, verified, own, reference), "fast case and reference agree");
  if (verdict != frame::Verdict::query) return;
  require(same(layout, reference), "fast case and reference agree on the layout");
  require(size_t{layout.payload} + layout.payload_size <= bytes.size(), "the payload lies in the frame");
  for (const size_t reply_size : {size_t{12}, size_t{13}, size_t{55}, size_t{90}, size_t{511}, size_t{1232}})
    answer(bytes, layout, reply_size);
  answer(bytes, layout, std::max<size_t>(layout.payload_size, frame::kMinReply));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto copy = std::make_unique<uint8_t[]>(size);  // ends where the frame ends, for ASan
  std::copy_n(data, size, copy.get());
  const wire::Bytes bytes(copy.get(), size);
  const frame::OwnAddresses own = addresses_of(bytes);
  // Also with checksums assumed correct: a fuzzer rarely finds a correct one.
  for (const bool known_good : {false, true}) {
    const frame::Offload verified = {.ip_checksum = known_good, .udp_checksum = known_good};
    check(bytes, frame::kEveryAddress, verified);
    check(bytes, own, verified);
  }
  return 0;
}
