// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <cairo.h>
#include <fmt/core.h>

#include <new>

#include "map/canvas.hpp"

namespace ptrd::map {

namespace {

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};

class PngCanvas final : public Canvas {
 public:
  PngCanvas(unsigned width, unsigned height)
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                            static_cast<int>(height))),
        context_(cairo_create(surface_.get())) {
    if (cairo_status(context_.get()) != CAIRO_STATUS_SUCCESS) throw std::bad_alloc();
    cairo_set_source_rgb(context_.get(), 1, 1, 1);
    cairo_paint(context_.get());
    cairo_select_font_face(context_.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  }

  void fill(const Box& box, Colour colour) override {
    // Whole pixels: adjacent cells must not blend at their edges.
    cairo_set_antialias(context_.get(), CAIRO_ANTIALIAS_NONE);
    use(colour);
    cairo_rectangle(context_.get(), box.x, box.y, box.width, box.height);
    cairo_fill(context_.get());
    cairo_set_antialias(context_.get(), CAIRO_ANTIALIAS_DEFAULT);
  }

  void outline(const Box& box, Colour colour, double width) override {
    use(colour);
    cairo_set_line_width(context_.get(), width);
    cairo_rectangle(context_.get(), box.x + width / 2, box.y + width / 2, box.width - width,
                    box.height - width);
    cairo_stroke(context_.get());
  }

  void text(double x, double y, std::string_view text, double size, Colour colour, Align align,
            bool halo) override {
    const std::string copy(text);
    cairo_set_font_size(context_.get(), size);
    cairo_text_extents_t extents;
    cairo_text_extents(context_.get(), copy.c_str(), &extents);
    if (align == Align::middle) x -= extents.x_advance / 2;
    if (align == Align::right) x -= extents.x_advance;
    cairo_move_to(context_.get(), x, y);
    cairo_text_path(context_.get(), copy.c_str());
    if (halo) {
      cairo_set_source_rgba(context_.get(), 1, 1, 1, 0.85);
      cairo_set_line_width(context_.get(), size / 4);
      cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
      cairo_stroke_preserve(context_.get());
    }
    use(colour);
    cairo_fill(context_.get());
  }

  tl::expected<void, std::string> write(const std::string& path) override {
    const cairo_status_t status = cairo_surface_write_to_png(surface_.get(), path.c_str());
    if (status == CAIRO_STATUS_SUCCESS) return {};
    return tl::unexpected(fmt::format("{}: {}", path, cairo_status_to_string(status)));
  }

 private:
  void use(Colour colour) {
    cairo_set_source_rgb(context_.get(), colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
  }

  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> context_;
};

}  // namespace

std::unique_ptr<Canvas> make_png(unsigned width, unsigned height) {
  return std::make_unique<PngCanvas>(width, height);
}

}  // namespace ptrd::map
