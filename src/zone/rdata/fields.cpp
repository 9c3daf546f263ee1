// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/fields.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>

namespace ptrd::zone {

namespace {

using F = Field;

struct Layout {
  uint16_t type;
  uint8_t count = 0;
  std::array<Field, 9> fields{};

  constexpr Layout(uint16_t code, std::initializer_list<Field> list) : type(code) {
    for (const Field field : list) fields[count++] = field;
  }
};

/// In the order of the type codes.
constexpr Layout kLayouts[] = {
    {1, {F::ipv4}},                                                    // A, RFC 1035 3.4.1
    {2, {F::name}},                                                    // NS, RFC 1035 3.3.11
    {3, {F::name}},                                                    // MD, RFC 1035 3.3.4
    {4, {F::name}},                                                    // MF, RFC 1035 3.3.5
    {5, {F::name}},                                                    // CNAME, RFC 1035 3.3.1
    {6, {F::name, F::name, F::u32, F::u32, F::u32, F::u32, F::u32}},   // SOA, RFC 1035 3.3.13
    {7, {F::name}},                                                    // MB, RFC 1035 3.3.3
    {8, {F::name}},                                                    // MG, RFC 1035 3.3.6
    {9, {F::name}},                                                    // MR, RFC 1035 3.3.8
    {11, {F::ipv4, F::services}},                                      // WKS, RFC 1035 3.4.2
    {12, {F::name}},                                                   // PTR, RFC 1035 3.3.12
    {13, {F::string, F::string}},                                      // HINFO, RFC 1035 3.3.2
    {14, {F::name, F::name}},                                          // MINFO, RFC 1035 3.3.7
    {15, {F::u16, F::name}},                                           // MX, RFC 1035 3.3.9
    {16, {F::strings}},                                                // TXT, RFC 1035 3.3.14
    {17, {F::name, F::name}},                                          // RP, RFC 1183 2.2
    {18, {F::u16, F::name}},                                           // AFSDB, RFC 1183 1
    {19, {F::string}},                                                 // X25, RFC 1183 3.1
    {20, {F::string, F::maybe_string}},                                // ISDN, RFC 1183 3.2
    {21, {F::u16, F::name}},                                           // RT, RFC 1183 3.3
    {22, {F::nsap}},                                                   // NSAP, RFC 1706 5
    {23, {F::name}},                                                   // NSAP-PTR, RFC 1348
    {25, {F::u16, F::u8, F::u8, F::base64}},                           // KEY, RFC 2535 3
    {26, {F::u16, F::name, F::name}},                                  // PX, RFC 2163 4
    {27, {F::string, F::string, F::string}},                           // GPOS, RFC 1712 3
    {28, {F::ipv6}},                                                   // AAAA, RFC 3596 2.2
    {29, {F::location}},                                               // LOC, RFC 1876
    {31, {F::hex}},                                                    // EID, draft-ietf-nimrod-dns
    {32, {F::hex}},                                                    // NIMLOC, draft-ietf-nimrod-dns
    {33, {F::u16, F::u16, F::u16, F::name}},                           // SRV, RFC 2782
    {35, {F::u16, F::u16, F::string, F::string, F::string, F::name}},  // NAPTR, RFC 3403 4.1
    {36, {F::u16, F::name}},                                           // KX, RFC 2230 3
    {37, {F::u16, F::u16, F::u8, F::base64}},                          // CERT, RFC 4398 2
    {39, {F::name}},                                                   // DNAME, RFC 6672 2.1
    {40, {F::u8, F::u8, F::u8, F::base64}},                            // SINK, draft-eastlake-kitchen-sink
    {42, {F::prefixes}},                                               // APL, RFC 3123
    {43, {F::u16, F::u8, F::u8, F::hex}},                              // DS, RFC 4034 5
    {44, {F::u8, F::u8, F::hex}},                                      // SSHFP, RFC 4255 3
    {45, {F::u8, F::gateway}},                                         // IPSECKEY, RFC 4025 2
    {46, {F::type, F::u8, F::u8, F::u32, F::time, F::time, F::u16, F::name, F::base64}},  // RRSIG, RFC 4034 3
    {47, {F::name, F::types}},                                                            // NSEC, RFC 4034 4
    {48, {F::u16, F::u8, F::u8, F::base64}},                   // DNSKEY, RFC 4034 2
    {49, {F::base64}},                                         // DHCID, RFC 4701 3
    {50, {F::u8, F::u8, F::u16, F::salt, F::hash, F::types}},  // NSEC3, RFC 5155 3
    {51, {F::u8, F::u8, F::u16, F::salt}},                     // NSEC3PARAM, RFC 5155 4
    {52, {F::u8, F::u8, F::u8, F::hex}},                       // TLSA, RFC 6698 2
    {53, {F::u8, F::u8, F::u8, F::hex}},                       // SMIMEA, RFC 8162 2
    {55, {F::hip, F::names}},                                  // HIP, RFC 8005 5
    {56, {F::strings}},                                        // NINFO, draft-lewis-dns-undocumented-types
    {57, {F::u16, F::u8, F::u8, F::base64}},                   // RKEY, draft-lewis-dns-undocumented-types
    {58, {F::name, F::name}},                                  // TALINK, draft-wijngaards-dnsop-trust-history
    {59, {F::u16, F::u8, F::u8, F::hex}},                      // CDS, RFC 7344 3.1
    {60, {F::u16, F::u8, F::u8, F::base64}},                   // CDNSKEY, RFC 7344 3.2
    {61, {F::base64}},                                         // OPENPGPKEY, RFC 7929 2
    {62, {F::u32, F::u16, F::types}},                          // CSYNC, RFC 7477 2.1
    {63, {F::u32, F::u8, F::u8, F::hex}},                      // ZONEMD, RFC 8976 2
    {64, {F::u16, F::name, F::parameters}},                    // SVCB, RFC 9460 2
    {65, {F::u16, F::name, F::parameters}},                    // HTTPS, RFC 9460 2
    {66, {F::type, F::scheme, F::u16, F::name}},               // DSYNC, RFC 9859 2.1
    {99, {F::strings}},                                        // SPF, RFC 4408 3.1.1
    {104, {F::u16, F::locator64}},                             // NID, RFC 6742 2.1
    {105, {F::u16, F::ipv4}},                                  // L32, RFC 6742 2.2
    {106, {F::u16, F::locator64}},                             // L64, RFC 6742 2.3
    {107, {F::u16, F::name}},                                  // LP, RFC 6742 2.4
    {108, {F::eui48}},                                         // EUI48, RFC 7043 3
    {109, {F::eui64}},                                         // EUI64, RFC 7043 4
    {256, {F::u16, F::u16, F::text}},                          // URI, RFC 7553 4
    {257, {F::u8, F::tag, F::text}},                           // CAA, RFC 8659 4
    {258, {F::strings}},                                       // AVC, Cisco's, as TXT
    {260, {F::u8, F::relay}},                                  // AMTRELAY, RFC 8777 4
    {261, {F::strings}},                                       // RESINFO, RFC 9606 4
    {262, {F::strings}},                                       // WALLET, as TXT
    {32768, {F::u16, F::u8, F::u8, F::hex}},                   // TA, as DS
    {32769, {F::u16, F::u8, F::u8, F::hex}},                   // DLV, RFC 4431 2
};

static_assert(std::ranges::is_sorted(kLayouts, {}, &Layout::type));

}  // namespace

std::span<const Field> rdata_fields(uint16_t type) {
  const auto* const layout = std::ranges::lower_bound(kLayouts, type, {}, &Layout::type);
  if (layout == std::end(kLayouts) || layout->type != type) return {};
  return std::span(layout->fields).first(layout->count);
}

}  // namespace ptrd::zone
