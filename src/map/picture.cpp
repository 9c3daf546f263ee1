// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "map/picture.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "map/canvas.hpp"
#include "map/hilbert.hpp"
#include "ptrd/wire/plural.hpp"

namespace ptrd::map {

namespace {

constexpr double kLeft = 24;
constexpr double kTop = 60;
constexpr double kLegendWidth = 270;
constexpr unsigned kSide = 1024;  // of the map; larger if it has more cells
constexpr Colour kInk{0x22, 0x22, 0x22};
constexpr Colour kFaint{0x9a, 0x9a, 0x9a};
constexpr Colour kOutside{0xff, 0xff, 0xff};
constexpr Colour kEmpty{0xdd, 0xdd, 0xdd};
constexpr Colour kDelegated{0xf2, 0xb1, 0x34};
/// Names by the share of a cell that has one: up to 1, 10, 50, 90 %, and more. Also distinguishable in grey.
constexpr std::array<double, 4> kSteps = {0.01, 0.1, 0.5, 0.9};
constexpr std::array<const char*, 5> kStepNames = {"up to 1 %", "up to 10 %", "up to 50 %", "up to 90 %",
                                                   "more"};
constexpr std::array<Colour, 5> kUnique = {
    {{0xc6, 0xdb, 0xef}, {0x9e, 0xca, 0xe1}, {0x5a, 0xa2, 0xd0}, {0x2a, 0x70, 0xb4}, {0x08, 0x3d, 0x7f}}};
constexpr std::array<Colour, 5> kTemplate = {
    {{0xc9, 0xe8, 0xc2}, {0xa1, 0xd4, 0x9a}, {0x62, 0xb5, 0x66}, {0x2c, 0x8c, 0x48}, {0x05, 0x5a, 0x2a}}};

Colour colour_of(const Survey::Cell& cell, uint64_t size) {
  const uint64_t names = uint64_t{cell.named} + cell.from_template;
  if (names == 0) {
    // The larger part; a cell that is partly served or delegated is not shown as empty.
    if (cell.delegated > cell.in_zone) return kDelegated;
    return cell.in_zone > 0 ? kEmpty : kOutside;
  }
  const double share = static_cast<double>(names) / static_cast<double>(size);
  const auto step =
      static_cast<size_t>(std::lower_bound(kSteps.begin(), kSteps.end(), share) - kSteps.begin());
  return cell.named >= cell.from_template ? kUnique[step] : kTemplate[step];
}

/// Draws one survey.
class Picture {
 public:
  Picture(const Survey& survey, const std::string& title)
      : survey_(survey),
        title_(title),
        // An area of odd length is half of a square: the curve runs through the whole square, and half is
        // drawn.
        start_(survey.area().length / 2 * 2),
        order_((survey.detail() - start_ + 1) / 2),
        curve_bits_(2 * order_),
        pixels_(std::max(1U, kSide >> order_)) {
    area_ = box_of(survey.area());
  }

  [[nodiscard]] unsigned width() const { return static_cast<unsigned>(kLeft + area_.width + kLegendWidth); }
  [[nodiscard]] unsigned height() const {
    return static_cast<unsigned>(kTop + std::max(area_.height, 620.0) + 24);
  }

  void draw(Canvas& canvas) {
    canvas.text(kLeft, 28, title_, 18, kInk, Align::left, false);
    canvas.text(kLeft, 48,
                fmt::format("{} as a Hilbert curve; each cell is a /{} ({})", survey_.area().to_text(),
                            survey_.detail(), wire::plural(survey_.cell_size(), "address")),
                13, kInk, Align::left, false);
    draw_cells(canvas, survey_.area());
    draw_grid(canvas);
    draw_blocks(canvas);
    canvas.outline(box_of(survey_.area()), kInk, 1.5);
    draw_legend(canvas);
  }

 private:
  /// The position of a prefix of the area. Its cells fill a box, since the curve visits quadrant by quadrant;
  /// for a prefix of odd length (in cells), two opposite corners determine it.
  [[nodiscard]] Box raw_box_of(const Prefix& prefix) const {
    const unsigned end = start_ + curve_bits_;  // length of a prefix that is one pixel of the curve
    const unsigned length = std::min(prefix.length, end);
    const unsigned below = end - length;
    const uint64_t first = bits_of(prefix.address) >> below << below;
    const unsigned even = below / 2 * 2;
    const uint64_t squares = uint64_t{1} << (below - even);
    double left = 1e9, top = 1e9, right = 0, bottom = 0;
    for (uint64_t i = 0; i < squares; ++i) {
      const unsigned level = (curve_bits_ - even) / 2;
      const Point at = square(level, (first >> even) + i);
      const double side = static_cast<double>(uint64_t{1} << (even / 2)) * pixels_;
      left = std::min(left, at.x * side);
      top = std::min(top, at.y * side);
      right = std::max(right, (at.x + 1) * side);
      bottom = std::max(bottom, (at.y + 1) * side);
    }
    return {left, top, right - left, bottom - top};
  }
  /// Square `index` of those that the curve visits at 2^level squares a side.
  [[nodiscard]] Point square(unsigned level, uint64_t index) const {
    const unsigned drop = order_ - level;
    const Point at = hilbert_point(order_, index << (2 * drop));
    return {at.x >> drop, at.y >> drop};
  }
  [[nodiscard]] uint64_t bits_of(uint32_t address) const {
    const unsigned end = start_ + curve_bits_;
    const uint64_t rest = start_ == 0 ? address : address & ((uint64_t{1} << (32 - start_)) - 1);
    return end >= 32 ? rest << (end - 32) : rest >> (32 - end);
  }
  [[nodiscard]] Box box_of(const Prefix& prefix) const {
    const Box raw = raw_box_of(prefix);
    const Box whole = raw_box_of(survey_.area());
    return {kLeft + raw.x - whole.x, kTop + raw.y - whole.y, raw.width, raw.height};
  }

