// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/rdata.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "ptrd/wire/name.hpp"

namespace ptrd::wire {

namespace {

/// IANA "Resource Record (RR) TYPEs", those that occur in zone files.
constexpr std::pair<uint16_t, std::string_view> kTypes[] = {
    {1, "A"},         {2, "NS"},          {3, "MD"},          {4, "MF"},      {5, "CNAME"},
    {6, "SOA"},       {7, "MB"},          {8, "MG"},          {9, "MR"},      {10, "NULL"},
    {11, "WKS"},      {12, "PTR"},        {13, "HINFO"},      {14, "MINFO"},  {15, "MX"},
    {16, "TXT"},      {17, "RP"},         {18, "AFSDB"},      {19, "X25"},    {20, "ISDN"},
    {21, "RT"},       {22, "NSAP"},       {23, "NSAP-PTR"},   {24, "SIG"},    {25, "KEY"},
    {26, "PX"},       {27, "GPOS"},       {28, "AAAA"},       {29, "LOC"},    {31, "EID"},
    {32, "NIMLOC"},   {33, "SRV"},        {35, "NAPTR"},      {36, "KX"},     {37, "CERT"},
    {39, "DNAME"},    {40, "SINK"},       {41, "OPT"},        {42, "APL"},    {43, "DS"},
    {44, "SSHFP"},    {45, "IPSECKEY"},   {46, "RRSIG"},      {47, "NSEC"},   {48, "DNSKEY"},
    {49, "DHCID"},    {50, "NSEC3"},      {51, "NSEC3PARAM"}, {52, "TLSA"},   {53, "SMIMEA"},
    {55, "HIP"},      {56, "NINFO"},      {57, "RKEY"},       {58, "TALINK"}, {59, "CDS"},
    {60, "CDNSKEY"},  {61, "OPENPGPKEY"}, {62, "CSYNC"},      {63, "ZONEMD"}, {64, "SVCB"},
    {65, "HTTPS"},    {66, "DSYNC"},      {99, "SPF"},        {104, "NID"},   {105, "L32"},
    {106, "L64"},     {107, "LP"},        {108, "EUI48"},     {109, "EUI64"}, {249, "TKEY"},
    {250, "TSIG"},    {251, "IXFR"},      {252, "AXFR"},      {253, "MAILB"}, {254, "MAILA"},
    {255, "ANY"},     {256, "URI"},       {257, "CAA"},       {258, "AVC"},   {260, "AMTRELAY"},
    {261, "RESINFO"}, {262, "WALLET"},    {32768, "TA"},      {32769, "DLV"},
};

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return lower(static_cast<uint8_t>(x)) == lower(static_cast<uint8_t>(y));
  });
}

}  // namespace

bool rdata_is_well_formed(uint16_t type, Bytes rdata) {
  const RdataLayout layout = rdata_layout(type);
  if (layout.names == 0) return true;
  size_t at = layout.before;
  for (unsigned i = 0; i < layout.names; ++i) {
    const auto size = plain_name_size(rdata, at);
    if (!size) return false;
    at += *size;
  }
  return at + layout.after == rdata.size();
}

Bytes rdata_name(uint16_t type, Bytes rdata) {
  const RdataLayout layout = rdata_layout(type);
  // A single name ends where the rest starts.
  if (layout.names == 1) return rdata.first(rdata.size() - layout.after).subspan(layout.before);
  const auto size = plain_name_size(rdata, layout.before);
  return size ? rdata.subspan(layout.before, *size) : Bytes();
}

std::string type_to_text(uint16_t type) {
  for (const auto& [code, text] : kTypes) {
    if (code == type) return std::string(text);
  }
  return "TYPE" + std::to_string(type);
}

std::optional<uint16_t> type_from_text(std::string_view text) {
  for (const auto& [code, name] : kTypes) {
    if (same_letters(name, text)) return code;
  }
  if (text.size() > 4 && same_letters(text.substr(0, 4), "TYPE")) {
    uint16_t code = 0;
    const auto [end, error] = std::from_chars(text.data() + 4, text.data() + text.size(), code);
    if (error == std::errc() && end == text.data() + text.size()) return code;
  }
  return std::nullopt;
}

}  // namespace ptrd::wire
