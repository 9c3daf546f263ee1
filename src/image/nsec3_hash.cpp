// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The only user of libcrypto's low-level digests: those of its EVP interface allocate a context each.
#include "ptrd/image/nsec3_hash.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "ptrd/wire/name.hpp"

namespace ptrd::image {

using wire::Bytes;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

Nsec3Hash nsec3_hash(Bytes name, Bytes salt, uint16_t iterations) {
  std::array<uint8_t, wire::kMaxName> lower;  // the names of a zone are hashed in lower case (RFC 5155 5)
  std::transform(name.begin(), name.end(), lower.begin(), wire::lower);
  Nsec3Hash hash;
  Bytes input = Bytes(lower).first(name.size());
  for (uint32_t digest = 0; digest <= iterations; ++digest) {
    SHA_CTX context;
    SHA1_Init(&context);
    SHA1_Update(&context, input.data(), input.size());
    SHA1_Update(&context, salt.data(), salt.size());
    SHA1_Final(hash.data(), &context);
    input = hash;
  }
  return hash;
}

#pragma GCC diagnostic pop

}  // namespace ptrd::image
