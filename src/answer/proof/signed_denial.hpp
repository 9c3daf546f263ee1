// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Writes NXDOMAIN for a denied query with DO in a zone that is signed: with signatures, and the proof that
/// neither the address nor a wildcard for it exists (RFC 4035 3.1.3.2, RFC 5155 7.2.2). Returns false, and
/// leaves the reply to the general part, if it may not fit or the proof needs names that are not addresses;
/// then `query.work` has what was done.
[[nodiscard]] bool write_signed_denial(const image::View& view, const Settings& settings,
                                       wire::MutableBytes buffer, Query& query, Reply& reply);

}  // namespace ptrd::answer
