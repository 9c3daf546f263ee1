// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::client {

/// The question, always in class IN.
struct Question {
  wire::Name name;
  wire::Type type = wire::Type::ptr;
  bool operator==(const Question&) const = default;
};

/// The form of the query.
struct QueryStyle {
  bool recursion_desired = false;
  bool edns = true;  // an OPT record that announces wire::kUdpPayload (RFC 6891 6.1.2)
};

/// The query message (RFC 1035 4.1).
[[nodiscard]] std::vector<uint8_t> write_query(const Question& question, uint16_t id, QueryStyle style);

/// An unpredictable message id, from the kernel's random numbers (RFC 5452 9.2).
[[nodiscard]] uint16_t random_id();

}  // namespace ptrd::client
