// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "ptrd/wire/name.hpp"

// Records that RFCs allow, or that other servers write, in the form that libzscanner 3.2 reads. Only those
// that it refused come here.
namespace ptrd::zone {

/// A record in another form.
struct Rewritten {
  enum class Note {
    none,
    aged,    // with a time stamp of Windows DNS, `[AGE:3652014]`, which is left out
    lookup,  // a rule of Windows DNS, WINS or WINSR, which has no form for others: `text` is empty
  };
  /// As many lines as the record has, the last with its newline. Words are on the lines where they were.
  std::string text;
  Note note = Note::none;
};

/// Why a record cannot be rewritten.
struct RewriteFault {
  std::string text;
  size_t line = 0;  // newlines of the record before the invalid word
};

/// Rewrites one record, from the start of its line to its last newline or the end of the text
/// (`record_size`). `origin` is the one in force.
///
/// - Any printable octet in a name (RFC 1035 5.1), octets above 127 in quotes, quotes inside a word.
/// - Blanks inside base64 and hexadecimal digits, wherever they split them (RFC 4034 2.2, 5.3).
/// - CLASS1 (RFC 3597 5).
/// - Types and SvcParamKeys that libzscanner does not know.
[[nodiscard]] tl::expected<Rewritten, RewriteFault> rewrite_record(std::string_view record,
                                                                   const wire::Name& origin);

}  // namespace ptrd::zone
