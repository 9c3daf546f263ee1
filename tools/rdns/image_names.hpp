// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <vector>

#include "answer/ask/address_names.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::cli {

/// The names of addresses in an image: what ptrd would answer from it.
class ImageNames {
 public:
  /// `view` must outlive it.
  explicit ImageNames(const image::View& view) : view_(view), names_(view) {}

  using Visit = std::function<void(const wire::AddressKey&, const std::vector<wire::Name>&)>;
  /// Every address that owns a PTR record, or an alias instead (RFC 2317), zone by zone.
  void for_each(const Visit& visit);
  /// Targets of an address's PTR records.
  [[nodiscard]] std::vector<wire::Name> targets_of(const wire::AddressKey& address);

 private:
  image::View view_;
  answer::AddressNames names_;
};

}  // namespace ptrd::cli
