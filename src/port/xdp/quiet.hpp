// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

namespace ptrd::port {

/// Silences libbpf and libxdp on stderr; ptrd's own errors are clearer.
inline void silence_bpf_libraries() {
  libbpf_set_print(nullptr);
  libxdp_set_print(nullptr);
}

}  // namespace ptrd::port
