// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <arpa/inet.h>

#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::test {

inline wire::Name name(std::string_view text) {
  return wire::Name::from_text(text).value();
}
inline wire::Bytes bytes_of(std::string_view s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}
inline std::string string_of(wire::Bytes b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}
inline std::string wire_name(std::string_view text) {
  return string_of(name(text).bytes());
}

/// Record data in wire form.
inline std::string u16(unsigned v) {
  return {static_cast<char>(v >> 8), static_cast<char>(v)};
}
inline std::string u32(uint32_t v) {
  return u16(v >> 16) + u16(v & 0xFFFF);
}
inline std::string soa_data(uint32_t serial = 1, uint32_t minimum = 300) {
  return wire_name("ns1.example.") + wire_name("hostmaster.example.") + u32(serial) + u32(3600) + u32(600) +
         u32(86400) + u32(minimum);
}
inline std::string a_data(const char* address) {
  in_addr a{};
  inet_pton(AF_INET, address, &a);
  return string_of({reinterpret_cast<const uint8_t*>(&a), sizeof a});
}
inline std::string txt_data(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string(text);
}
inline std::string mx_data(unsigned preference, std::string_view host) {
  return u16(preference) + wire_name(host);
}

/// A program of a range: fixed text, and steps (see range.hpp).
inline std::string steps(std::initializer_list<int> each) {
  std::string program;
  for (const int step : each) program += static_cast<char>(step);
  return program;
}
inline std::string literal(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string(text);
}

/// Whether two images are the same, byte by byte.
inline bool same_lines(const std::vector<image::Line>& a, const std::vector<image::Line>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(image::Line)) == 0;
}

/// A zone set under construction, then an image that is verified as one from a file would be.
class ImageMaker {
 public:
  /// Starts a zone with an SOA (TTL 3600, minimum 300) and one NS.
  ImageMaker& zone(std::string_view apex, uint32_t serial = 1) {
    zone_without_records(apex);
    add(apex, wire::Type::soa, soa_data(serial), 3600);
    add(apex, wire::Type::ns, wire_name("ns1.example."), 3600);
    return *this;
  }
  ImageMaker& zone_without_records(std::string_view apex) {
    zone_ = zones_[std::string(apex)] = builder_.add_zone(name(apex)).value();
    return *this;
  }
  /// Adds the following records to that zone, which must have been started before.
  ImageMaker& zone_of(std::string_view apex) {
    zone_ = zones_.at(std::string(apex));
    return *this;
  }
  ImageMaker& add(std::string_view owner, wire::Type type, const std::string& rdata, uint32_t ttl = 3600) {
    builder_.add(zone_, name(owner).bytes(), static_cast<uint16_t>(type), ttl, bytes_of(rdata));
    return *this;
  }
  ImageMaker& ptr(std::string_view owner, std::string_view target, uint32_t ttl = 3600) {
    return add(owner, wire::Type::ptr, wire_name(target), ttl);
  }
  /// Declares a range, `192.0.2.0/24`, in the zone. Throws when it is refused.
  ImageMaker& range(const std::string& prefix, const std::string& program, std::string_view tail,
                    uint32_t ttl = 3600) {
    const size_t slash = prefix.find('/');
    const auto key = wire::key_of_address(prefix.substr(0, slash)).value();
    const auto bits = static_cast<uint8_t>(std::stoi(prefix.substr(slash + 1)));
    const auto added = builder_.add_range(zone_, {key.family, key.address, bits}, program, name(tail), ttl);
    if (!added) throw std::runtime_error(added.error());
    return *this;
  }
  ImageMaker& fold(bool on) {
    builder_.fold(on);
    return *this;
  }
  ImageMaker& signed_leaves(bool on) {
    builder_.signed_leaves(on);
    return *this;
  }
  /// The most that a zone may have; 0 unless it is set.
  ImageMaker& nsec3_iterations(uint16_t most) {
    builder_.nsec3_iterations(most);
    return *this;
  }
  /// The lines; throws when they cannot be built or do not pass `verify`.
  std::vector<image::Line> lines() {
    auto built = builder_.build();
    if (!built) throw std::runtime_error(built.error());
    if (auto ok = image::verify(*built); !ok) throw std::runtime_error(ok.error());
    return *std::move(built);
  }

 private:
  image::Builder builder_;
  image::ZoneId zone_ = 0;
  std::map<std::string, image::ZoneId> zones_;
};

}  // namespace ptrd::test
