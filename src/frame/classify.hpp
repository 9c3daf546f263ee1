// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/frame/frame.hpp"

namespace ptrd::frame {

/// The result of `inbound`, computed rule by rule in the documented order: the reference that its fast path
/// must agree with, and the verdict for frames that are not plain queries.
[[nodiscard]] Verdict classify(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout);

/// Which kind of wrong UDP checksum a frame has; its addresses and its UDP header are at these offsets.
[[nodiscard]] Verdict wrong_udp_checksum(wire::Bytes frame, size_t addresses, size_t udp);

}  // namespace ptrd::frame
