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
#include "swap/losses.hpp"

namespace ptrd::config {

/// Everything that an operator can configure. The comment of each member begins with its key in the file,
/// which tools/dist/ptrd.yaml explains and keys.cpp reads.
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
    std::string group;                           // control.group; empty: the process's group
    std::string watch_socket;                    // control.watch-socket: changes nothing; empty: none
    std::string watch_group;                     // control.watch-group; empty: the process's group
    bool operator==(const Control&) const = default;
  };
  struct Metrics {
    std::string listen;  // metrics.listen: "127.0.0.1:9153"; empty: none
    bool operator==(const Metrics&) const = default;
  };

  std::string image;                   // image
  uint64_t image_size = 0;             // image-size: maximum in bytes; 0: half of the machine's memory
  bool watch_image = false;            // watch-image
  std::string policy;                  // policy: file; empty: none, every query is answered
  std::string journal;                 // journal: file; empty: no changes are taken
  swap::LossLimits reload;             // reload.*: how much a new image may lack, percent
  std::string automatic;               // auto: interface or PCI address, for the fastest port that works
  std::vector<std::string> listen;     // listen: kernel sockets at these addresses
  unsigned socket_threads = 0;         // socket-threads; 0: default_socket_threads()
  service::TcpLimits tcp;              // tcp.*
  Dpdk dpdk;                           // dpdk.*
  Xdp xdp;                             // xdp.*
  std::string lcores;                  // lcores: "2-5,8"; empty: the port's default
  datapath::IdlePolicy idle;           // idle, idle-polls: what workers do when there is no traffic
  std::vector<std::string> addresses;  // addresses: of the exception interface, or that XDP answers for
  std::string server_id;               // server-id
  std::string server_version;          // server-version
  uint16_t udp_payload = wire::kUdpPayload;               // udp-payload, bytes
  Control control;                                        // control.*
  Metrics metrics;                                        // metrics.*
  process::LogLevel log_level = process::LogLevel::info;  // log-level
  std::string stats_json;  // stats-json: file that the counters are written to at exit
};

/// A value that conflicts with the other members.
struct Conflict {
  std::string key;   // key in the file: "xdp.keep"
  std::string what;  // the conflict, and how to fix it
};
/// Returns the first conflict between members.
[[nodiscard]] std::optional<Conflict> find_conflict(const Config& config);
/// The key that ptrd cannot start without: "image", or "listen" where no port is given; empty: none.
[[nodiscard]] std::string missing_key(const Config& config);
/// The exception interface: as configured, or the default for the device; empty: none.
[[nodiscard]] std::string exception_interface(const Config& config);

}  // namespace ptrd::config
