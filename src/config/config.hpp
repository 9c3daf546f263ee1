// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/idle.hpp"
#include "port/xdp/kernel_answers.hpp"
#include "process/log.hpp"
#include "ptrd/wire/message.hpp"
#include "service/tcp/limits.hpp"

namespace ptrd::config {

/// What `udp-payload` may be: RFC 1035's least, and what resolvers ask for at most as a rule.
inline constexpr uint16_t kMinUdpPayload = 512;
inline constexpr uint16_t kMaxUdpPayload = 4096;

/// What `image-size` may be at most, bytes: the format's own bound.
inline constexpr uint64_t kMaxImageSize = uint64_t{1} << 34;

/// What `dpdk.mbufs` may be at most: 38 GB.
inline constexpr unsigned kMaxMbufs = 1U << 24;

/// All that an operator can set, in the order of tools/dist/ptrd.yaml, which explains each key. The YAML key
/// stands behind each member.
struct Config {
  struct Dpdk {
    std::string device;            // dpdk.device: PCI address or vdev string; empty: no DPDK
    std::string exception;         // dpdk.exception: interface, "off", or empty for the default
    unsigned mbufs = 0;            // dpdk.mbufs: in the port's pool; 0: as many as its queues need
    std::vector<std::string> eal;  // dpdk.eal
    bool operator==(const Dpdk&) const = default;
  };
  struct Xdp {
    std::string interface;                                               // xdp.interface; empty: no AF_XDP
    port::KernelAnswers kernel_answers = port::KernelAnswers::fallback;  // xdp.kernel-answers
    bool keep = false;                                                   // xdp.keep
    bool operator==(const Xdp&) const = default;
  };
  struct Control {
    std::string socket = "/run/ptrd/ptrd.sock";  // control.socket; empty: none
    std::string group;                           // control.group; empty: that of the process
    bool operator==(const Control&) const = default;
  };
  struct Metrics {
    std::string listen;  // metrics.listen: "127.0.0.1:9153"; empty: none
    bool operator==(const Metrics&) const = default;
  };

  std::string image;                   // image
  uint64_t image_size = 0;             // image-size: bytes at most; 0: half of the machine's memory
  bool watch_image = false;            // watch-image
  std::string automatic;               // auto: interface or PCI address, for the best that works
  std::vector<std::string> listen;     // listen: kernel sockets at these addresses
  unsigned socket_threads = 0;         // socket-threads; 0: default_socket_threads()
  service::TcpLimits tcp;              // tcp.*
  Dpdk dpdk;                           // dpdk.*
  Xdp xdp;                             // xdp.*
  std::string lcores;                  // lcores: "2-5,8"; empty: the port's default
  datapath::IdlePolicy idle;           // idle, idle-polls: what workers do when nothing comes
  std::vector<std::string> addresses;  // addresses: of the exception interface, or for XDP to answer for
  std::string server_id;               // server-id
  std::string server_version;          // server-version
  uint16_t udp_payload = wire::kUdpPayload;               // udp-payload, bytes
  Control control;                                        // control.*
  Metrics metrics;                                        // metrics.*
  process::LogLevel log_level = process::LogLevel::info;  // log-level
  std::string stats_json;  // stats-json: file that gets the counters at the end
};

/// A member that others do not allow.
struct Conflict {
  std::string key;   // of the file: "xdp.keep"
  std::string what;  // and how to mend it
};
/// The first conflict between two members, or a value that the rest does not allow.
[[nodiscard]] std::optional<Conflict> find_conflict(const Config& config);
/// What ptrd cannot start without, "image" or "listen"; empty: nothing.
[[nodiscard]] std::string missing_key(const Config& config);
/// The interface for exceptions that `config` leads to; empty: none.
[[nodiscard]] std::string exception_interface(const Config& config);

/// The configuration in a YAML text; `name` stands for it in errors: "NAME:LINE:COL: what, how to mend it".
/// Unknown and repeated keys are errors. What is missing is not: the command line may have it.
[[nodiscard]] tl::expected<Config, std::string> parse_config(const std::string& text,
                                                             const std::string& name);
/// The same for a file, 1 MiB at most.
[[nodiscard]] tl::expected<Config, std::string> read_config(const std::string& path);

/// Every key that a file may have: "image", "tcp.idle" ...
[[nodiscard]] std::vector<std::string> config_keys();
/// The keys whose values differ, those that can only change with a restart (`live` false) or the others.
[[nodiscard]] std::vector<std::string> changed_keys(const Config& now, const Config& next, bool live);

}  // namespace ptrd::config
