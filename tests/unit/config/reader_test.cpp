// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "config/keys.hpp"

namespace ptrd::config {
namespace {

std::string error_of(const std::string& text) {
  const auto config = parse_config(text, "f");
  return config ? "no error" : config.error();
}

// Every key reaches its member.
TEST(Config, AllKeys) {
  const auto config = parse_config(R"(
image: /a/b.ptri
image-size: 1000000000
watch-image: true
journal: /a/b.journal
reload: {max-lost-zones: 5%, max-lost-records: 0.5%}
listen: ["192.0.2.1:53", "[2001:db8::1]:53"]
socket-threads: 3
tcp: {threads: 2, connections: 10, per-prefix: 2, messages: 7, lifetime: 60, idle: 0.5, query: 1.25, reply: 2, memory: 2097152}
xdp: {interface: eth7, kernel-answers: first, keep: true}
lcores: 0
addresses: 192.0.2.53
server-id: one
server-version: "2"
udp-payload: 512
control: {socket: /x/y.sock, group: adm, watch-socket: /x/w.sock, watch-group: users}
metrics: {listen: "127.0.0.1:9153"}
log-level: debug
stats-json: /s.json
)",
                                   "f");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->image, "/a/b.ptri");
  EXPECT_EQ(config->image_size, 1'000'000'000U);
  EXPECT_TRUE(config->watch_image);
  EXPECT_EQ(config->journal, "/a/b.journal");
  EXPECT_EQ(config->reload, (swap::LossLimits{.zones = 5, .records = 0.5}));
  EXPECT_EQ(config->listen, (std::vector<std::string>{"192.0.2.1:53", "[2001:db8::1]:53"}));
  EXPECT_EQ(config->socket_threads, 3U);
  EXPECT_EQ(config->tcp.threads, 2U);
  EXPECT_EQ(config->tcp.connections, 10U);
  EXPECT_EQ(config->tcp.per_prefix, 2U);
  EXPECT_EQ(config->tcp.messages, 7U);
  EXPECT_EQ(config->tcp.lifetime, std::chrono::seconds(60));
  EXPECT_EQ(config->tcp.idle, std::chrono::milliseconds(500));
  EXPECT_EQ(config->tcp.query, std::chrono::milliseconds(1250));
  EXPECT_EQ(config->tcp.reply, std::chrono::seconds(2));
  EXPECT_EQ(config->tcp.memory, 2097152U);
  EXPECT_EQ(config->xdp.interface, "eth7");
  EXPECT_EQ(config->xdp.kernel_answers, port::KernelAnswers::first);
  EXPECT_TRUE(config->xdp.keep);
  EXPECT_EQ(config->lcores, "0");
  EXPECT_EQ(config->addresses, std::vector<std::string>{"192.0.2.53"});
  EXPECT_EQ(config->server_id, "one");
  EXPECT_EQ(config->server_version, "2");
  EXPECT_EQ(config->udp_payload, 512);
  EXPECT_EQ(config->control.socket, "/x/y.sock");
  EXPECT_EQ(config->control.group, "adm");
  EXPECT_EQ(config->control.watch_socket, "/x/w.sock");
  EXPECT_EQ(config->control.watch_group, "users");
  EXPECT_EQ(config->metrics.listen, "127.0.0.1:9153");
  EXPECT_EQ(config->log_level, process::LogLevel::debug);
  EXPECT_EQ(config->stats_json, "/s.json");

  const auto dpdk = parse_config(
      "dpdk: {device: net_null0, exception: ptrd7, mbufs: 100000, eal: [--log-level=8]}\naddresses: "
      "[192.0.2.1/24]\n",
      "f");
  ASSERT_TRUE(dpdk) << dpdk.error();
  EXPECT_EQ(dpdk->dpdk.device, "net_null0");
  EXPECT_EQ(exception_interface(*dpdk), "ptrd7");
  EXPECT_EQ(dpdk->dpdk.mbufs, 100'000);
  EXPECT_EQ(dpdk->dpdk.eal, std::vector<std::string>{"--log-level=8"});
}

// An empty file, one with comments alone, and an empty section leave all defaults.
TEST(Config, Empty) {
  for (const char* text : {"", "# nothing\n", "---\n", "  \n# x\n%YAML 1.2\n---\n...\n", "tcp:\n"}) {
    const auto config = parse_config(text, "f");
    ASSERT_TRUE(config) << config.error();
    EXPECT_TRUE(changed_keys(*config, Config(), true).empty());
    EXPECT_TRUE(changed_keys(*config, Config(), false).empty());
    EXPECT_EQ(missing_key(*config), "image");
  }
}

// Each kind of error is one line that begins with the position of the error.
TEST(Config, ErrorsHaveTheirPlace) {
  const std::pair<const char*, const char*> kCases[] = {
      {"image: [\n", "f:2:1: invalid YAML: "},
      {"image: a\n  b: c\n", "f:2:4: invalid YAML: "},
      {"\timage: a\n", "f:1:7: invalid YAML: "},
      {"just words", "f:1:1: expected keys, as in"},
      {"- image\n", "f:1:1: expected keys, as in"},
      {"image: a\n---\nimage: b\n", "f:2:1: a second YAML document"},
      {"%YAML 1.2\n---\nimage: a\n...\nimage: b\n", "f:5:1: a second YAML document"},
      {",01:d::/15b", "f:1:1: expected keys"},  // yaml-cpp's LoadAll does not end for it
      {"image: a\nimgae: b\n", "f:2:1: unknown key imgae; the nearest known one is image"},
      {"tcp:\n  idel: 1\n", "f:2:3: unknown key tcp.idel; the nearest known one is tcp.idle"},
      {"per-prefix: 1\n", "f:1:1: unknown key per-prefix; the nearest known one is tcp.per-prefix"},
      {"tcp.idle: 1\n",
       "f:1:1: unknown key tcp.idle; the nearest known one is tcp.idle; write each part before a dot"},
      {"image: a\nlisten: 127.0.0.1:53\nimage: b\n", "f:3:1: duplicate key image"},
      {"tcp: {idle: 1, idle: 2}\n", "f:1:16: duplicate key tcp.idle"},
      {"[a, b]: c\n", "f:1:1: a key must be a word"},
      {"tcp: 5\n", "f:1:6: tcp: expected keys below it"},
      {"image: [a]\n", "f:1:8: image: expected a text, found a list"},
      {"image:\n", "f:1:1: image: expected a text, found nothing"},
      {"watch-image: yes\n", "f:1:14: watch-image: expected true or false, found \"yes\""},
      {"socket-threads: 257\n",
       "f:1:17: socket-threads: expected a whole number from 0 to 256, found \"257\""},
      {"socket-threads: 1.5\n", "f:1:17: socket-threads: expected"},
      {"socket-threads: -1\n", "f:1:17: socket-threads: expected"},
      {"socket-threads: 99999999999999999999\n", "f:1:17: socket-threads: expected"},
      {"udp-payload: 511\n", "f:1:14: udp-payload: expected a whole number from 512 to 4096, found \"511\""},
      {"udp-payload: 65537\n", "f:1:14: udp-payload: "},
      {"tcp:\n  idle: soon\n",
       "f:2:9: tcp.idle: expected a number of seconds from 0.1 to 86400, found \"soon\""},
      {"tcp: {idle: 0}\n", "f:1:13: tcp.idle: expected"},
      {"tcp: {idle: nan}\n", "f:1:13: tcp.idle: expected"},
      {"tcp: {idle: inf}\n", "f:1:13: tcp.idle: expected"},
      {"reload: {max-lost-zones: 10}\n",
       "f:1:26: reload.max-lost-zones: expected a share from 0% to 100%, as 10%, found \"10\""},
      {"listen: nonsense\n", "f:1:9: listen: "},
      {"listen:\n  - 127.0.0.1:53\n  - [a]\n", "f:3:5: listen: expected a text, found a list"},
      {"listen:\n  - 127.0.0.1:53\n  - 127.0.0.1\n", "f:3:5: listen: "},
      {"listen: ['127.0.0.1:53', '[::1]:53', '127.0.0.1:53']\n",
       "f:1:1: listen: 127.0.0.1:53 is there twice"},
      {"listen: '[fe80::1]:53'\n", "f:1:9: listen: '[fe80::1]:53': a link-local address needs its interface"},
      {"listen: ['']\n", "f:1:10: listen: empty text"},
      {"log-level: loud\n", "f:1:12: log-level: expected error, warning, info or debug, found \"loud\""},
      {"xdp: {kernel-answers: on}\n",
       "f:1:23: xdp.kernel-answers: expected off, fallback or first, found \"on\""},
      {"lcores: 5-2\n", "f:1:9: lcores: "},
      {"metrics: {listen: x}\n", "f:1:19: metrics.listen: "},
      {"xdp: {interface: a}\ndpdk: {device: b}\n", "f:1:7: xdp.interface: cannot be used with dpdk"},
      {"xdp:\n  keep: true\n", "f:2:3: xdp.keep: works with AF_XDP only"},
      {"dpdk:\n  exception: x\n", "f:2:3: dpdk.exception: works with DPDK only"},
      {"dpdk: {mbufs: 9000}\n", "f:1:8: dpdk.mbufs: works with DPDK only; give the device"},
      {"dpdk: {device: a, mbufs: 16777217}\n",
       "f:1:26: dpdk.mbufs: expected a whole number from 0 to 16777216, found"},
      {"image: a\naddresses: [192.0.2.1]\n", "f:2:1: addresses: work with DPDK or AF_XDP only"},
      {"xdp: {interface: a}\naddresses: [192.0.2.1/24]\n", "f:2:1: addresses: "},
      {"xdp: {interface: a}\nudp-payload: 4096\n", "f:2:1: udp-payload: at most 1232 with DPDK or AF_XDP"},
  };
  for (const auto& [text, expected] : kCases) {
    const std::string error = error_of(text);
    EXPECT_TRUE(error.starts_with(expected))
        << text << "-- gives: " << error << "\n-- expected: " << expected;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

// A text too long for its field on the wire is refused.
TEST(Config, LongTexts) {
  EXPECT_TRUE(parse_config("server-id: " + std::string(64, 'x'), "f"));
  EXPECT_TRUE(error_of("server-id: " + std::string(65, 'x')).starts_with("f:1:12: server-id: 65 bytes"));
  EXPECT_TRUE(
      error_of("server-version: " + std::string(256, 'x')).starts_with("f:1:17: server-version: 256"));
}

// Whatever the bytes, there is a configuration or an error, and no crash.
TEST(Config, Garbage) {
  for (const std::string& text :
       {std::string("\0image: a", 9), std::string("\xff\xfe\xff\x00", 4), std::string(100000, '['),
        std::string(100000, '{'), std::string("a: &a [*a, *a]"), std::string("a: *b"), std::string("? ? ? a"),
        std::string("<<: {image: a}")}) {
    EXPECT_TRUE(error_of(text).starts_with("f:"))
        << text.substr(0, 20) << " -- " << error_of(text).substr(0, 200);
  }
}

// Errors for a missing file, a folder and a huge file name the path.
TEST(Config, Unreadable) {
  for (const char* path : {"/nowhere/ptrd.yaml", "/proc/self", "/dev/zero"}) {
    const auto config = read_config(path);
    ASSERT_FALSE(config) << path;
    EXPECT_TRUE(config.error().starts_with(std::string(path) + ": ")) << config.error();
  }
}

}  // namespace
}  // namespace ptrd::config
