// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <cctype>
#include <random>

#include "fuzz/rich_image.hpp"
#include "kernel.hpp"
#include "ptrd/image/traverse.hpp"
#include "zone/compile/compile.hpp"
#include "zone/sources/paths.hpp"

// Random queries against images of all kinds: the kernel's answers equal those of user space, and it declines
// no plain hit or miss.

namespace ptrd::test {
namespace {

using answer::Engine;
using image::View;
using Random = std::mt19937;

unsigned below(Random& random, unsigned bound) {
  return std::uniform_int_distribution<unsigned>(0, bound - 1)(random);
}

/// The names of all record sets.
std::vector<std::string> owners(const View& view) {
  std::vector<std::string> names;
  image::traverse(view, {.set = [&](const image::OwnedSet& set) {
                    std::string text = set.owner.to_text();
                    text.pop_back();
                    names.push_back(std::move(text));
                  }});
  return names;
}

/// A whole address near that of a name.
std::string address_near(Random& random, const std::string& owner) {
  const auto key = wire::key_of_name(name(owner));
  wire::AddressKey near = key.value_or(*wire::key_of_address("192.0.2.0"));
  const bool v4 = near.family == wire::Family::v4;
  const unsigned all = v4 ? 4 : 32;
  const auto put = [&](unsigned unit, unsigned value) {
    uint8_t& octet = near.address[v4 ? unit : unit / 2];
    if (v4) {
      octet = static_cast<uint8_t>(value);
    } else {
      octet = static_cast<uint8_t>(unit % 2 == 0 ? (octet & 15) | (value & 15) << 4
                                                 : (octet & 0xF0) | (value & 15));
    }
  };
  for (unsigned unit = near.units; unit < all; ++unit)
    put(unit, below(random, 3) == 0 ? below(random, 256) : 0);
  near.units = static_cast<uint8_t>(all);
  for (unsigned changes = below(random, 3); changes > 0; --changes) {
    // Usually a late unit: changing an early one leaves our zones.
    const unsigned unit = std::max(below(random, all), below(random, all));
    put(unit, below(random, 2) == 0 ? below(random, 256) : below(random, 4));
  }
  std::string text = wire::name_of_key(near).to_text();
  text.pop_back();
  return text;
}

std::string some_name(Random& random, const std::vector<std::string>& names) {
  std::string text = names[below(random, static_cast<unsigned>(names.size()))];
  if (below(random, 4) != 0) text = address_near(random, text);
  switch (below(random, 24)) {
    case 0:
      text = "0" + text;
      break;
    case 1:
      text = "7." + text;
      break;
    case 2:
      text = text.substr(std::min(text.size(), text.find('.') + 1));
      break;
    case 3:
      text[below(random, static_cast<unsigned>(text.size()))] = "0.9xAf-z"[below(random, 8)];
      break;
    default:
      break;
  }
  if (below(random, 2) == 0) {
    for (char& c : text) c = static_cast<char>(below(random, 2) == 0 ? std::toupper(c) : std::tolower(c));
  }
  // No empty labels: the packet builder would end the name there.
  for (size_t at = 0; (at = text.find("..")) != std::string::npos;) text.erase(at, 1);
  text.erase(0, text.find_first_not_of('.'));
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

Query some_query(Random& random, const std::vector<std::string>& names) {
  Query query{.id = static_cast<uint16_t>(random()), .name = some_name(random, names)};
  constexpr std::array<uint16_t, 6> kFlags = {0, 0x0100, 0x0120, 0x0110, 0x0800, 0x8000};
  query.flags = kFlags[below(random, 8) != 0 ? below(random, 4) : below(random, kFlags.size())];
  if (below(random, 16) == 0) query.type = static_cast<uint16_t>(below(random, 60));
  if (below(random, 40) == 0) query.qclass = static_cast<uint16_t>(below(random, 5));
  if (below(random, 2) == 0) {
    Edns edns{.udp_size = static_cast<uint16_t>(random()), .dnssec_ok = below(random, 2) == 0};
    for (unsigned options = below(random, 3); options > 0; --options)
      edns.options.emplace_back(static_cast<uint16_t>(below(random, 16)), Octets(below(random, 30), 0x33));
    if (below(random, 40) == 0) edns.version = 1;
    query.edns = std::move(edns);
  }
  return query;
}

Octets some_frame(Random& random, const Query& query) {
  Packet packet;
  if (below(random, 4) == 0) packet.vlan(static_cast<uint16_t>(below(random, 4096)));
  if (below(random, 2) == 0) {
    packet.ipv4("198.51.100." + std::to_string(below(random, 256)), "192.0.2.53")
        .tos(static_cast<uint8_t>(random()));
    if (below(random, 8) == 0) packet.no_udp_checksum();
  } else {
    packet.ipv6("2001:db8::" + std::to_string(below(random, 9999)), "2001:db8::53")
        .flow_label(random() & 0xFFFFF);
  }
  packet.udp(static_cast<uint16_t>(1 + below(random, 65535)), 53).query(query);
  if (below(random, 4) == 0) packet.padding(below(random, 60), 0xEE);
  return packet.build();
}

bool is_in_signed_zone(const View& view, const std::string& text) {
  const auto zones = view.zones();
  return std::any_of(zones.begin(), zones.end(), [&](const image::Zone& zone) {
    return zone.denial != image::Denial::none && name(text).is_below_or_at(view.apex(zone));
  });
}

/// The queries that the kernel must answer: those that the engine answers by a plain walk. Names of signed
/// zones are not leaves, and that others do not exist is proven.
bool must_answer(const View& view, const Query& query, answer::Kind kind, const Octets& reply) {
  const bool may_prove = kind == answer::Kind::answer || (query.edns && query.edns->dnssec_ok);
  if (may_prove && is_in_signed_zone(view, query.name)) return false;
  const bool plain = query.type == 12 && query.qclass == 1 && (query.flags & 0xF800) == 0;
  const auto key = wire::key_of_name(name(query.name));
  if (!plain || !key || !key->whole() || reply.empty()) return false;
  if (query.edns && std::any_of(query.edns->options.begin(), query.edns->options.end(),
                                [](const auto& option) { return option.first == 3; }))
    return false;
  return kind == answer::Kind::nxdomain || kind == answer::Kind::answer;
}

class KernelPropertyTest : public KernelTest {
 protected:
  /// `count` random queries; of those that could be answered, at least `share` percent must be.
  void check(const std::vector<image::Line>& lines, unsigned seed, unsigned count, unsigned share) {
    kernel_->serve(lines);
    const Engine engine{View(lines)};
    const auto names = owners(View(lines));
    Random random(seed);
    std::array<unsigned, 3> got = {};
    unsigned plain = 0;
    for (unsigned i = 0; i < count && !HasFailure(); ++i) {
      const Query query = some_query(random, names);
      const Octets frame = some_frame(random, query);
      const auto answer = compare(*kernel_, engine, frame);
      ++got[answer];
      const Expected expected = by_user_space(engine, frame);
      if (expected.kind && must_answer(View(lines), query, *expected.kind, expected.frame)) ++plain;
      EXPECT_FALSE(HasFailure()) << query.name << " type " << query.type << " seed " << seed << " query "
                                 << i;
    }
    const unsigned answered = got[PTRD_KERNEL_ANSWER] + got[PTRD_KERNEL_NXDOMAIN];
    EXPECT_GE(answered * 100, plain * share) << answered << " of " << plain;
    EXPECT_GT(got[PTRD_KERNEL_ANSWER], count / 50);
    EXPECT_GT(got[PTRD_KERNEL_NXDOMAIN], count / 50);
  }
};

// An image with all kinds of content: cuts, aliases, DNAME, wildcards, several records.
TEST_F(KernelPropertyTest, RichImage) {
  check(rich_image(), 1, 20000, 70);
}

// The zones that come with the source.
TEST_F(KernelPropertyTest, OurZones) {
  std::vector<zone::Finding> findings;
  image::Builder builder;
  zone::SetCheck checks;
  zone::Progress progress;
  zone::load(zone::sources_of(PTRD_ZONES, findings), 1, &builder, checks, findings, progress);
  const auto lines = builder.build();
  ASSERT_TRUE(lines) << lines.error();
  check(*lines, 2, 20000, 70);
}

// Random trees over both families: dense and thin tables, long and short targets, zones within zones.
TEST_F(KernelPropertyTest, RandomImages) {
  for (unsigned seed = 10; seed < 30 && !HasFailure(); ++seed) {
    Random random(seed);
    ImageMaker maker;
    const auto target = [&] {
      std::string text(1 + below(random, 60), static_cast<char>('a' + below(random, 26)));
      for (unsigned labels = below(random, 4); labels > 0; --labels)
        text += "." + std::string(1 + below(random, 40), static_cast<char>('A' + below(random, 3)));
      return text + (below(random, 2) == 0 ? ".pool.example.net" : "");
    };
    const std::array<std::string, 4> zones4 = {"10.in-addr.arpa", "1.10.in-addr.arpa", "2.0.192.in-addr.arpa",
                                               "51.198.in-addr.arpa"};
    for (const std::string& zone : zones4) {
      maker.zone(zone, below(random, 1U << 31));
      const auto key = *wire::key_of_name(name(zone));
      for (unsigned i = below(random, 2) == 0 ? below(random, 6) : below(random, 300); i > 0; --i) {
        wire::AddressKey owner = key;
        for (unsigned unit = key.units; unit < 4; ++unit)
          owner.address[unit] = static_cast<uint8_t>(below(random, unit < 3 ? 5 : 256));
        owner.units = 4;
        if (owner.address[0] == 10 && owner.address[1] == 1 && zone == zones4[0]) continue;
        maker.ptr(wire::name_of_key(owner).to_text(), target(), 60 * below(random, 3));
      }
    }
    for (const char* zone :
         {"8.b.d.0.1.0.0.2.ip6.arpa", "5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "c.f.ip6.arpa"}) {
      maker.zone(zone, below(random, 1U << 31));
      const auto key = *wire::key_of_name(name(zone));
      for (unsigned i = below(random, 200); i > 0; --i) {
        wire::AddressKey owner = key;
        for (unsigned octet = (key.units + 1U) / 2; octet < 16; ++octet)
          owner.address[octet] = static_cast<uint8_t>(octet == 9 || octet == 15 ? below(random, 40) : 0);
        owner.units = 32;
        maker.ptr(wire::name_of_key(owner).to_text(), target(), 60 * below(random, 3));
      }
    }
    check(maker.lines(), seed, 2000, 85);
  }
}

}  // namespace
}  // namespace ptrd::test
