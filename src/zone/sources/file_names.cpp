// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/file_names.hpp"

#include <array>
#include <charconv>

#include "ptrd/wire/arpa.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Name;

namespace {

// Around the zone's name. Tests: tests/unit/zone/sources/file_names_test.cpp, a row for each.
constexpr std::string_view kDotZone = ".zone";
constexpr std::array kSuffixes = {
    kDotZone,                    // Knot's default "%s.zone", DNSControl's "%c.zone", Red Hat
    std::string_view(".db"),     // cPanel, and by hand
    std::string_view(".rev"),    // Webmin's reverse zones
    std::string_view(".hosts"),  // Webmin's forward zones
    std::string_view(".dns"),    // Windows DNS
};
constexpr std::array kPrefixes = {
    std::string_view("db."),     // BIND's documentation, Debian, Puppet
    std::string_view("db_"),     // DNSControl's "db_%f"
    std::string_view("zone."),   // by hand
    std::string_view("named."),  // BIND 4 and 8
    std::string_view("pri."),    // ISPConfig
};

struct Purpose {
  enum class Where : uint8_t { whole, start, end } where;
  std::string_view text;
  std::string_view what;
};
using Where = Purpose::Where;

constexpr std::string_view kCopy = "an editor's or a package manager's copy";
constexpr std::string_view kConfiguration =
    "a configuration; --named-conf, --nsd-conf or --knot-conf reads the zones that it names";
constexpr std::string_view kDump = "a dump of a cache";

constexpr std::array kPurposes = {
    Purpose{Where::start, ".", "a hidden file"},
    Purpose{Where::end, "~", kCopy},
    Purpose{Where::end, "#", kCopy},
    Purpose{Where::end, ".swp", kCopy},
    Purpose{Where::end, ".bak", kCopy},
    Purpose{Where::end, ".old", kCopy},
    Purpose{Where::end, ".orig", kCopy},
    Purpose{Where::end, ".rej", kCopy},
    Purpose{Where::end, ".save", kCopy},
    Purpose{Where::end, ".tmp", kCopy},
    Purpose{Where::end, ".dpkg-old", kCopy},
    Purpose{Where::end, ".dpkg-new", kCopy},
    Purpose{Where::end, ".dpkg-dist", kCopy},
    Purpose{Where::end, ".rpmnew", kCopy},
    Purpose{Where::end, ".rpmsave", kCopy},
    Purpose{Where::end, ".rpmorig", kCopy},
    Purpose{Where::end, ".jnl", "a journal; \"rndc sync\" writes its changes to the zone file"},
    Purpose{Where::end, ".jbk", "a journal of BIND's signing"},
    Purpose{Where::end, ".signed", "a signed copy of a zone; give APEX=FILE to read it"},
    Purpose{Where::end, ".key", "a key"},
    Purpose{Where::end, ".private", "a key"},
    Purpose{Where::end, ".state", "the state of a key"},
    Purpose{Where::end, ".conf", kConfiguration},
    Purpose{Where::start, "named.conf", kConfiguration},
    Purpose{Where::whole, "named_dump.db", kDump},
    Purpose{Where::whole, "cache_dump.db", kDump},
};

bool remove_suffix(std::string_view& text, std::string_view suffix) {
  if (text.size() <= suffix.size() || !text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool remove_prefix(std::string_view& text, std::string_view prefix) {
  if (text.size() <= prefix.size() || !text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// A decimal number up to `most`, without leading zeros.
std::optional<unsigned> number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

/// Whether `first/length` is a prefix longer than a /24 in its last octet (RFC 2317 4).
bool is_part_of_24(std::string_view first, std::string_view length) {
  const auto octet = number(first, 255);
  const auto bits = number(length, 32);
  return octet && bits && *bits > 24 && *octet % (1U << (32 - *bits)) == 0;
}

std::optional<Name> reverse_name(std::string_view text) {
  auto name = Name::from_text(text);
  if (!name || !reverse_tree(name->bytes())) return std::nullopt;
  return *std::move(name);
}

/// The zone of a file that is named for it. With its slash, if `folder` is what precedes the slash, as
/// DNSControl and NSD's "%s" have it, or if Knot's "%s" wrote it as '_'.
std::optional<Name> apex_of(std::string_view text, std::string_view folder) {
  auto name = reverse_name(text);
  if (!name) return std::nullopt;
  const std::string_view first = text.substr(0, text.find('.'));
  const auto key = wire::key_of_name(*name);
  if (key && key->family == wire::Family::v4 && key->units == 4 && is_part_of_24(folder, first))
    return reverse_name(std::string(folder) + "/" + std::string(text));
  const size_t underscore = first.find('_');
  if (underscore != std::string_view::npos &&
      is_part_of_24(first.substr(0, underscore), first.substr(underscore + 1))) {
    std::string with_slash(text);
    with_slash[underscore] = '/';
    return reverse_name(with_slash);
  }
  return name;
}

/// Whether the last label has no letter, which no domain's has (RFC 3696 2).
bool is_numeric(std::string_view text) {
  const std::string_view last = text.substr(text.rfind('.') + 1);
  return last.find_first_not_of("0123456789_-") == std::string_view::npos;
}

/// `192.0.2` is 2.0.192.in-addr.arpa: octets in the order of the address, as the files of Debian (db.127) and
/// in BIND's literature (db.192.249.249) have them.
FileName numbers(std::string_view text) {
  FileName out{.kind = FileName::Kind::numbers};
  wire::AddressKey key;
  for (std::string_view rest = text;; rest.remove_prefix(rest.find('.') + 1)) {
    const auto octet = number(rest.substr(0, rest.find('.')), 255);
    if (!octet || key.units == 3) return out;
    key.address[key.units++] = static_cast<uint8_t>(*octet);
    if (rest.find('.') == std::string_view::npos) break;
  }
  out.origin = wire::name_of_key(key);
  // db.0, db.127 and db.255 come with Debian, for zones of one octet.
  out.is_convention = !(key.units == 1 && (text == "0" || text == "127" || text == "255"));
  return out;
}

}  // namespace

FileName read_file_name(std::string_view name, std::string_view folder) {
  using Kind = FileName::Kind;
  (void)remove_suffix(name, ".signed");
  bool has_form = false;  // says by itself that it is a zone file
  bool dot_zone = false;
  for (const std::string_view suffix : kSuffixes) {
    if (!remove_suffix(name, suffix)) continue;
    has_form = true;
    dot_zone = suffix == kDotZone;
    break;
  }
  // octoDNS: the zone's name with its final dot, and perhaps an extension behind it.
  while (remove_suffix(name, ".")) has_form = true;
  name = name.substr(0, name.find('!'));  // DNSControl: X!TAG is a variant of the zone X
  std::string_view inner = name;
  bool has_prefix = false;
  for (const std::string_view prefix : kPrefixes) {
    if (has_prefix = remove_prefix(inner, prefix); has_prefix) break;
  }

  const auto of_kind = [&](Kind kind, const Name& origin) {
    return FileName{.kind = kind, .origin = origin, .dot_zone = dot_zone};
  };
  if (const auto apex = apex_of(inner, folder)) return of_kind(Kind::apex, *apex);
  if (!has_form && !has_prefix) return {};
  if (is_numeric(inner)) {
    FileName out = numbers(inner);
    out.dot_zone = dot_zone;
    return out;
  }
  // X.zone is taken literally, whatever X begins with.
  const auto origin = Name::from_text(dot_zone ? name : inner);
  if (origin) return of_kind(Kind::domain, *origin);
  if (!dot_zone) return {};
  return {.kind = Kind::invalid, .dot_zone = true, .fault = origin.error()};
}

std::optional<std::string_view> other_purpose(std::string_view name) {
  for (const Purpose& purpose : kPurposes) {
    const bool matches = purpose.where == Where::whole   ? name == purpose.text
                         : purpose.where == Where::start ? name.starts_with(purpose.text)
                                                         : name.ends_with(purpose.text);
    if (matches) return purpose.what;
  }
  return std::nullopt;
}

}  // namespace ptrd::zone
