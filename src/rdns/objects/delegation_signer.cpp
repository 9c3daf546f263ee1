// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/delegation_signer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace ptrd::rdns {
namespace {

constexpr std::string_view kSpaces = " \t";

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kSpaces));
  text.remove_prefix(word.size());
  return word;
}

std::optional<uint16_t> number_of(std::string_view text, uint16_t max) {
  uint16_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

/// Octets of a digest by its type, 0 if the type is not assigned (IANA, "Digest Algorithms").
size_t digest_size(uint8_t type) {
  constexpr std::array<size_t, 7> kSizes = {0,  20, 32, 32,
                                            48, 32, 32};  // -, SHA-1, SHA-256, GOST, SHA-384, GOST12, SM3
  return type < kSizes.size() ? kSizes[type] : 0;
}

/// The digest without blanks and parentheses, in upper case; empty if it contains anything else.
std::optional<std::string> digest_of(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpaces);
  const size_t last = text.find_last_not_of(kSpaces);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, last - first + 1);
  if (text.front() == '(' || text.back() == ')') {
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
    text = text.substr(1, text.size() - 2);
  }
  std::string digest;
  for (const char c : text) {
    if (kSpaces.find(c) != std::string_view::npos) continue;
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!letter && (c < '0' || c > '9')) return std::nullopt;
    digest += letter ? static_cast<char>(c & ~0x20) : c;
  }
  if (digest.empty()) return std::nullopt;
  return digest;
}

}  // namespace

tl::expected<DelegationSigner, Fault> delegation_signer(std::string_view value) {
  std::string_view rest = value;
  const auto key_tag = number_of(next_word(rest), UINT16_MAX);
  const auto algorithm = number_of(next_word(rest), UINT8_MAX);
  const auto type = number_of(next_word(rest), UINT8_MAX);
  const auto digest = digest_of(rest);
  if (!key_tag || !algorithm || !type || !digest)
    return broken(Rule::ds_syntax,
                  fmt::format("'{}': key tag (0 to 65535), algorithm and digest type (0 to 255) and "
                              "a hexadecimal digest are needed",
                              printable(value, 60)));
  DelegationSigner ds{*key_tag, static_cast<uint8_t>(*algorithm), static_cast<uint8_t>(*type), *digest};
  if (ds.algorithm == 0 || ds.digest_type == 0)
    return broken(Rule::ds_syntax, ds.algorithm == 0
                                       ? "algorithm 0 is reserved: a DS of it never matches a key"
                                       : "digest type 0 is reserved");
  const size_t size = digest_size(ds.digest_type);
  if (size == 0 ? ds.digest.size() % 2 != 0 : ds.digest.size() != 2 * size)
    return broken(Rule::ds_digest, size == 0
                                       ? fmt::format("{} hexadecimal digits, an odd number", ds.digest.size())
                                       : fmt::format("{} hexadecimal digits; a digest of type {} has {}",
                                                     ds.digest.size(), ds.digest_type, 2 * size));
  return ds;
}

std::string weakness_of(const DelegationSigner& ds) {
  if (digest_size(ds.digest_type) == 0) return fmt::format("digest type {} is not assigned", ds.digest_type);
  if (ds.digest_type == 1) return "digest type 1 (SHA-1) must no longer be used; use 2 (SHA-256)";
  if (ds.digest_type == 3) return "digest type 3 (GOST) must no longer be used; use 2 (SHA-256)";
  constexpr std::array<uint8_t, 6> kOld = {1, 3, 5, 6, 7, 12};
  if (std::find(kOld.begin(), kOld.end(), ds.algorithm) != kOld.end())
    return fmt::format("algorithm {} is obsolete; use 13 (ECDSAP256SHA256)", ds.algorithm);
  return {};
}

std::string to_text(const DelegationSigner& ds) {
  return fmt::format("{} {} {} {}", ds.key_tag, ds.algorithm, ds.digest_type, ds.digest);
}

}  // namespace ptrd::rdns
