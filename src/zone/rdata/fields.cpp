// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/fields.hpp"

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

/// In the order of the type codes. These are the types that the zone file reader knows by name.
constexpr Layout kLayouts[] = {
    {1, {F::ipv4}},                                                    // A, RFC 1035 3.4.1
    {2, {F::name}},                                                    // NS, RFC 1035 3.3.11
    {5, {F::name}},                                                    // CNAME, RFC 1035 3.3.1
    {6, {F::name, F::name, F::u32, F::u32, F::u32, F::u32, F::u32}},   // SOA, RFC 1035 3.3.13
    {12, {F::name}},                                                   // PTR, RFC 1035 3.3.12
    {13, {F::string, F::string}},                                      // HINFO, RFC 1035 3.3.2
    {14, {F::name, F::name}},                                          // MINFO, RFC 1035 3.3.7
    {15, {F::u16, F::name}},                                           // MX, RFC 1035 3.3.9
    {16, {F::strings}},                                                // TXT, RFC 1035 3.3.14
    {17, {F::name, F::name}},                                          // RP, RFC 1183 2.2
    {18, {F::u16, F::name}},                                           // AFSDB, RFC 1183 1
    {21, {F::u16, F::name}},                                           // RT, RFC 1183 3.3
    {25, {F::u16, F::u8, F::u8, F::base64}},                           // KEY, RFC 2535 3
    {28, {F::ipv6}},                                                   // AAAA, RFC 3596 2.2
    {29, {F::location}},                                               // LOC, RFC 1876
    {33, {F::u16, F::u16, F::u16, F::name}},                           // SRV, RFC 2782
    {35, {F::u16, F::u16, F::string, F::string, F::string, F::name}},  // NAPTR, RFC 3403 4.1
    {36, {F::u16, F::name}},                                           // KX, RFC 2230 3
    {37, {F::u16, F::u16, F::u8, F::base64}},                          // CERT, RFC 4398 2
    {39, {F::name}},                                                   // DNAME, RFC 6672 2.1
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
    {59, {F::u16, F::u8, F::u8, F::hex}},                      // CDS, RFC 7344 3.1
    {60, {F::u16, F::u8, F::u8, F::base64}},                   // CDNSKEY, RFC 7344 3.2
    {61, {F::base64}},                                         // OPENPGPKEY, RFC 7929 2
    {62, {F::u32, F::u16, F::types}},                          // CSYNC, RFC 7477 2.1
    {63, {F::u32, F::u8, F::u8, F::hex}},                      // ZONEMD, RFC 8976 2
    {64, {F::u16, F::name, F::parameters}},                    // SVCB, RFC 9460 2
    {65, {F::u16, F::name, F::parameters}},                    // HTTPS, RFC 9460 2
    {99, {F::strings}},                                        // SPF, RFC 4408 3.1.1
    {104, {F::u16, F::locator64}},                             // NID, RFC 6742 2.1
    {105, {F::u16, F::ipv4}},                                  // L32, RFC 6742 2.2
    {106, {F::u16, F::locator64}},                             // L64, RFC 6742 2.3
    {107, {F::u16, F::name}},                                  // LP, RFC 6742 2.4
    {108, {F::eui48}},                                         // EUI48, RFC 7043 3
    {109, {F::eui64}},                                         // EUI64, RFC 7043 4
    {256, {F::u16, F::u16, F::text}},                          // URI, RFC 7553 4
    {257, {F::u8, F::tag, F::text}},                           // CAA, RFC 8659 4
};

}  // namespace

std::span<const Field> rdata_fields(uint16_t type) {
  for (const Layout& layout : kLayouts) {
    if (layout.type == type) return std::span(layout.fields).first(layout.count);
  }
  return {};
}

}  // namespace ptrd::zone
