// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/lines.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ptrd::image {

size_t Lines::needed(const View& image, const Room& room) {
  return image.lines().size() + kListLines + room.lines + image.header().tail_lines + room.tails + 1;
}

void Lines::lay_out(const View& image, const Room& room, std::span<Line> memory) {
  const std::span<const Line> old = image.lines();
  std::copy(old.begin(), old.end(), memory.begin());
  auto& header = *reinterpret_cast<Header*>(memory.data());
  const auto lists = static_cast<uint32_t>(old.size());
  const uint32_t end = lists + kListLines + room.lines;
  const std::span<const Line> tails = old.subspan(header.tails, header.tail_lines);
  std::copy(tails.begin(), tails.end(), memory.begin() + end);
  std::fill(memory.begin() + header.tails, memory.begin() + header.tails + header.tail_lines, Line{});
  const uint32_t free = header.tails;
  header.tails = end;
  header.lines = memory.size();
  auto& state = *reinterpret_cast<Lists*>(&memory[lists]);
  state = {.next = lists + kListLines, .end = end, .tails_end = end + header.tail_lines + room.tails};
  Lines lines(memory, lists);
  lines.free_lines(free, header.tail_lines);
  lines.keep();
}

Lines::Lines(std::span<Line> memory, uint32_t lists)
    : memory_(memory), view_(memory), lists_(lists), in_change_(memory.size()), in_changed_(memory.size()) {}

void Lines::touch(uint32_t line) {
  if (in_change_[line]) return;
  before_.push_back({line, memory_[line]});
  in_change_[line] = true;
}

uint8_t* Lines::edit_lines(uint32_t line, size_t count) {
  for (size_t i = 0; i < count; ++i) touch(static_cast<uint32_t>(line + i));
  return memory_[line].bytes;
}

void Lines::keep() {
  for (const Before& before : before_) {
    in_change_[before.line] = false;
    if (in_changed_[before.line]) continue;
    changed_.push_back(before.line);
    in_changed_[before.line] = true;
  }
  before_.clear();
}

void Lines::undo() {
  for (const Before& before : before_) {
    in_change_[before.line] = false;
    memory_[before.line] = before.bytes;
  }
  before_.clear();
}

void Lines::forget_changed() {
  for (const uint32_t line : changed_) in_changed_[line] = false;
  changed_.clear();
}

uint32_t& Lines::head(uint64_t unit, size_t units) {
  Lists& state = lists();
  if (units < kUnitsPerLine) return state.units[units - 1];
  const size_t run = units / kUnitsPerLine - 1;
  return unit / kUnitsPerLine < lists_ ? state.within[run] : state.lines[run];
}

void Lines::push(uint64_t unit, size_t units) {
  link(head(unit, units), static_cast<uint32_t>(unit), units);
}

void Lines::link(uint32_t& list, uint32_t first, size_t units) {
  uint8_t* const at = edit_lines(first / kUnitsPerLine, 1) + first % kUnitsPerLine * kUnitSize;
  std::memcpy(at, &list, sizeof list);
  list = first;
  lists().spare_units += static_cast<uint32_t>(units);
}

uint32_t Lines::pop(uint32_t& list, size_t units) {
  if (list == 0) return 0;
  const uint32_t unit = list;
  std::memcpy(&list, view_.unit(unit), sizeof list);
  lists().spare_units -= static_cast<uint32_t>(units);
  return unit;
}

/// To the lists of their sizes: what is in the middle of a line, whole lines, and what begins a line.
void Lines::free_units(uint64_t unit, size_t units) {
  const size_t before = std::min<size_t>((kUnitsPerLine - unit % kUnitsPerLine) % kUnitsPerLine, units);
  if (before > 0) push(unit, before);
  unit += before;
  units -= before;
  for (size_t run = 0; units >= kUnitsPerLine; unit += run, units -= run) {
    run = std::min(units / kUnitsPerLine, kLineRuns) * kUnitsPerLine;
    push(unit, run);
  }
  if (units > 0) push(unit, units);
}

Lines::LargeRun Lines::large_run(size_t lines) {
  // From 16 on, in steps of a quarter of the power of two below.
  const auto power = static_cast<size_t>(std::bit_width(lines - 1) - 1);
  const size_t step = size_t{1} << (power - 2);
  const size_t steps = (lines - (size_t{1} << power) + step - 1) / step;
  return {4 * (power - 4) + steps, (size_t{1} << power) + steps * step};
}

