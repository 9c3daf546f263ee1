// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/time_text.hpp"

#include <array>
#include <ctime>

namespace ptrd::wire {

std::string time_text(int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  std::array<char, 32> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &parts));
  return {text.data(), size};
}

}  // namespace ptrd::wire
