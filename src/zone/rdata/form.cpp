// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/form.hpp"

#include <optional>

#include "ptrd/wire/name.hpp"
#include "zone/rdata/fields.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Cursor;

namespace {

/// The octets of a field, if all data of its kind have as many.
constexpr std::optional<size_t> fixed_size(Field field) {
  switch (field) {
    case Field::u8:
      return 1;
    case Field::u16:
    case Field::type:
      return 2;
    case Field::u32:
    case Field::time:
    case Field::ipv4:
      return 4;
    case Field::eui48:
      return 6;
    case Field::eui64:
    case Field::locator64:
      return 8;
    case Field::ipv6:
    case Field::location:
      return 16;
    default:
      return std::nullopt;
  }
}

bool skip_strings(Cursor& in) {
  if (in.left() == 0) return false;  // one is required
  while (in.ok() && in.left() > 0) in.take(in.u8());
  return in.ok();
}

}  // namespace

bool rdata_has_form(uint16_t type, Bytes rdata) {
  const auto fields = rdata_fields(type);
  Cursor in(rdata);
  for (const Field field : fields) {
    if (const auto size = fixed_size(field)) {
      in.take(*size);
    } else if (field == Field::name) {
      const auto name = wire::plain_name_size(rdata, in.position());
      if (!name) return false;
      in.take(*name);
    } else if (field == Field::strings) {
      return skip_strings(in);
    } else if (field == Field::string || field == Field::tag || field == Field::salt ||
               field == Field::hash) {
      in.take(in.u8());
    } else {
      return in.ok();
    }
    if (!in.ok()) return false;
  }
  return fields.empty() || in.left() == 0;
}

}  // namespace ptrd::zone
