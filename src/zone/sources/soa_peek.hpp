// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

/// What the start of a file says about its zone.
struct SoaPeek {
  enum class Owner {
    none,      // there is no SOA record
    relative,  // the owner depends on the initial $ORIGIN
    absolute,  // `apex`
  };
  Owner owner = Owner::none;
  wire::Name apex;
};

/// Looks for an SOA record in the first 64 KiB of a regular file; errors in the text are ignored. A pipe can
/// be read only once: its owner counts as relative. `include_paths` as in ReadOptions.
[[nodiscard]] SoaPeek peek_at_soa(const std::string& file, const std::vector<std::string>& include_paths);

}  // namespace ptrd::zone
