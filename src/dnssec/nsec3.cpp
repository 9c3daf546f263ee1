// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "dnssec/nsec3.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "ptrd/wire/name.hpp"

namespace ptrd::dnssec {

using wire::Bytes;

namespace {

Nsec3Parameters read_parameters(wire::Cursor& cursor) {
  Nsec3Parameters parameters{};
  parameters.algorithm = cursor.u8();
  parameters.flags = cursor.u8();
  parameters.iterations = cursor.u16();
  parameters.salt = cursor.take(cursor.u8());
  return parameters;
}

/// The value of a digit of RFC 4648 7; empty: it is none.
std::optional<uint8_t> digit_value(uint8_t c) {
  c = wire::lower(c);
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'v') return static_cast<uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

bool Nsec3Parameters::same_hash(const Nsec3Parameters& other) const {
  return algorithm == other.algorithm && iterations == other.iterations &&
         std::ranges::equal(salt, other.salt);
}

std::optional<Nsec3Parameters> read_nsec3param(Bytes rdata) {
  wire::Cursor cursor(rdata);
  const Nsec3Parameters parameters = read_parameters(cursor);
  if (!cursor.ok() || cursor.left() != 0) return std::nullopt;
  return parameters;
}

std::optional<Nsec3> read_nsec3(Bytes rdata) {
  wire::Cursor cursor(rdata);
  Nsec3 record{};
  record.parameters = read_parameters(cursor);
  record.next = cursor.take(cursor.u8());
  if (!cursor.ok()) return std::nullopt;
  record.types = cursor.take(cursor.left());
  return record;
}

NameHash hash_name(Bytes name, const Nsec3Parameters& parameters) {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr),
                                                                    EVP_MD_free);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     EVP_MD_CTX_free);
  NameHash hash{};
  Bytes input = name;
  for (uint32_t i = 0; i <= parameters.iterations; ++i) {
    if (EVP_DigestInit_ex2(context.get(), sha1.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), input.data(), input.size()) != 1 ||
        EVP_DigestUpdate(context.get(), parameters.salt.data(), parameters.salt.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) != 1) {
      throw std::bad_alloc();  // there is no other reason
    }
    input = hash;
  }
  return hash;
}

std::optional<NameHash> hash_from_label(Bytes label) {
  constexpr size_t kBitsEach = 5;
  NameHash hash{};
  if (label.size() * kBitsEach != hash.size() * 8) return std::nullopt;
  uint32_t bits = 0;
  size_t count = 0;
  size_t at = 0;
  for (const uint8_t c : label) {
    const auto value = digit_value(c);
    if (!value) return std::nullopt;
    bits = bits << kBitsEach | *value;
    count += kBitsEach;
    if (count >= 8) {
      count -= 8;
      hash[at++] = static_cast<uint8_t>(bits >> count);
    }
  }
  return hash;
}

}  // namespace ptrd::dnssec
