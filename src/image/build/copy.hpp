// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Adds a zone of a verified image to `builder`: its records and declared ranges, the same as compiling its
/// dump. Records below a deeper zone of that image are not in the image, so not copied. Returns its number.
/// Error: a duplicate zone, or a range that the builder rejects; then the image is without it.
[[nodiscard]] tl::expected<ZoneId, std::string> copy_zone(const View& view, const Zone& zone,
                                                          Builder& builder);

}  // namespace ptrd::image