  /// Fills the cells of a prefix: at once if they have the same colour.
  void draw_cells(Canvas& canvas, const Prefix& prefix) {
    const size_t first = (prefix.address - survey_.area().address) >> (32 - survey_.detail());
    const size_t count = size_t{1} << (survey_.detail() - prefix.length);
    const Colour colour = colour_of(survey_.cell(first), survey_.cell_size());
    bool same = true;
    for (size_t i = first + 1; same && i < first + count; ++i) {
      same = colour_of(survey_.cell(i), survey_.cell_size()) == colour;
    }
    if (same) {
      if (!(colour == kOutside)) canvas.fill(box_of(prefix), colour);
      return;
    }
    const unsigned length = prefix.length + 1;
    draw_cells(canvas, {prefix.address, length});
    draw_cells(canvas, {prefix.address | 1U << (32 - length), length});
  }

  /// The blocks 8 bits below the area (or 4, or 2, if that is too fine), outlined and labelled.
  void draw_grid(Canvas& canvas) {
    const unsigned step = survey_.detail() >= start_ + 12 ? 8 : survey_.detail() >= start_ + 8 ? 4 : 2;
    const unsigned length = start_ + step;
    if (length <= survey_.area().length || length >= survey_.detail()) return;
    const uint32_t blocks = 1U << (length - survey_.area().length);
    for (uint32_t i = 0; i < blocks; ++i) {
      const Prefix block{survey_.area().address + (i << (32 - length)), length};
      const Box box = box_of(block);
      canvas.outline(box, kFaint, 0.5);
      canvas.text(box.x + 3, box.y + 12, label_of(block), 10, kInk, Align::left, true);
    }
  }
  /// The octet in which neighbouring blocks differ.
  static std::string label_of(const Prefix& block) {
    const unsigned octet = (block.length + 7) / 8;
    const uint32_t value = block.address >> (32 - 8 * octet) & 255;
    return fmt::format("{}{}", octet == 1 ? "" : ".", value);
  }

  /// Zones and delegations that are large enough to be visible.
  void draw_blocks(Canvas& canvas) {
    for (const Claim& claim : survey_.blocks()) {
      if (!survey_.area().contains(claim.prefix) || claim.prefix == survey_.area()) continue;
      const Box box = box_of(claim.prefix);
      if (std::min(box.width, box.height) < 16) continue;
      canvas.outline(box, kInk, 1.5);
      const std::string label = claim.prefix.to_text();
      const double room = box.width - 6;
      const double size = std::min(14.0, room / (0.62 * static_cast<double>(label.size())));
      if (size < 8) continue;  // too small to read
      canvas.text(box.x + box.width / 2, box.y + box.height / 2 + size / 3, label, size, kInk, Align::middle,
                  true);
    }
  }

  void entry(Canvas& canvas, double& y, Colour colour, std::string_view text) const {
    const double x = kLeft + area_.width + 24;
    canvas.fill({x, y, 16, 16}, colour);
    canvas.outline({x, y, 16, 16}, kFaint, 1);
    canvas.text(x + 24, y + 13, text, 12, kInk, Align::left, false);
    y += 22;
  }
  void heading(Canvas& canvas, double& y, std::string_view text) const {
    canvas.text(kLeft + area_.width + 24, y + 12, text, 13, kInk, Align::left, false);
    y += 20;
  }
  void count(Canvas& canvas, double& y, Kind kind) const {
    const double x = kLeft + area_.width + 24;
    canvas.text(x, y + 12, kKindNames[static_cast<size_t>(kind)], 12, kInk, Align::left, false);
    canvas.text(x + 226, y + 12, fmt::format("{}", survey_.total(kind)), 12, kInk, Align::right, false);
    y += 18;
  }
  void draw_legend(Canvas& canvas) const {
    double y = kTop;
    heading(canvas, y, "Individual names, by share");
    for (size_t i = 0; i < kUnique.size(); ++i) entry(canvas, y, kUnique[i], kStepNames[i]);
    y += 10;
    heading(canvas, y, "Names from templates, by share");
    for (size_t i = 0; i < kTemplate.size(); ++i) entry(canvas, y, kTemplate[i], kStepNames[i]);
    y += 10;
    heading(canvas, y, "Without names");
    entry(canvas, y, kDelegated, "delegated");
    entry(canvas, y, kEmpty, "in a zone");
    entry(canvas, y, kOutside, "not in a zone");
    y += 10;
    heading(canvas, y, "Addresses");
    for (size_t i = kKindNames.size(); i-- > 0;) count(canvas, y, static_cast<Kind>(i));
  }

  const Survey& survey_;
  const std::string& title_;
  unsigned start_;       // length of the square prefix that contains the area
  unsigned order_;       // of the curve
  unsigned curve_bits_;  // 2 order_: a cell of odd length is two positions of the curve
  unsigned pixels_;      // side of a position
  Box area_;
};

}  // namespace

tl::expected<void, std::string> draw(const Survey& survey, const std::string& title,
                                     const std::string& path) {
  Picture picture(survey, title);
  std::unique_ptr<Canvas> canvas;
  if (path.ends_with(".png")) canvas = make_png(picture.width(), picture.height());
  if (path.ends_with(".svg")) canvas = make_svg(picture.width(), picture.height());
  if (!canvas) return tl::unexpected(path + ": unsupported file type; use .png or .svg");
  picture.draw(*canvas);
  return canvas->write(path);
}

}  // namespace ptrd::map
