// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// A record set of the image with its owner. `records` are in wire form, each with the owner 0xC00C; valid
/// during the call.
struct OwnedSet {
  const wire::Name& owner;
  uint16_t type;
  wire::Bytes records;
};

/// Calls `visit` for every record set of a zone, its SOA first and a name before those below it.
void traverse(const View& view, const Zone& zone, const std::function<void(const OwnedSet&)>& visit);

}  // namespace ptrd::image
