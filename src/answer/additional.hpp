// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "answer/search.hpp"
#include "answer/set_writer.hpp"
#include "answer/writer.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// Whether `name` is `top` or below it.
[[nodiscard]] bool is_at_or_below(wire::Bytes name, wire::Bytes top);

/// The additional section of one reply: addresses of the hosts that an RRset names, as far as they are in the
/// same zone, including its glue; the data of another zone comes from that zone's own servers.
class Additional {
 public:
  /// What is passed must outlive it.
  Additional(const image::View& view, Budget& budget, Search& search, const MessageWriter& out,
             SetWriter& sets)
      : view_(view), budget_(budget), search_(search), out_(out), sets_(sets) {}

  /// Records in the section.
  [[nodiscard]] uint16_t count() const { return count_; }
  /// For MessageWriter::add of the RRset that the next calls are for: the offsets of its hosts.
  [[nodiscard]] std::span<uint16_t> places() { return places_; }

  /// Adds the addresses of the name servers that are at or below the cut `owner`. Returns false if they do
  /// not all fit, or the budget is spent. `rest`: go on after one that did not fit.
  [[nodiscard]] bool add_glue(const image::Rrset& ns, wire::Bytes owner, uint32_t zone, bool rest);
  /// Adds what there is room for of the other servers' addresses of a referral, after `add_glue`.
  void add_beside_glue(const image::Rrset& ns, wire::Bytes owner, uint32_t zone);
  /// Adds what there is room for of the addresses of an RRset's hosts.
  void add_optional(const image::Rrset& set, uint32_t zone);

 private:
  /// Maximum number of hosts whose optional addresses are looked up for one RRset. (BIND takes 13.)
  static constexpr size_t kMaxHosts = 40;
  /// Records of one RRset for which the offset of the host name in the reply is kept: more than fit in a
  /// datagram.
  static constexpr size_t kMaxPlaces = 80;
  static constexpr size_t kHostSlots = 64;
  static_assert(kMaxHosts < kHostSlots);
  struct Host {
    const uint8_t* name;
    uint32_t size;
    uint32_t hash;
  };

  [[nodiscard]] bool add_addresses(const Owner& host, const Found& found, uint32_t zone);
  void add_host(const Owner& host, uint32_t zone);
  [[nodiscard]] bool has_more() const;
  [[nodiscard]] bool wants(wire::Bytes host, uint32_t zone) const;
  /// A record's host, with its offset in the reply.
  [[nodiscard]] Owner placed(wire::Bytes host, size_t number) const {
    return {host, number < kMaxPlaces ? places_[number] : 0U};
  }

  const image::View& view_;
  Budget& budget_;
  Search& search_;
  const MessageWriter& out_;
  SetWriter& sets_;
  std::array<Host, kMaxHosts> hosts_;  // whose addresses were looked up; uninitialised until used
  std::array<uint8_t, kHostSlots> host_slots_ = {};  // hash table: a host's number plus one; 0: none
  size_t host_count_ = 0;
  size_t glue_ = 0;                          // name servers below the cut
  std::array<uint16_t, kMaxPlaces> places_;  // offsets of the hosts in the last RRset written
  uint16_t count_ = 0;
};

}  // namespace ptrd::answer
