// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone lookup: prints the answer to a query, as dig does.
#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "subcommands.hpp"
#include "zone/text.hpp"

namespace ptrd::tools {

namespace {

/// A query message like a client's; `buffer` receives the reply.
std::optional<std::vector<uint8_t>> ask(const image::View& view, const wire::Name& name, uint16_t type,
                                        bool dnssec) {
  std::vector<uint8_t> buffer(65535 + 64);
  size_t size = wire::kHeaderSize;
  wire::HeaderView(buffer.data()).set_counts(1, 0, 0, dnssec ? 1 : 0);
  std::copy(name.bytes().begin(), name.bytes().end(), buffer.begin() + static_cast<ptrdiff_t>(size));
  size += name.size();
  wire::store16(&buffer[size], type);
  wire::store16(&buffer[size + 2], static_cast<uint16_t>(wire::Class::in));
  size += 4;
  if (dnssec) {  // an OPT with the DO bit (RFC 6891 6.1.3)
    wire::store16(&buffer[size + 1], static_cast<uint16_t>(wire::Type::opt));
    wire::store16(&buffer[size + 3], wire::kUdpPayload);
    wire::store16(&buffer[size + 7], 0x8000);
    size += wire::kOptSize;
  }
  const answer::Reply reply = answer::Engine(view).respond(buffer, size, answer::Transport::tcp);
  if (reply.size == 0) return std::nullopt;
  buffer.resize(reply.size);
  return buffer;
}

/// Prints the answer for one name or address.
int lookup_one(const image::View& view, const std::string& what, uint16_t type, bool dnssec) {
  const auto key = wire::key_of_address(what);
  // A prefix is a name as well, of a zone that nobody has.
  if (const size_t slash = what.find('/');
      slash != std::string::npos && wire::key_of_address(what.substr(0, slash)))
    return fail(fmt::format("'{}' is a prefix; look up an address, or the name of its zone", what), kUsage);
  const auto name = key ? wire::name_of_key(*key) : wire::Name::from_text(what);
  if (!name)
    return fail(fmt::format("'{}' is neither an address nor a name: {}", what, name.error()), kUsage);
  const auto reply = ask(view, *name, type, dnssec);
  if (!reply) return fail("no reply");
  fmt::print("{}", zone::message_to_text(*reply));
  return kDone;
}

}  // namespace

int run(const LookupOptions& options) {
  const auto type = wire::type_from_text(options.type);
  if (!type)
    return fail(fmt::format("'{}' is not a record type; use PTR, TXT, TYPE65280 ...", options.type), kUsage);
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  if (options.what != "-") return lookup_one(image->view(), options.what, *type, options.dnssec);
  int status = kDone;
  for (std::string line; std::getline(std::cin, line);) {
    status = std::max(status, lookup_one(image->view(), line, *type, options.dnssec));
    fmt::print("\n");
  }
  return status;
}

}  // namespace ptrd::tools
