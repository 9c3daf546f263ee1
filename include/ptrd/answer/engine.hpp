// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

/// The outcome of a message: a reply, by kind, or no reply at all.
enum class Kind : uint8_t {
  answer,
  nodata,
  nxdomain,
  referral,
  truncated,
  refused,
  formerr,
  notimp,
  badvers,
  yxdomain,
  notauth,
  badcookie,       // RFC 7873 5.2.3
  drop_runt,       // shorter than a DNS header: there is no id to put in a reply
  drop_not_query,  // QR is set: replying to replies causes loops (RFC 8906 3.2.1, RFC 5358)
  drop_policy,     // a rule of the policy drops it
  drop_limited,    // a rate limit is reached
};
inline constexpr size_t kKinds = 16;
inline constexpr size_t kAnswerKinds = 12;
/// Counter name of a kind, as in --stats-json.
[[nodiscard]] const char* kind_name(Kind kind);
[[nodiscard]] constexpr bool is_reply(Kind kind) {
  return static_cast<size_t>(kind) < kAnswerKinds;
}

struct Reply {
  Kind kind = Kind::drop_runt;
  uint16_t size = 0;  // bytes of the message; 0: no reply
};

/// Minimum size in bytes of every buffer given to the engine, whatever the query's size: a reply of 512
/// bytes, which every client accepts, and the space after it that whole-word copies may overwrite.
inline constexpr size_t kMinBuffer = 512 + 64;

/// Maximum number of messages that the engine takes at once: enough to hide one message's cache miss behind
/// the work on the others, few enough that their headers stay in the first-level cache.
inline constexpr size_t kBurst = 32;

/// A DNS message in the buffer that its reply is written to.
struct Message {
  uint8_t* data = nullptr;
  uint32_t room = 0;  // bytes from `data` on, at least kMinBuffer
  uint32_t size = 0;  // of the query

  [[nodiscard]] wire::MutableBytes buffer() const { return {data, room}; }
};

/// The transport, which decides how large a reply may be.
enum class Transport : uint8_t {
  udp,  // 512 bytes, or the smaller of the client's EDNS size and `Settings::udp_payload`
  tcp,  // what the buffer holds, at most 65535
};

struct Settings {
  uint16_t udp_payload = wire::kUdpPayload;  // 512 at least
  /// Text for `version.bind.` and `version.server.` in class CH (RFC 4892); empty: refused. At most
  /// kMaxServerVersion bytes.
  std::string version;
  /// Text for `id.server.` and `hostname.bind.` in class CH and for NSID (RFC 5001); empty: refused, no NSID.
  /// At most kMaxServerId bytes.
  std::string server_id;
  /// How long an idle TCP connection is kept, in units of 100 ms, sent to clients that ask for it over TCP
  /// (edns-tcp-keepalive, RFC 7828); 0: not sent.
  uint16_t tcp_keepalive = 0;
};
inline constexpr size_t kMaxServerId = 64;
inline constexpr size_t kMaxServerVersion = 255;  // one string of a TXT record (RFC 1035 3.3)

/// EDNS options that a client may ask for.
namespace want {
inline constexpr uint8_t nsid = 1;          // RFC 5001
inline constexpr uint8_t keepalive = 2;     // RFC 7828
inline constexpr uint8_t cookie = 4;        // RFC 7873; set by the policy, which makes the server cookie
inline constexpr uint8_t zone_version = 8;  // RFC 9660
}  // namespace want

/// Sizes of a COOKIE option's data in bytes (RFC 7873 4): the client's cookie, and the one of the server that
/// follows it (RFC 9018 4).
inline constexpr size_t kClientCookie = 8;
inline constexpr size_t kServerCookie = 16;

/// A message on its way through the stations: parsed, looked up, answered.
struct Query {
  /// denied: a plain question for an address that does not exist. deny: the policy answers it so, with `kind`
  /// nxdomain or nodata.
  enum class Path : uint8_t { fast4, fast6, denied, general, deny, reply, drop };
  Path path = Path::drop;
  Kind kind = Kind::drop_runt;  // for the paths deny, reply and drop: the outcome
  bool edns = false;
  bool dnssec_ok = false;
  uint8_t wants = 0;  // EDNS options that the reply must have, from `want`
  Transport transport = Transport::udp;
  uint16_t work = 0;          // done before the general part, in steps of its budget (answer/budget.hpp)
  uint16_t tsig = 0;          // offset of a TSIG record; 0: none
  uint16_t limit = 0;         // maximum size of the reply in bytes
  uint16_t question_end = 0;  // offset after the question; kHeaderSize if the reply has no question
  uint16_t flags = 0;         // second word of the header, as received
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint16_t cookie_at = 0;    // offset of a COOKIE option's data; 0: none
  uint16_t cookie_size = 0;  // bytes of them, unchecked
  /// With `want::cookie`: the data of the reply's COOKIE option.
  std::array<uint64_t, (kClientCookie + kServerCookie) / sizeof(uint64_t)> cookie;
  // The results of the walk.
  image::Ref table;       // fast4: the table of the last octet
  image::Ref record;      // fast4, fast6: the leaf or Range with the answer
  uint32_t encloser = 0;  // fast6, denied: line of the last Node on the way; 0: none
  uint32_t zone = 0;      // denied: line of the Zone that denies the name
  // fast6: state of the walk
  image::Ref encloser_branch;  // the last branch above `encloser`
  image::Ref branch;           // the last branch below it
  const void* step = nullptr;  // what the next step reads
  wire::QuestionName name;
};

/// The starting point of all walks for IPv6 addresses (walk6.hpp).
struct Start6 {
  image::Ref ref;
  uint32_t node = 0;                 // the last Node above; 0: none
  image::Ref node_branch;            // the last branch above that
  image::Ref branch;                 // the last branch below it
  image::Ref skipped;                // the last branch with one child, which no walk reads
  std::array<uint8_t, 16> key = {};  // of that child, network order
};

/// Query bytes to reply bytes: pure, no I/O, no allocation, no lock. Replies overwrite the query after its
/// question. A plain PTR query walks the address tree in steps that can be interleaved over a burst; every
/// other message takes the general part.
class Engine {
 public:
  explicit Engine(image::View image, Settings settings = {});
  /// To be called when the image's lines have other contents than when the engine was made, before it is used
  /// again.
  void image_changed() noexcept;

  // The stations, each over a whole burst (invariant 3): at most kBurst messages, and as many queries and
  // replies.

  /// Parses the messages.
  void parse(std::span<const Message> messages, Transport transport, std::span<Query> queries) const;
  /// Looks up the queries on a fast path, interleaved: while the cache line for one is fetched, the others go
  /// on.
  void walk(std::span<Query> queries) const;
  /// Writes the replies, in place.
  void write(std::span<const Message> messages, std::span<Query> queries, std::span<Reply> replies) const;

  /// Turns a reply that was just written into an empty one of that kind: truncated (with TC, so that the
  /// client asks over TCP) or refused. Size 0: not possible.
  [[nodiscard]] Reply shorten(const Message& message, const Query& query, Kind kind) const;

  /// All stations for one message.
  [[nodiscard]] Reply respond(wire::MutableBytes buffer, size_t size, Transport transport) const;
  /// The same, but every query takes the general part: for tests, which compare the two.
  [[nodiscard]] Reply respond_general(wire::MutableBytes buffer, size_t size, Transport transport) const;

  [[nodiscard]] const image::View& image() const { return image_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  [[nodiscard]] Reply write_any(wire::MutableBytes buffer, const Query& query) const;

  image::View image_;
  Settings settings_;
  Start6 start6_;
};

}  // namespace ptrd::answer
