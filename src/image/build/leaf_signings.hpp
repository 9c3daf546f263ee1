// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ptrd/image/format.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// A record of the types RRSIG or NSEC at a whole address.
struct BesideData {
  static constexpr size_t kHead = 8;  // before the data in the arena

  uint32_t ttl;
  uint16_t type;
  wire::Bytes rdata;
};
/// The most bytes of its data, if the address is to be a leaf.
inline constexpr size_t kMaxBeside = std::max(kMaxLeafRrsig, kMaxLeafNsec) - kRecordFixed;

/// Decides which addresses are signed leaves, and keeps what their signatures have in common, each once.
class LeafSignings {
 public:
  struct Signed {
    uint32_t number;   // Tail::signing
    wire::Bytes part;  // what follows the leaf (SignedPart, NextName); valid until the next call
  };
  /// What is stored of an address with one PTR record of this TTL and these other records, in a zone that
  /// denies like this. Empty: a leaf cannot hold them. `owner` is in lower case.
  [[nodiscard]] std::optional<Signed> sign(const wire::Name& owner, uint32_t ttl,
                                           std::span<const BesideData> beside, Denial denial);
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  [[nodiscard]] std::optional<uint32_t> intern();

  std::map<std::string, uint32_t> numbers_;
  std::vector<Line> lines_;
  std::string common_;                                            // the LeafSigning, with all of its `rest`
  const std::pair<const std::string, uint32_t>* last_ = nullptr;  // neighbours mostly share theirs
  std::array<uint8_t, 2 * (sizeof(SignedPart) + kMaxLeafSignature) + sizeof(NextName) + kMaxNextPrefix>
      part_ = {};
};

}  // namespace ptrd::image
