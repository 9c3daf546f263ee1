// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary messages of arbitrary clients under a policy with everything: the reply is a well-formed message
// within the limit, or there is none, and the kind says which. The input: a client's address, then a message.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "datapath/messages.hpp"
#include "fuzz/rich_image.hpp"
#include "policy/read/reader.hpp"
#include "unit/reply_reader.hpp"

using namespace ptrd;

namespace {

constexpr const char* kPolicy = R"(
rate-limit: {responses-per-second: 50, slip: 3, wider: [{ipv6-prefix: 32, responses-per-second: 1000}]}
enumeration: {denials-per-second: 1000}
clients:
  - {prefix: 0.0.0.0/3, action: drop}
  - {prefix: 32.0.0.0/3, action: refuse}
  - {prefix: 64.0.0.0/3, action: truncate}
  - {prefix: 96.0.0.0/3, action: nxdomain}
  - {prefix: 128.0.0.0/3, action: nodata}
  - {prefix: 160.0.0.0/3, action: answer}
  - {prefix: '8000::/1', action: count}
  - {prefix: '4000::/2', action: log, one-in: 1}
queries:
  - {prefix: 192.0.2.0/24, action: uniform}
  - {prefix: '2001:db8::/32', action: rate, responses-per-second: 1000}
names:
  - {match: '^[a-z]{12}\.', action: refuse}
  - {suffix: arpa, action: count, applies-to: all}
)";

void require(bool ok) {
  if (!ok) std::abort();
}

std::unique_ptr<policy::Policy> make_policy() {
  auto spec = policy::parse_policy(kPolicy, "policy.yaml");
  require(spec.has_value());
  spec->cookies = policy::Cookies::Settings{.secrets = {{1, 2}, {3, 4}}, .require = true};
  auto policy = policy::Policy::make(*std::move(spec), policy::Station::count());
  require(policy.has_value());
  return *std::move(policy);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto lines = test::rich_image();
  static datapath::MessageStations stations;
  static datapath::Counters counters;
  static const std::unique_ptr<policy::Policy> policy = make_policy();
  static const datapath::Serving serving{answer::Engine(image::View(lines)), policy.get()};
  constexpr size_t kClient = 17;
  if (size < kClient || size > 4096) return 0;
  const wire::Bytes query = wire::Bytes(data, size).subspan(kClient);
  const policy::Client client{data + 1, (data[0] & 1) != 0};
  for (const auto transport : {answer::Transport::udp, answer::Transport::tcp}) {
    const size_t room =
        std::max<size_t>(query.size(), answer::kMinBuffer) + (transport == answer::Transport::tcp ? 8192 : 0);
    const auto buffer = std::make_unique<uint8_t[]>(room);
    std::copy(query.begin(), query.end(), buffer.get());
    const answer::Message message{buffer.get(), static_cast<uint32_t>(room),
                                  static_cast<uint32_t>(query.size())};
    answer::Reply reply;
    stations.run(
        serving, {&message, 1}, transport, [&](size_t) { return client; }, {&reply, 1}, counters);
    (void)policy->take_hits([&](const policy::Hit& hit) {
      wire::Name name;
      require(hit.name_size == 0 || name.assign(wire::Bytes(hit.name).first(hit.name_size)));
      require(std::memcmp(hit.client.data(), client.address, client.ipv6 ? 16 : 4) == 0);
    });
    require((reply.size == 0) == !answer::is_reply(reply.kind));
    if (reply.size == 0) continue;
    require(reply.size <= room);
    const auto read = test::read_reply({buffer.get(), reply.size});
    require(read.has_value());
    require(read->id == wire::load16(query.data()) && read->has(wire::flag::qr));
    if (transport == answer::Transport::udp)
      require(reply.size <= (read->edns ? wire::kUdpPayload : wire::kMinUdpPayload));
  }
  return 0;
}
