// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/services.hpp"

#include <charconv>
#include <span>
#include <utility>

#include "zone/master_text.hpp"

namespace ptrd::zone {
namespace {

template <typename T>
using Names = std::pair<std::string_view, T>;

constexpr Names<uint8_t> kProtocols[] = {{"tcp", 6}, {"udp", 17}, {"icmp", 1}};

/// IANA "Service Name and Transport Protocol Port Number Registry": those of RFC 1010 that are still there,
/// and the usual ones since.
constexpr Names<uint16_t> kServices[] = {
    {"echo", 7},       {"discard", 9},     {"systat", 11},     {"daytime", 13},      {"netstat", 15},
    {"qotd", 17},      {"chargen", 19},    {"ftp-data", 20},   {"ftp", 21},          {"ssh", 22},
    {"telnet", 23},    {"smtp", 25},       {"time", 37},       {"nameserver", 42},   {"nicname", 43},
    {"whois", 43},     {"domain", 53},     {"bootps", 67},     {"bootpc", 68},       {"tftp", 69},
    {"gopher", 70},    {"finger", 79},     {"http", 80},       {"kerberos", 88},     {"supdup", 95},
    {"hostname", 101}, {"hostnames", 101}, {"pop3", 110},      {"sunrpc", 111},      {"auth", 113},
    {"sftp", 115},     {"nntp", 119},      {"ntp", 123},       {"netbios-ns", 137},  {"netbios-dgm", 138},
    {"imap", 143},     {"snmp", 161},      {"snmp-trap", 162}, {"netbios-ssn", 139}, {"bgp", 179},
    {"irc", 194},      {"ldap", 389},      {"https", 443},     {"exec", 512},        {"login", 513},
    {"shell", 514},    {"syslog", 514},    {"printer", 515},   {"route", 520},       {"uucp", 540},
};

template <typename T>
std::optional<T> number_of(std::string_view word, std::span<const Names<T>> names) {
  for (const auto& [name, number] : names) {
    if (same_word(word, name)) return number;
  }
  T number{};
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<uint8_t> protocol_number(std::string_view word) {
  return number_of<uint8_t>(word, kProtocols);
}

std::optional<uint16_t> port_number(std::string_view word) {
  return number_of<uint16_t>(word, kServices);
}

}  // namespace ptrd::zone
