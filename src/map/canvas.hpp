// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ptrd::map {

struct Colour {
  unsigned char red = 0, green = 0, blue = 0;
  bool operator==(const Colour&) const = default;
};
/// In pixels, from the upper left.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};
enum class Align : unsigned char { left, middle, right };

/// A drawing surface.
class Canvas {
 public:
  virtual ~Canvas() = default;
  virtual void fill(const Box& box, Colour colour) = 0;
  virtual void outline(const Box& box, Colour colour, double width) = 0;
  /// `y` is the baseline; `size` in pixels. A white `halo` separates the text from the background.
  virtual void text(double x, double y, std::string_view text, double size, Colour colour, Align align,
                    bool halo) = 0;
  /// Writes the picture. Error: `path: why`.
  [[nodiscard]] virtual tl::expected<void, std::string> write(const std::string& path) = 0;
};

/// Pixels, with cairo.
[[nodiscard]] std::unique_ptr<Canvas> make_png(unsigned width, unsigned height);
/// SVG shapes, with text as text.
[[nodiscard]] std::unique_ptr<Canvas> make_svg(unsigned width, unsigned height);

}  // namespace ptrd::map
