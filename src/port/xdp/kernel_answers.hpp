// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

namespace ptrd::port {

/// When the XDP program answers by itself (enum ptrd_mode in bpf/consts.h).
enum class KernelAnswers : uint8_t {
  off,
  fallback,  // while there is no live socket: ptrd is starting, or dead
  first,     // everything it can; the sockets get the rest
};

}  // namespace ptrd::port
