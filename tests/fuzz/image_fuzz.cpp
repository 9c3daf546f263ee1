// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary images and arbitrary queries: an image that passes `verify` can be walked and answered from
// without an out-of-bounds access, for any query. An input is a byte, that many edits to a good image, and a
// query:
//
//   byte    number of edits; + 0x80: to the large image; 0xFF: no edits, what follows is an image itself
//   edit    1 byte: 1, 2, 4 or 8 bytes (lower two bits); 3 bytes: where, big-endian, rounded down to the
//           width; 8 bytes: the value, little-endian
//
// The checksum is assumed to be right, as an attacker can compute it. README.md explains the mutations.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "fuzz/image_fields.hpp"
#include "fuzz/image_use.hpp"
#include "fuzz/rich_image.hpp"
#include "image/checksum.hpp"

using namespace ptrd;

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

constexpr size_t kEditSize = 12;
constexpr size_t kMaxEdits = 8;  // more are rarely valid together
constexpr unsigned kEachCopied = 64;
constexpr uint8_t kLargeImage = 0x80;
constexpr uint8_t kWholeImage = 0xFF;

struct Edit {
  uint8_t log_width = 0;
  uint32_t at = 0;
  uint64_t value = 0;
  [[nodiscard]] size_t width() const { return size_t{1} << log_width; }
};

Edit read_edit(const uint8_t* p) {
  Edit edit{.log_width = static_cast<uint8_t>(p[0] & 3U), .at = wire::load32(p) & 0xFFFFFFU};
  edit.value = wire::load_raw<uint64_t>(p + 4);
  return edit;
}

void write_edit(uint8_t* p, const Edit& edit) {
  wire::store32(p, edit.at);
  p[0] = edit.log_width;
  wire::store_raw(p + 4, edit.value);
}

/// A valid image that can be edited, and restored.
class Victim {
 public:
  explicit Victim(const std::vector<image::Line>& good)
      : good_(good),
        lines_(std::make_unique<image::Line[]>(good.size())),
        fields_(test::FieldFinder(good_).fields()) {
    std::copy(good_.begin(), good_.end(), lines_.get());
    for (const auto& [name, kind] : fields_) kinds_.push_back(&kind);
  }

  [[nodiscard]] std::span<const image::Line> lines() const { return {lines_.get(), good_.size()}; }
  [[nodiscard]] size_t place(const Edit& edit) const {
    const size_t at = edit.at % (good_.size() * image::kLineSize);
    return at - at % edit.width();
  }
  void apply(const Edit& edit) {
    std::memcpy(bytes() + place(edit), &edit.value, edit.width());
    undo_.push_back(edit);
  }
  void restore() {
    for (const Edit& edit : undo_)
      std::memcpy(bytes() + place(edit), good_bytes() + place(edit), edit.width());
    undo_.clear();
  }

  /// An edit of a field, each kind as likely as the others.
  template <typename Random>
  Edit make_edit(Random& random) {
    const auto below = [&](size_t count) { return static_cast<size_t>(random() % count); };
    const test::FieldKind& kind = *kinds_[below(kinds_.size())];
    const size_t at = kind.at[below(kind.at.size())];
    Edit edit{.at = static_cast<uint32_t>(at)};
    while (edit.width() < kind.width) ++edit.log_width;
    edit.value = value_for(kind, at, random);
    return edit;
  }

 private:
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(lines_.get()); }
  [[nodiscard]] const uint8_t* good_bytes() const { return reinterpret_cast<const uint8_t*>(good_.data()); }
  [[nodiscard]] uint64_t value_at(size_t at, size_t width) const {
    uint64_t value = 0;
    std::memcpy(&value, good_bytes() + at, width);
    return value;
  }
  template <typename Random>
  uint64_t value_for(const test::FieldKind& kind, size_t at, Random& random) const {
    const auto below = [&](size_t count) { return static_cast<size_t>(random() % count); };
    const uint64_t near = below(3) - uint64_t{1};  // -1, 0, 1
    const size_t bytes = good_.size() * image::kLineSize;
    switch (below(6)) {
      case 0:
      case 1:
        return test::kBoundaries[below(test::kBoundaries.size())];
      case 2:  // the values of the field itself and its neighbours
        return value_at((at + bytes + (below(3) - size_t{1}) * kind.width) % (bytes - kind.width + 1),
                        kind.width) +
               near;
      case 3:  // another field of the same kind: an index to something of the right type
        return value_at(kind.at[below(kind.at.size())], kind.width) + near;
      case 4: {  // the value of some other field
        const test::FieldKind& other = *kinds_[below(kinds_.size())];
        return value_at(other.at[below(other.at.size())], other.width) + near;
      }
      default: {  // any line or unit, including the first and last
        const uint64_t count = below(2) == 0 ? good_.size() : good_.size() * image::kUnitsPerLine;
        const uint64_t index = below(3) == 0 ? count - below(4) : below(count);
        return index | (below(2) == 0 ? uint64_t{below(16)} << 28 : 0);
      }
    }
  }

  const std::vector<image::Line> good_;
  std::unique_ptr<image::Line[]> lines_;  // exact size, so that the sanitizer sees an out-of-bounds access
  test::Fields fields_;
  std::vector<const test::FieldKind*> kinds_;
  std::vector<Edit> undo_;
};

