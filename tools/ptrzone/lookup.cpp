// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone lookup: prints the answer to a query, as dig does.
#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "answer/ask/ask.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "subcommands.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

/// Prints the answer for one name or address.
int lookup_one(const answer::Engine& engine, const std::string& what, uint16_t type, bool dnssec) {
  const auto key = wire::key_of_address(what);
  // A prefix is a name as well, of a zone that nobody has.
  if (const size_t slash = what.find('/');
      slash != std::string::npos && wire::key_of_address(what.substr(0, slash)))
    return fail(fmt::format("'{}' is a prefix; look up an address, or the name of its zone", what), kUsage);
  const auto name = key ? wire::name_of_key(*key) : wire::Name::from_text(what);
  if (!name)
    return fail(fmt::format("'{}' is neither an address nor a name: {}", what, name.error()), kUsage);
  std::vector<uint8_t> buffer;
  const wire::Bytes reply = answer::ask(engine, *name, type, dnssec, buffer);
  if (reply.empty()) return fail("no reply");
  fmt::print("{}", zone::message_to_text(reply));
  return kDone;
}

}  // namespace

int run(const LookupOptions& options) {
  const auto type = wire::type_from_text(options.type);
  if (!type)
    return fail(fmt::format("'{}' is not a record type; use PTR, TXT, TYPE65280 ...", options.type), kUsage);
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  const answer::Engine engine(image->view());
  if (options.what != "-") return lookup_one(engine, options.what, *type, options.dnssec);
  int status = kDone;
  for (std::string line; std::getline(std::cin, line);) {
    status = std::max(status, lookup_one(engine, line, *type, options.dnssec));
    fmt::print("\n");
  }
  return status;
}

}  // namespace ptrd::tools
