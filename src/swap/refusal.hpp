// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "swap/losses.hpp"

namespace ptrd::swap {

/// Why an image was not put in service.
enum class Refusal : uint8_t {
  unreadable,   // the file cannot be opened
  bad_image,    // the file is not a valid image
  bad_policy,   // the policy, or a file that it names, has an error
  older,        // a zone's serial would go backwards
  lost,         // more zones or records would be lost than the limits allow
  follower,     // a table that has to follow, that of the kernel program, could not be updated
  none_before,  // a rollback without a previous image
  busy,         // another swap was in progress
};
inline constexpr size_t kRefusals = 8;

/// As in metrics and in responses of the control socket.
[[nodiscard]] constexpr const char* refusal_name(Refusal reason) {
  constexpr std::array<const char*, kRefusals> kNames = {"unreadable", "bad_image", "bad_policy",  "older",
                                                         "lost",       "kernel",    "none_before", "busy"};
  return kNames[static_cast<size_t>(reason)];
}

/// A swap that did not take place.
struct Refused {
  Refusal reason = Refusal::bad_image;
  std::string what;  // one line: what is wrong, where, how to fix it
  Losses losses{};   // if the image was compared with the one in service
};

}  // namespace ptrd::swap
