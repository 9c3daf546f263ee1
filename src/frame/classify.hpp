// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/frame/frame.hpp"

namespace ptrd::frame {

/// What `inbound` gives, found rule by rule in the documented order: the reference that its fast case must
/// agree with, and what names the verdict of a frame that is no plain query.
[[nodiscard]] Verdict classify(wire::Bytes frame, Offload verified, const OwnAddresses& own, Layout& layout);

}  // namespace ptrd::frame