Victim& small_victim() {
  static Victim victim(test::small_rich_image());
  return victim;
}
Victim& large_victim() {
  static Victim victim(test::rich_image());
  return victim;
}

/// Uses an image that passes; the checksum is assumed to be right. `copies`: and copies it, which takes many
/// times as long as the rest.
void take(std::span<const image::Line> lines, wire::Bytes query, const test::Effort& effort, bool copies) {
  if (!image::verify_hashed(lines, image::View(lines).header().checksum, image::run_in_turn)) return;
  const answer::Engine engine{image::View(lines)};
  test::ask(engine, query, answer::Transport::udp);
  test::ask(engine, query, answer::Transport::tcp);
  test::use_image(lines, query.size(), effort);
  if (copies) test::copy_image(lines);
}

void take_whole(wire::Bytes bytes) {
  const size_t count = bytes.size() / image::kLineSize;
  if (count < image::kHeaderLines) return;
  const auto lines = std::make_unique_for_overwrite<image::Line[]>(count);
  std::memcpy(lines.get(), bytes.data(), count * image::kLineSize);
  take({lines.get(), count}, {}, {.visits = 1000, .each = 32}, true);
}

struct Parts {
  size_t edits;
  size_t query;  // where it starts
};
Parts parts_of(wire::Bytes input) {
  const size_t edits = std::min<size_t>(input[0] & 0x7FU, (input.size() - 1) / kEditSize);
  return {edits, 1 + edits * kEditSize};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const wire::Bytes input(data, size);
  if (input.empty()) return 0;
  if (input[0] == kWholeImage) {
    take_whole(input.subspan(1));
    return 0;
  }
  const bool large = (input[0] & kLargeImage) != 0;
  Victim& victim = large ? large_victim() : small_victim();
  const Parts parts = parts_of(input);
  for (size_t i = 0; i < parts.edits; ++i) victim.apply(read_edit(&input[1 + i * kEditSize]));
  take(victim.lines(), input.subspan(parts.query), {.visits = large ? size_t{1000} : size_t{300}, .each = 32},
       std::accumulate(input.begin(), input.end(), 0U) % kEachCopied == 0);
  victim.restore();
  return 0;
}

/// Adds, replaces or drops an edit of a field most of the time; the rest is libFuzzer's own.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  std::minstd_rand random(seed);
  random.discard(2);  // neighbouring seeds begin alike
  const auto below = [&](size_t count) { return static_cast<size_t>(random() % count); };
  if (size == 0 || data[0] == kWholeImage || below(16) == 0) return LLVMFuzzerMutate(data, size, max_size);
  // The large image is ten times as much work, and its seeds cover it.
  const bool large = (data[0] & kLargeImage) != 0 && below(64) == 0;
  const Parts parts = parts_of({data, size});
  size_t edits = parts.edits;
  const auto edit_at = [&](size_t i) { return data + 1 + i * kEditSize; };
  const size_t choice = below(16);
  if (choice == 0 && parts.query < max_size) {
    uint8_t* const query = data + parts.query;
    return parts.query + LLVMFuzzerMutate(query, size - parts.query, max_size - parts.query);
  }
  if (choice == 1 && edits > 0) {  // any bytes of an edit, including operands of comparisons
    (void)LLVMFuzzerMutate(edit_at(below(edits)), kEditSize, kEditSize);
    return size;
  }
  if (choice < 5 && edits > 0) {  // drop one
    uint8_t* const dropped = edit_at(below(edits));
    std::copy(dropped + kEditSize, data + size, dropped);
    size -= kEditSize;
    --edits;
    if (choice != 2) {
      data[0] = static_cast<uint8_t>(edits | (large ? kLargeImage : 0));
      return size;
    }
  }
  const bool add = edits == 0 || (edits < kMaxEdits && below(2) == 0);
  if (add && size + kEditSize > max_size) return LLVMFuzzerMutate(data, size, max_size);
  if (add) {
    std::copy_backward(data + 1, data + size, data + size + kEditSize);
    size += kEditSize;
    ++edits;
  }
  write_edit(edit_at(add ? 0 : below(edits)), (large ? large_victim() : small_victim()).make_edit(random));
  data[0] = static_cast<uint8_t>(edits | (large ? kLargeImage : 0));
  return size;
}
