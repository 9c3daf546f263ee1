// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/read/words.hpp"

// Words of zone text as bytes, for what libzscanner 3.2 does not read.
namespace ptrd::zone {

/// Whether zone text has a form for the data of `type` (`rdata_fields`) that libzscanner does not read.
[[nodiscard]] bool is_encoded_here(uint16_t type);

/// The data of a record of such a type. Fault: a sentence fragment that names the invalid word.
[[nodiscard]] tl::expected<std::vector<uint8_t>, std::string> encode_rdata(uint16_t type,
                                                                           std::span<const Word> words,
                                                                           const wire::Name& origin);

/// A name as RFC 1035 5.1 allows it: `@`, absolute, or relative to `origin`, with any printable octet as it
/// is. Fault: a sentence fragment that names the word.
[[nodiscard]] tl::expected<wire::Name, std::string> name_from_word(const Word& word,
                                                                   const wire::Name& origin);

}  // namespace ptrd::zone
