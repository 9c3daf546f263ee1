// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ptrd::swap {

/// Why an image was not taken into service.
enum class Refusal : uint8_t {
  unreadable,   // the file cannot be opened
  bad_image,    // what is there is no sound image
  older,        // a zone's serial would go backwards
  follower,     // a table that has to follow, the kernel program's, could not
  none_before,  // a rollback, and there is nothing to go back to
  busy,         // another swap was under way
};
inline constexpr size_t kRefusals = 6;

/// As in metrics and in responses of the control socket.
[[nodiscard]] constexpr const char* refusal_name(Refusal reason) {
  constexpr std::array<const char*, kRefusals> kNames = {"unreadable", "bad_image",   "older",
                                                         "kernel",     "none_before", "busy"};
  return kNames[static_cast<size_t>(reason)];
}

/// A swap that did not happen.
struct Refused {
  Refusal reason = Refusal::bad_image;
  std::string what;  // one line: what is wrong, where, how to mend it
};

}  // namespace ptrd::swap
