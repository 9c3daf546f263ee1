// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "load/query_set.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::load {

/// The verdict on a reply, compared with the query that its id and port belong to.
enum class Verdict : uint8_t {
  right,
  not_a_reply,     // QR is clear, or the opcode differs
  other_question,  // the question is not the query's, byte for byte
  other_contents,  // no image gives this reply
};

/// Distinguishes right replies from wrong ones. May be used by many threads at once.
class Judge {
 public:
  /// `queries` must outlive the judge.
  explicit Judge(const QuerySet& queries) : queries_(queries) {}

  /// From now on a reply must be, byte for byte except for its id, what ptrd answers from this image or from
  /// another one that was added. Stores 8 bytes per query, no replies: replies are compared by XXH3-64.
  void add_image(const image::View& view, const answer::Settings& settings);
  [[nodiscard]] size_t images() const { return expected_.size(); }

  /// `reply` has at least a DNS header. `image` is set to the number of the first image that gives it, if
  /// there are images and the verdict is `right`.
  [[nodiscard]] Verdict judge(size_t query, wire::Bytes reply, size_t& image) const;
  /// Whether the reply repeats that query's question, byte for byte.
  [[nodiscard]] bool same_question(size_t query, wire::Bytes reply) const;

 private:
  const QuerySet& queries_;
  std::vector<std::vector<uint64_t>> expected_;  // by image, by query; 0: no reply
};

}  // namespace ptrd::load
