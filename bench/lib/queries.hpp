// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/own_addresses.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::bench {

/// A kind of query that is measured.
struct Question {
  const char* name;
  wire::Family family;
  bool edns = false;
  bool gap = false;  // for an address without a record
  bool dnssec_ok = false;
  image::Denial denial = image::Denial::none;  // of the zone that is asked

  [[nodiscard]] answer::Kind expected() const { return gap ? answer::Kind::nxdomain : answer::Kind::answer; }
};
inline constexpr std::array kQuestions = {
    Question{.name = "v4", .family = wire::Family::v4},
    Question{.name = "v6", .family = wire::Family::v6},
    Question{.name = "v4_edns", .family = wire::Family::v4, .edns = true},
    Question{.name = "v6_edns", .family = wire::Family::v6, .edns = true},
    Question{.name = "v4_nxdomain", .family = wire::Family::v4, .gap = true},
    Question{.name = "v6_nxdomain", .family = wire::Family::v6, .gap = true},
};

/// The same of signed zones, and what is compared with them.
inline constexpr std::array kSignedQuestions = {
    Question{.name = "v4_do", .family = wire::Family::v4, .edns = true, .dnssec_ok = true},
    Question{.name = "v4_signed", .family = wire::Family::v4, .denial = image::Denial::nsec},
    Question{.name = "v4_signed_do",
             .family = wire::Family::v4,
             .edns = true,
             .dnssec_ok = true,
             .denial = image::Denial::nsec},
    Question{.name = "v4_gap_do", .family = wire::Family::v4, .edns = true, .gap = true, .dnssec_ok = true},
    Question{.name = "v4_nsec_do",
             .family = wire::Family::v4,
             .edns = true,
             .gap = true,
             .dnssec_ok = true,
             .denial = image::Denial::nsec},
    Question{.name = "v4_nsec3_do",
             .family = wire::Family::v4,
             .edns = true,
             .gap = true,
             .dnssec_ok = true,
             .denial = image::Denial::nsec3},
    Question{.name = "v6_gap_do", .family = wire::Family::v6, .edns = true, .gap = true, .dnssec_ok = true},
    Question{.name = "v6_nsec_do",
             .family = wire::Family::v6,
             .edns = true,
             .gap = true,
             .dnssec_ok = true,
             .denial = image::Denial::nsec},
};

/// The PTR query about record `i`, or the gap near it; its id is the record's number.
[[nodiscard]] std::vector<uint8_t> query_about(const Question& question, size_t i);
/// The same in an Ethernet frame over the question's own IP version, padded to 60 bytes.
[[nodiscard]] std::vector<uint8_t> frame_about(const Question& question, size_t i);

/// The addresses that all of these frames are for: a MAC, and one address of either IP version.
[[nodiscard]] const frame::OwnAddresses& own_addresses();

/// Ends the program unless `reply` is what the records say to `query_about(question, i)`.
void require_right_reply(const Question& question, size_t i, wire::Bytes reply);
/// The same for the frame that is to answer `frame_about(question, i)`, lengths, addresses and checksums
/// included.
void require_right_frame(const Question& question, size_t i, wire::Bytes frame);

/// Asks the engine about a thousand random ones of the image's records.
void require_right_engine(const answer::Engine& engine, const Question& question, size_t records);

}  // namespace ptrd::bench
