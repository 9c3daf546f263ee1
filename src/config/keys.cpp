// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The table of keys. The reader of the file, ptrd's options, its --help and the shell completion are
// generated from it.
//
// To add a key: 1. Give Config (config.hpp) a member with its default. 2. Add a row here, in the order of
// tools/dist/ptrd.yaml. values.hpp has the kinds of values. With an
//    `option` it can be given on the command line, too; the placeholder tells completion what to offer
//    (tools/dist/completion/ptrd.in).
// 3. Describe it in tools/dist/ptrd.yaml and in ptrd.yaml(5), and its option in ptrd(8): tools/man/. The unit
//    tests in tests/unit/config/documents_test.cpp report what is missing there or has a different default.
// 4. Add constraints with other keys to find_conflict (check.cpp).
#include "config/keys.hpp"

#include <algorithm>
#include <limits>

#include "config/values.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::config {

namespace {

constexpr uint64_t kMaxImageSize = uint64_t{1} << 34;  // the limit of the image format
constexpr uint64_t kMaxMbufs = 1U << 24;               // 38 GB
constexpr uint64_t kMaxUdpPayload = 4096;              // more than resolvers normally offer
constexpr uint64_t kMany = 1'000'000;

}  // namespace

std::span<const Key> keys() {
  using Tcp = service::TcpLimits;
  using Idle = datapath::Idle;
  using Kernel = port::KernelAnswers;
  using Level = process::LogLevel;
  constexpr auto tcp = [](auto step) { return member(&Config::tcp, step); };
  constexpr auto xdp = [](auto step) { return member(&Config::xdp, step); };
  constexpr auto dpdk = [](auto step) { return member(&Config::dpdk, step); };

  static const Key kKeys[] = {
      {.name = "image",
       .option = "--image",
       .placeholder = "IMAGE",
       .help = "image to answer from",
       .unset = "none",
       .live = true,
       .value = text(member(&Config::image))},
      {.name = "image-size",
       .option = "--image-size",
       .placeholder = "BYTES",
       .help = "refuse a larger image",
       .unset = "half of the machine's memory",
       .value = number(member(&Config::image_size), 0, kMaxImageSize)},
      {.name = "watch-image",
       .option = "--watch-image",
       .help = "load a new file at the image's path when it appears",
       .value = flag(member(&Config::watch_image))},
      {.name = "policy",
       .option = "--policy",
       .placeholder = "FILE",
       .help = "rules for who is answered, how often, and about what",
       .unset = "none",
       .value = text(member(&Config::policy))},
      {.name = "journal",
       .option = "--journal",
       .placeholder = "FILE",
       .help = "take changes of single records, and keep them in this file",
       .unset = "none",
       .value = text(member(&Config::journal))},
      {.name = "reload.max-lost-zones",
       .option = "--max-lost-zones",
       .placeholder = "PERCENT",
       .help = "refuse a reload that loses more of the zones in service, unless it is forced",
       .live = true,
       .value = percent(member(&Config::reload, &swap::LossLimits::zones))},
      {.name = "reload.max-lost-records",
       .option = "--max-lost-records",
       .placeholder = "PERCENT",
       .help = "refuse a reload that loses more of the records in service, unless it is forced",
       .live = true,
       .value = percent(member(&Config::reload, &swap::LossLimits::records))},

      // Where queries come from
      {.name = "listen",
       .option = "--socket",
       .placeholder = "ADDR:PORT",
       .help = "kernel sockets at this address; may be given more than once, and beside a card",
       .unset = "none",
       .value = list(member(&Config::listen), socket_address)},
      {.name = "socket-threads",
       .option = "--socket-threads",
       .placeholder = "N",
       .help = "threads for UDP at each --socket",
       .unset = "one for each CPU, or one beside a card",
       .value = number(member(&Config::socket_threads), 0, 256)},
      {.name = "tcp.threads",
       .option = "--tcp-threads",
       .placeholder = "N",
       .help = "threads for TCP",
       .unset = "one for each CPU, at most four, or one beside a card",
       .value = number(tcp(&Tcp::threads), 0, service::kMaxTcpThreads)},
      {.name = "tcp.connections",
       .option = "--tcp-connections",
       .placeholder = "N",
       .help = "TCP connections at once",
       .value = number(tcp(&Tcp::connections), 1, kMany)},
      {.name = "tcp.per-prefix",
       .option = "--tcp-per-prefix",
       .placeholder = "N",
       .help = "TCP connections at once from one IPv4 /24 or IPv6 /56",
       .value = number(tcp(&Tcp::per_prefix), 1, kMany)},
      {.name = "tcp.messages",
       .unset = "no limit",
       .value = number(tcp(&Tcp::messages), 0, std::numeric_limits<uint64_t>::max())},
      {.name = "tcp.lifetime", .value = seconds(tcp(&Tcp::lifetime))},
      {.name = "tcp.idle",
       .option = "--tcp-idle",
       .placeholder = "SECONDS",
       .help = "how long a TCP connection may be idle",
       .value = seconds(tcp(&Tcp::idle))},
      {.name = "tcp.query", .value = seconds(tcp(&Tcp::query))},
      {.name = "tcp.reply", .value = seconds(tcp(&Tcp::reply))},
      {.name = "tcp.memory", .value = number(tcp(&Tcp::memory), 1 << 20, uint64_t{1} << 40)},
      {.name = "xdp.interface",
       .option = "--xdp",
       .placeholder = "IFACE",
       .help = "AF_XDP on all queues of this interface; the kernel keeps everything else",
       .unset = "none",
       .value = text(xdp(&Config::Xdp::interface))},
      {.name = "xdp.kernel-answers",
       .option = "--kernel-answers",
       .help =
           "with --xdp: when the program in the kernel answers by itself: never, while ptrd does not run, or "
           "whatever it can",
       .value =
           word<Kernel>(xdp(&Config::Xdp::kernel_answers),
                        {{"off", Kernel::off}, {"fallback", Kernel::fallback}, {"first", Kernel::first}})},
      {.name = "xdp.keep",
       .option = "--keep",
       .help = "with --xdp: leave the program on the interface at the end, for the next start to adopt",
       .value = flag(xdp(&Config::Xdp::keep))},
      {.name = "dpdk.device",
       .option = "--dpdk",
       .placeholder = "DEVICE",
       .help = "DPDK on this device: PCI address, or a driver with arguments",
       .unset = "none",
       .value = text(dpdk(&Config::Dpdk::device))},
      {.name = "dpdk.exception",
       .option = "--exception",
       .placeholder = "NAME|off",
       .help = "with --dpdk: interface through which everything except DNS queries reaches the kernel",
       .unset = "ptrd0 for a PCI address or where addresses are given, else off",
       .value = text(dpdk(&Config::Dpdk::exception), exception_name)},
      {.name = "dpdk.mbufs",
       .option = "--mbufs",
       .placeholder = "N",
       .help = "with --dpdk: packet buffers in the port's pool",
       .unset = "as many as the queues and the exception interface need",
       .value = number(dpdk(&Config::Dpdk::mbufs), 0, kMaxMbufs)},
      {.name = "dpdk.eal",
       .option = "EAL",
       .placeholder = "ARGUMENT",
       .help = "with --dpdk, after --: arguments for DPDK's EAL",
       .unset = "none",
       .value = list(dpdk(&Config::Dpdk::eal))},
      {.name = "auto",
       .option = "--auto",
       .placeholder = "WHERE",
       .help = "the fastest port that works: DPDK for the PCI address of a card bound to vfio-pci, else "
               "AF_XDP on "
               "this interface, else kernel sockets at port 53 of its addresses; the log says which, and why",
       .unset = "none",
       .value = text(member(&Config::automatic))},
      {.name = "lcores",
       .option = "--lcores",
       .placeholder = "LIST",
       .help = "CPUs for the workers, such as 1 or 2-5,8",
       .unset = "the last one with DPDK, any with AF_XDP",
       .value = text(member(&Config::lcores), cpu_list)},
      {.name = "idle",
       .option = "--idle",
       .help =
           "what workers do when nothing comes: poll on, pause, or with --dpdk wait for the card's interrupt",
       .unset = "poll with DPDK, pause with AF_XDP",
       .value = word<Idle>(member(&Config::idle, &datapath::IdlePolicy::idle),
                           {{"poll", Idle::poll}, {"pause", Idle::pause}, {"interrupt", Idle::interrupt}})},
      {.name = "idle-polls",
       .option = "--idle-polls",
       .placeholder = "N",
       .help = "with --idle pause or interrupt: empty polls before a rest",
       .value = number(member(&Config::idle, &datapath::IdlePolicy::empty_polls), 1, UINT32_MAX)},
      {.name = "addresses",
       .option = "--address",
       .placeholder = "ADDRESS",
       .help =
           "with --dpdk: address of the exception interface, such as 192.0.2.1/24, or without one an address "
           "to answer for; with --xdp: an address to answer for beside the interface's own; may be given "
           "more than once",
       .unset = "none",
       .value = list(member(&Config::addresses))},

      // Answers
      {.name = "server-id",
       .option = "--server-id",
       .placeholder = "TEXT",
       .help = "text for id.server and hostname.bind in class CH, and for NSID",
       .unset = "none",
       .value = text(member(&Config::server_id), short_text(answer::kMaxServerId))},
      {.name = "server-version",
       .option = "--server-version",
       .placeholder = "TEXT",
       .help = "text for version.bind and version.server in class CH",
       .unset = "none",
       .value = text(member(&Config::server_version), short_text(answer::kMaxServerVersion))},
      {.name = "udp-payload",
       .option = "--udp-payload",
       .placeholder = "BYTES",
       .help = "maximum size of a UDP reply, for clients with EDNS",
       .value = number(member(&Config::udp_payload), wire::kMinUdpPayload, kMaxUdpPayload)},

      // Operation
      {.name = "control.socket",
       .option = "--control",
       .placeholder = "SOCKET",
       .help = "Unix socket for ptrctl",
       .unset = "/run/ptrd/ptrd.sock with a configuration file, else none",
       .value = text(member(&Config::control, &Config::Control::socket))},
      {.name = "control.group",
       .unset = "the group that ptrd runs as",
       .value = text(member(&Config::control, &Config::Control::group))},
      {.name = "control.watch-socket",
       .unset = "none",
       .value = text(member(&Config::control, &Config::Control::watch_socket))},
      {.name = "control.watch-group",
       .unset = "the group that ptrd runs as",
       .value = text(member(&Config::control, &Config::Control::watch_group))},
      {.name = "metrics.listen",
       .option = "--metrics",
       .placeholder = "ADDR:PORT",
       .help = "address at which Prometheus gets metrics; a port alone: of 127.0.0.1",
       .unset = "none",
       .value = text(member(&Config::metrics, &Config::Metrics::listen), metrics_address)},
      {.name = "log-level",
       .option = "--log-level",
       .help = "what is logged, on standard error",
       .live = true,
       .value = word<Level>(member(&Config::log_level), {{"error", Level::error},
                                                         {"warning", Level::warning},
                                                         {"info", Level::info},
                                                         {"debug", Level::debug}})},
      {.name = "stats-json",
       .option = "--stats-json",
       .placeholder = "FILE",
       .help = "write the counters to this file at the end",
       .unset = "none",
       .value = text(member(&Config::stats_json))},
  };
  return kKeys;
}

const Key* find_key(std::string_view name) {
  const auto key =
      std::find_if(keys().begin(), keys().end(), [&](const Key& one) { return one.name == name; });
  return key == keys().end() ? nullptr : &*key;
}

std::string default_of(const Key& key) {
  return key.unset != nullptr ? key.unset : key.value.texts(Config()).at(0);
}

std::string placeholder_of(const Key& key) {
  std::string all;
  for (const std::string& word : key.value.words) all += (all.empty() ? "" : "|") + word;
  return all.empty() ? key.placeholder : all;
}

Fault set(const Key& key, std::span<const std::string> texts, Config& config) {
  key.value.clear(config);
  for (const std::string& text : texts) {
    if (Fault fault = key.value.take(text, config); !fault.empty()) return fault;
  }
  return {};
}

std::vector<std::string> changed_keys(const Config& now, const Config& next, bool live) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.live == live && key.value.texts(now) != key.value.texts(next)) names.emplace_back(key.name);
  }
  return names;
}

void take_live_keys(const Config& next, Config& now) {
  for (const Key& key : keys()) {
    if (key.live) (void)set(key, key.value.texts(next), now);
  }
}

}  // namespace ptrd::config