uint32_t Lines::take_large(size_t count) {
  const LargeRun run = large_run(count);
  if (run.list >= kLargeRuns) return 0;
  const uint32_t unit = pop(lists().large[run.list], run.lines * kUnitsPerLine);
  return unit != 0 ? unit / uint32_t{kUnitsPerLine} : take_unused(run.lines);
}

void Lines::free_large(uint32_t line, size_t count) {
  const LargeRun run = large_run(count);
  link(lists().large[run.list], line * uint32_t{kUnitsPerLine}, run.lines * kUnitsPerLine);
}

void Lines::free_bytes(uint32_t unit, size_t bytes) {
  size_t units = (bytes + kUnitSize - 1) / kUnitSize;
  const bool by_put = unit / kUnitsPerLine >= lists_;
  const size_t lines = (units + kUnitsPerLine - 1) / kUnitsPerLine;
  if (by_put && lines > kLineRuns) return free_large(unit / uint32_t{kUnitsPerLine}, lines);
  if (by_put && units > kUnitsPerLine) units = (units + kUnitsPerLine - 1) / kUnitsPerLine * kUnitsPerLine;
  free_units(unit, units);
}

uint32_t Lines::take_unused(size_t count) {
  Lists& state = lists();
  if (count > state.end - state.next) return 0;
  const uint32_t line = state.next;
  state.next += static_cast<uint32_t>(count);
  return line;
}

/// Consecutive lines, which may hold anything.
uint32_t Lines::take_run(size_t count, bool only_room) {
  const auto pop_run = [&](size_t lines) {
    const size_t units = lines * kUnitsPerLine;
    const uint32_t unit = only_room ? 0 : pop(lists().within[lines - 1], units);
    return (unit != 0 ? unit : pop(lists().lines[lines - 1], units)) / uint32_t{kUnitsPerLine};
  };
  uint32_t line = count <= kLineRuns ? pop_run(count) : 0;
  if (line == 0) line = take_unused(count);
  for (size_t larger = count + 1; line == 0 && larger <= kLineRuns; ++larger) {
    line = pop_run(larger);
    if (line != 0) free_lines(static_cast<uint32_t>(line + count), larger - count);
  }
  if (line == 0) throw NoRoom();
  return line;
}

uint32_t Lines::take_lines(size_t count) {
  const uint32_t line = take_run(count, false);
  std::memset(edit_lines(line, count), 0, count * kLineSize);
  return line;
}

uint32_t Lines::take_units(size_t units) {
  const size_t lines = (units + kUnitsPerLine - 1) / kUnitsPerLine;
  if (lines > kLineRuns) {
    const uint32_t line = take_large(lines);
    if (line == 0) throw NoRoom();
    return line * uint32_t{kUnitsPerLine};
  }
  if (units > kUnitsPerLine) return take_run(lines, true) * uint32_t{kUnitsPerLine};
  for (size_t size = units; size < kUnitsPerLine; ++size) {
    const uint32_t unit = pop(lists().units[size - 1], size);
    if (unit == 0) continue;
    if (size > units) push(unit + units, size - units);
    return unit;
  }
  const uint32_t unit = take_run(1, false) * kUnitsPerLine;
  if (units < kUnitsPerLine) push(unit + units, kUnitsPerLine - units);
  return unit;
}

uint32_t Lines::put(wire::Bytes bytes) {
  const uint32_t unit = take_units((bytes.size() + kUnitSize - 1) / kUnitSize);
  const size_t in_line = unit % kUnitsPerLine * kUnitSize;
  const size_t lines = (in_line + bytes.size() + kLineSize - 1) / kLineSize;
  std::copy(bytes.begin(), bytes.end(), edit_lines(unit / kUnitsPerLine, lines) + in_line);
  return unit;
}

std::optional<uint32_t> Lines::put_tail(wire::Bytes bytes) {
  const size_t count = (bytes.size() + kLineSize - 1) / kLineSize;
  const uint32_t number = view_.header().tail_lines;
  const uint64_t end = uint64_t{view_.header().tails} + number + count;
  if (number + count > kMaxTail || end > view_.at<Lists>(lists_).tails_end) return std::nullopt;
  edit_header().tail_lines += static_cast<uint32_t>(count);
  std::copy(bytes.begin(), bytes.end(), edit_lines(view_.header().tails + number, count));
  return number;
}

uint64_t Lines::spare_lines() const {
  const auto& state = view_.at<Lists>(lists_);
  return state.end - state.next + state.spare_units / kUnitsPerLine;
}

}  // namespace ptrd::image
