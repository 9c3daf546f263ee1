// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>

#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// A name directly below another one.
struct Child {
  image::Position at;
  wire::Bytes label;  // lower case; in the image or static
};

/// The last name directly below a Node, of those with ordinary labels, whose label is before `bound`; without
/// a bound, the last of all: the line of its Node; 0: none.
[[nodiscard]] uint32_t labelled_before(const image::View& view, const image::Node& parent,
                                       const std::optional<wire::Bytes>& bound);

/// The last name directly below `parent`, in the canonical order of the labels (RFC 4034 6.1), whose label is
/// before `bound`; without a bound, the last of all. Empty: there is none.
///
/// Octets are in the order of their text there ("10" is before "2"), nibbles in that of their values. Looks
/// at most at the 256 entries of one table. Names that a Range makes are left out: a signed zone has none.
/// Adds to `passed` how many of these it has looked at; if it might have to look at more than `most`, it
/// looks at none, adds their number, and what it returns means nothing.
[[nodiscard]] std::optional<Child> child_before(const image::View& view, const image::Position& parent,
                                                const std::optional<wire::Bytes>& bound, unsigned most,
                                                unsigned& passed);

}  // namespace ptrd::answer
