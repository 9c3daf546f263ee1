// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/checksum.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <vector>

namespace ptrd::image {

void run_in_turn(size_t count, const std::function<void(size_t)>& work) {
  for (size_t i = 0; i < count; ++i) work(i);
}

uint64_t chunk_hash(std::span<const Line> lines, size_t chunk) {
  const size_t first = chunk * kChecksumLines;
  const auto own = lines.subspan(first, std::min<size_t>(kChecksumLines, lines.size() - first));
  if (chunk > 0) return XXH3_64bits(own.data(), own.size_bytes());
  Header head = View(lines).header();
  head.checksum = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, &head, sizeof head);
  XXH3_64bits_update(&state, own.data() + kHeaderLines, own.size_bytes() - sizeof head);
  return XXH3_64bits_digest(&state);
}

uint64_t checksum_of(std::span<const uint64_t> chunk_hashes) {
  return XXH3_64bits(chunk_hashes.data(), chunk_hashes.size_bytes());
}

uint64_t checksum(std::span<const Line> lines, const Executor& run) {
  std::vector<uint64_t> hashes(checksum_chunks(lines.size()));
  run(hashes.size(), [&](size_t chunk) { hashes[chunk] = chunk_hash(lines, chunk); });
  return checksum_of(hashes);
}

}  // namespace ptrd::image
