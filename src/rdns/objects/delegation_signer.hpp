// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rdns/objects/domain_name.hpp"

namespace ptrd::rdns {

/// The value of `ds-rdata:`: a DS record's data (RFC 4034 5.1).
struct DelegationSigner {
  uint16_t key_tag = 0;
  uint8_t algorithm = 0;
  uint8_t digest_type = 0;
  std::string digest;  // hexadecimal, upper case

  bool operator==(const DelegationSigner&) const = default;
};

/// Parses `key-tag algorithm digest-type digest`; the digest may be in several words and in parentheses (RFC
/// 4034 5.3). Its length must match its type, if the type is known.
[[nodiscard]] tl::expected<DelegationSigner, Fault> delegation_signer(std::string_view value);

/// What is obsolete about it (RFC 8624 3.1, 3.3); empty if nothing is.
[[nodiscard]] std::string weakness_of(const DelegationSigner& ds);

/// In the form of a DS record's data and of `ds-rdata:`.
[[nodiscard]] std::string to_text(const DelegationSigner& ds);

}  // namespace ptrd::rdns
