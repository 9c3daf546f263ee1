// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "dnssec/signature.hpp"

#include <algorithm>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::dnssec {

using wire::Bytes;

namespace {

constexpr uint16_t kRp = 17;
constexpr uint16_t kPx = 26;
constexpr uint16_t kNaptr = 35;

void put16(std::vector<uint8_t>& out, size_t v) {
  out.push_back(static_cast<uint8_t>(v >> 8));
  out.push_back(static_cast<uint8_t>(v));
}
void put32(std::vector<uint8_t>& out, uint32_t v) {
  put16(out, v >> 16);
  put16(out, v & 0xFFFF);
}

/// Lower case is safe for the lengths of labels, which are below the letters.
void put_lowered(std::vector<uint8_t>& out, Bytes name) {
  std::transform(name.begin(), name.end(), std::back_inserter(out), wire::lower);
}

/// The bytes before the names in NAPTR data: numbers and three strings (RFC 3403 4.1).
size_t naptr_name(Bytes rdata) {
  wire::Cursor cursor(rdata);
  cursor.take(4);
  for (int i = 0; i < 3; ++i) cursor.take(cursor.u8());
  return cursor.position();
}

}  // namespace

std::optional<Signature> read_signature(Bytes rdata) {
  wire::Cursor cursor(rdata);
  Signature s{};
  s.type = cursor.u16();
  s.algorithm = cursor.u8();
  s.labels = cursor.u8();
  s.original_ttl = cursor.u32();
  s.expiration = cursor.u32();
  s.inception = cursor.u32();
  s.key_tag = cursor.u16();
  if (!cursor.ok()) return std::nullopt;
  s.fields = rdata.first(cursor.position());
  const auto size = wire::plain_name_size(rdata, cursor.position());
  if (!size) return std::nullopt;
  s.signer = cursor.take(*size);
  if (cursor.left() == 0) return std::nullopt;
  s.signature = cursor.take(cursor.left());
  return s;
}

void append_canonical(uint16_t type, Bytes rdata, std::vector<uint8_t>& out) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  size_t first = rdata.size();  // where the names begin and end
  size_t last = rdata.size();
  if (layout.names > 0) {
    first = layout.before;
    last = rdata.size() - std::min<size_t>(layout.after, rdata.size());
  } else if (type == kRp) {
    first = 0;
  } else if (type == kPx) {
    first = 2;
  } else if (type == kNaptr) {
    first = naptr_name(rdata);
  }
  first = std::min(first, last);
  out.insert(out.end(), rdata.begin(), rdata.begin() + static_cast<ptrdiff_t>(first));
  put_lowered(out, rdata.subspan(first, last - first));
  out.insert(out.end(), rdata.begin() + static_cast<ptrdiff_t>(last), rdata.end());
}

void signed_data(const Signature& signature, Bytes owner, std::span<const Bytes> rdatas,
                 std::vector<uint8_t>& out) {
  out.assign(signature.fields.begin(), signature.fields.end());
  put_lowered(out, signature.signer);

  // RFC 4035 5.3.2: a name below a wildcard was signed as the wildcard.
  std::vector<uint8_t> name;
  const wire::Labels labels(owner);
  Bytes rest = owner;
  if (labels.count > signature.labels) {
    name = {1, '*'};
    rest = owner.subspan(signature.labels == 0 ? owner.size() - 1
                                               : labels.offset[labels.count - signature.labels]);
  }
  put_lowered(name, rest);

  std::vector<std::vector<uint8_t>> canonical;
  canonical.reserve(rdatas.size());
  for (const Bytes rdata : rdatas) append_canonical(signature.type, rdata, canonical.emplace_back());
  std::sort(canonical.begin(), canonical.end());  // RFC 4034 6.3, octet by octet, absent before zero
  canonical.erase(std::unique(canonical.begin(), canonical.end()), canonical.end());
  for (const auto& rdata : canonical) {
    out.insert(out.end(), name.begin(), name.end());
    put16(out, signature.type);
    put16(out, static_cast<uint16_t>(wire::Class::in));
    put32(out, signature.original_ttl);
    put16(out, rdata.size());
    out.insert(out.end(), rdata.begin(), rdata.end());
  }
}

}  // namespace ptrd::dnssec
