// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "dnssec/key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace ptrd::dnssec {

using wire::Bytes;

namespace {

/// IANA "DNS Security Algorithm Numbers".
enum Algorithm : uint8_t {
  kRsaSha1 = 5,
  kRsaSha1Nsec3 = 7,
  kRsaSha256 = 8,
  kRsaSha512 = 10,
  kEcdsaP256 = 13,
  kEcdsaP384 = 14,
  kEd25519 = 15,
  kEd448 = 16,
};

constexpr std::pair<uint8_t, std::string_view> kNames[] = {
    {kRsaSha1, "RSASHA1"},           {kRsaSha1Nsec3, "RSASHA1-NSEC3-SHA1"},
    {kRsaSha256, "RSASHA256"},       {kRsaSha512, "RSASHA512"},
    {kEcdsaP256, "ECDSAP256SHA256"}, {kEcdsaP384, "ECDSAP384SHA384"},
    {kEd25519, "ED25519"},           {kEd448, "ED448"},
};

template <auto free>
struct Release {
  template <typename T>
  void operator()(T* p) const {
    free(p);
  }
};
template <typename T, auto free>
using Owned = std::unique_ptr<T, Release<free>>;

using BigNumber = Owned<BIGNUM, BN_free>;
using ParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

BigNumber number(Bytes bytes) {
  return BigNumber(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

EVP_PKEY* from_params(const char* kind, OSSL_PARAM* params) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  return EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) == 1 ? key : nullptr;
}

/// The DER form of an ECDSA signature that is r and s, each `coordinate` octets (RFC 6605 4); empty: it is
/// not.
std::vector<uint8_t> ecdsa_to_der(Bytes signature, size_t coordinate) {
  if (signature.size() != 2 * coordinate) return {};
  const EcdsaSignature pair(ECDSA_SIG_new());
  BigNumber r = number(signature.first(coordinate));
  BigNumber s = number(signature.subspan(coordinate));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // the pair owns them now
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return {};
  std::vector<uint8_t> der(static_cast<size_t>(size));
  uint8_t* end = der.data();
  i2d_ECDSA_SIG(pair.get(), &end);
  return der;
}

}  // namespace

std::optional<KeyData> read_key(Bytes rdata) {
  wire::Cursor cursor(rdata);
  KeyData key{};
  key.flags = cursor.u16();
  key.protocol = cursor.u8();
  key.algorithm = cursor.u8();
  if (!cursor.ok() || cursor.left() == 0) return std::nullopt;
  key.key = cursor.take(cursor.left());
  key.tag = key_tag(rdata);
  return key;
}

uint16_t key_tag(Bytes rdata) {
  uint32_t sum = 0;
  for (size_t i = 0; i < rdata.size(); ++i) sum += i % 2 == 0 ? uint32_t{rdata[i]} << 8 : rdata[i];
  return static_cast<uint16_t>(sum + (sum >> 16));
}

std::optional<std::vector<uint8_t>> key_digest(Bytes owner, Bytes rdata, uint8_t kind) {
  const EVP_MD* digest = nullptr;  // IANA "DS RR Type Digest Algorithms"
  if (kind == 1) digest = EVP_sha1();
  if (kind == 2) digest = EVP_sha256();
  if (kind == 4) digest = EVP_sha384();
  if (digest == nullptr) return std::nullopt;
  std::vector<uint8_t> data(owner.begin(), owner.end());
  data.insert(data.end(), rdata.begin(), rdata.end());
  std::vector<uint8_t> out(static_cast<size_t>(EVP_MD_get_size(digest)));
  if (EVP_Digest(data.data(), data.size(), out.data(), nullptr, digest, nullptr) != 1) return std::nullopt;
  return out;
}

std::string algorithm_to_text(uint8_t algorithm) {
  for (const auto& [number, name] : kNames) {
    if (number == algorithm) return std::string(name);
  }
  return "algorithm " + std::to_string(algorithm);
}

void PublicKey::Free::operator()(EVP_PKEY* key) const {
  EVP_PKEY_free(key);
}

/// RFC 3110 2: the length of the exponent in one octet, or in two after a zero, the exponent, the modulus.
PublicKey::Handle PublicKey::rsa(Bytes key) {
  wire::Cursor cursor(key);
  size_t exponent_size = cursor.u8();
  if (exponent_size == 0) exponent_size = cursor.u16();
  const Bytes exponent = cursor.take(exponent_size);
  const Bytes modulus = cursor.take(cursor.left());
  if (!cursor.ok() || exponent.empty() || modulus.empty()) return nullptr;
  const BigNumber e = number(exponent);
  const BigNumber n = number(modulus);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!e || !n || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return Handle(params ? from_params("RSA", params.get()) : nullptr);
}

/// RFC 6605 4: x and y, without the octet that says "uncompressed".
PublicKey::Handle PublicKey::curve(const char* group, Bytes point) {
  std::vector<uint8_t> full = {4};
  full.insert(full.end(), point.begin(), point.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, full.data(), full.size()) !=
          1) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return Handle(params ? from_params("EC", params.get()) : nullptr);
}

PublicKey::Handle PublicKey::edwards(int kind, Bytes key) {
  return Handle(EVP_PKEY_new_raw_public_key(kind, nullptr, key.data(), key.size()));
}

tl::expected<PublicKey, std::string> PublicKey::from(uint8_t algorithm, Bytes key) {
  constexpr size_t kP256 = 32;
  constexpr size_t kP384 = 48;
  Handle handle;
  const EVP_MD* digest = nullptr;
  size_t coordinate = 0;
  switch (algorithm) {
    case kRsaSha1:
    case kRsaSha1Nsec3:
      handle = rsa(key);
      digest = EVP_sha1();
      break;
    case kRsaSha256:
      handle = rsa(key);
      digest = EVP_sha256();
      break;
    case kRsaSha512:
      handle = rsa(key);
      digest = EVP_sha512();
      break;
    case kEcdsaP256:
      handle = key.size() == 2 * kP256 ? curve("P-256", key) : nullptr;
      digest = EVP_sha256();
      coordinate = kP256;
      break;
    case kEcdsaP384:
      handle = key.size() == 2 * kP384 ? curve("P-384", key) : nullptr;
      digest = EVP_sha384();
      coordinate = kP384;
      break;
    case kEd25519:
      handle = edwards(EVP_PKEY_ED25519, key);
      break;
    case kEd448:
      handle = edwards(EVP_PKEY_ED448, key);
      break;
    default:
      return tl::unexpected(algorithm_to_text(algorithm) + " is not supported");
  }
  ERR_clear_error();
  if (!handle) return tl::unexpected("not a key of " + algorithm_to_text(algorithm));
  return PublicKey(std::move(handle), digest, coordinate);
}

bool PublicKey::verifies(Bytes data, Bytes signature) const {
  std::vector<uint8_t> der;
  if (coordinate_ != 0) {
    der = ecdsa_to_der(signature, coordinate_);
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, digest_, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace ptrd::dnssec
