// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// A PTR record of an address.
struct AddressName {
  uint32_t ttl = 0;  // seconds
  wire::Name target;
};

/// The names of addresses in an image as ptrd answers them over TCP: aliases are followed within it (RFC
/// 2317), as many as one answer has (12), and wildcards apply. For one thread at a time.
class AddressNames {
 public:
  /// The lines of `view` must outlive it.
  explicit AddressNames(const image::View& view) : engine_(view) {}

  /// named: there are PTR records. elsewhere: there is an alias that leads below a delegation or out of the
  /// image, so other servers have the names. none: neither; so ends a loop of aliases, too.
  enum class Outcome : uint8_t { named, elsewhere, none };
  struct Found {
    Outcome outcome = Outcome::none;
    std::vector<AddressName> names;  // of `named`
  };
  [[nodiscard]] Found find(const wire::AddressKey& address);

 private:
  Engine engine_;
  std::vector<uint8_t> buffer_;
};

}  // namespace ptrd::answer
