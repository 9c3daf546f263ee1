// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::load {

/// What the queries of a set contain in addition to the question.
struct QueryForm {
  bool edns = false;    // an OPT record (RFC 6891)
  bool dnssec = false;  // with the DO bit (RFC 3225); implies EDNS
  uint16_t udp_payload = wire::kUdpPayload;
};

/// Bytes of the longest query: the longest name, a question, an OPT record.
inline constexpr size_t kMaxQuery = wire::kHeaderSize + wire::kMaxName + 4 + wire::kOptSize;

/// DNS queries in wire form with id 0, in the order in which they are sent.
class QuerySet {
 public:
  explicit QuerySet(QueryForm form = {}) : form_(form) {}

  /// False if the set is full: it holds 4 GiB.
  [[nodiscard]] bool add(const wire::Name& name, uint16_t type);
  [[nodiscard]] size_t size() const { return ends_.size(); }
  [[nodiscard]] wire::Bytes operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }
  /// Sum of a query's 16-bit words, as frame::fold gives it.
  [[nodiscard]] uint16_t sum(size_t i) const { return sums_[i]; }
  /// Bytes of its question, which follows the header.
  [[nodiscard]] size_t question_size(size_t i) const {
    return (*this)[i].size() - wire::kHeaderSize - (form_.edns || form_.dnssec ? wire::kOptSize : 0);
  }

  /// Reads a file in dnsperf's format: a name and a type on each line; skips empty lines and lines that start
  /// with ";". Error: `path:line: what is wrong`.
  [[nodiscard]] static tl::expected<QuerySet, std::string> read(const std::string& path, QueryForm form);
  /// PTR queries for at most `count` owners of PTR records of the image, sampled at random and in random
  /// order; reproducible for the same `seed`. Error: the image has no such record.
  [[nodiscard]] static tl::expected<QuerySet, std::string> sample(const image::View& view, size_t count,
                                                                  uint64_t seed, QueryForm form);

 private:
  QueryForm form_;
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> ends_;
  std::vector<uint16_t> sums_;
};

}  // namespace ptrd::load
