// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ptrd/image/format.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// There is no room for a change.
struct NoRoom : std::runtime_error {
  NoRoom() : std::runtime_error("there is no room for it in memory") {}
};

/// How much may be added to an image in memory, in lines.
struct Room {
  uint32_t lines = 0;
  uint32_t tails = 0;
};

/// The lines of an image that is changed in memory, with room for more behind them. Every line that changes
/// is noted: so a change can be undone, and all that a batch of them changed can be copied. What is free is
/// noted in the lines themselves, in lists by size, so that this is undone and copied alike.
///
/// Laid out as the image, then eight lines of lists, the room, the tails (to which their numbers are
/// relative) with room for more, and an empty line. The place of the image's own tails is free.
class Lines {
 public:
  /// Lines that are needed in all.
  [[nodiscard]] static size_t needed(const View& image, const Room& room);
  /// Lays `image` out in `memory`, which is zero and has as many lines as `needed`.
  static void lay_out(const View& image, const Room& room, std::span<Line> memory);
  /// Of laid out lines; `lists`: the first line behind the image's own, see `lay_out`.
  Lines(std::span<Line> memory, uint32_t lists);

  [[nodiscard]] const View& view() const { return view_; }
  /// Goes on with the same lines in other memory. Not in a change.
  void use(std::span<Line> memory) {
    memory_ = memory;
    view_ = View(memory);
  }

  /// A line that is about to be changed.
  template <typename T>
  T& edit(uint32_t line) {
    static_assert(sizeof(T) <= kLineSize);
    touch(line);
    return *reinterpret_cast<T*>(memory_[line].bytes);
  }
  Header& edit_header() { return *reinterpret_cast<Header*>(edit_lines(0, kHeaderLines)); }
  /// A line of a table.
  Ref* edit_refs(uint32_t line) { return reinterpret_cast<Ref*>(edit_lines(line, 1)); }
  /// The bytes of several, from the first on.
  uint8_t* edit_lines(uint32_t line, size_t count);

  /// Consecutive lines, which are zero, in a change. Throws NoRoom.
  [[nodiscard]] uint32_t take_lines(size_t count);
  void free_lines(uint32_t line, size_t count) {
    free_units(uint64_t{line} * kUnitsPerLine, count * kUnitsPerLine);
  }
  /// Units for so many bytes, which are copied there. Within a line if they fit, or else whole lines of the
  /// room, so that what is freed there can be taken again for the same size. Throws NoRoom.
  [[nodiscard]] uint32_t put(wire::Bytes bytes);
  void free_bytes(uint32_t unit, size_t bytes);

  /// The number of a new tail of one or more lines. Empty: there is no room for one.
  [[nodiscard]] std::optional<uint32_t> put_tail(wire::Bytes bytes);

  /// Ends a change: it is kept, or everything is as it was before it.
  void keep();
  void undo();
  /// The lines that were changed since `forget_changed`, each once.
  [[nodiscard]] std::span<const uint32_t> changed() const { return changed_; }
  void forget_changed();

  /// Lines that have never been used, and those that were freed.
  [[nodiscard]] uint64_t spare_lines() const;

 private:
  static constexpr size_t kLineRuns = 17;  // lists of runs of 1 to 17 lines: of a table with its Node
  /// Longer runs are for what `put` stores: four lengths for each power of two, so that what is freed there
  /// can be taken again for almost the same size.
  static constexpr size_t kLargeRuns = 64;
  struct LargeRun {
    size_t list;
    size_t lines;  // at least as many as are needed
  };
  [[nodiscard]] static LargeRun large_run(size_t lines);
  /// Heads of lists of free units, linked by the first four bytes of each; 0: the end.
  struct Lists {
    uint32_t next;       // the first line that was never used
    uint32_t end;        // of the room
    uint32_t tails_end;  // the line behind the room for tails
    uint32_t spare_units;
    uint32_t units[kUnitsPerLine - 1];
    uint32_t lines[kLineRuns];   // in the room
    uint32_t within[kLineRuns];  // in the image itself
    uint32_t large[kLargeRuns];  // of longer runs in the room
  };
  static constexpr uint32_t kListLines = 8;
  static_assert(sizeof(Lists) <= kListLines * kLineSize);

  [[nodiscard]] Lists& lists() { return *reinterpret_cast<Lists*>(edit_lines(lists_, kListLines)); }
  [[nodiscard]] uint32_t& head(uint64_t unit, size_t units);
  void touch(uint32_t line);
  [[nodiscard]] uint32_t take_units(size_t units);
  [[nodiscard]] uint32_t take_run(size_t lines, bool only_room);
  [[nodiscard]] uint32_t pop(uint32_t& list, size_t units);
  void push(uint64_t unit, size_t units);
  void link(uint32_t& list, uint32_t first, size_t units);
  void free_units(uint64_t unit, size_t units);
  [[nodiscard]] uint32_t take_unused(size_t lines);
  [[nodiscard]] uint32_t take_large(size_t lines);
  void free_large(uint32_t line, size_t lines);

  std::span<Line> memory_;
  View view_;
  uint32_t lists_;
  struct Before {
    uint32_t line;
    Line bytes;
  };
  std::vector<Before> before_;  // of the lines that the change has touched
  std::vector<uint32_t> changed_;
  std::vector<bool> in_change_;
  std::vector<bool> in_changed_;
};

}  // namespace ptrd::image
