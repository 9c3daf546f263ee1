// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include <chrono>
#include <map>

#include "config/values.hpp"
#include "lib/command_line.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd {

namespace {

using config::Config;

/// The option that stands for a key of the file.
std::string option_of(const std::string& key) {
  static const std::map<std::string, std::string> kOptions = {
      {"image", "--image"},
      {"listen", "--dpdk, --xdp or --socket"},
      {"dpdk.device", "--dpdk"},
      {"dpdk.exception", "--exception"},
      {"dpdk.mbufs", "--mbufs"},
      {"dpdk.eal", "-- EAL..."},
      {"xdp.interface", "--xdp"},
      {"xdp.keep", "--keep"},
      {"xdp.kernel-answers", "--kernel-answers"},
      {"addresses", "--address"},
      {"udp-payload", "--udp-payload"},
  };
  const auto it = kOptions.find(key);
  return it == kOptions.end() ? key : it->second;
}

CLI::Validator valid(const config::TextCheck& check) {
  return {[check](std::string& text) { return check(text); }, "", ""};
}

void add_ports(CLI::App& app, Config& config) {
  auto* ports = app.add_option_group("port", "where queries come from; one at least");
  auto* dpdk = ports->add_option("--dpdk", config.dpdk.device, "DPDK device: PCI address or vdev string");
  auto* xdp = ports->add_option("--xdp", config.xdp.interface,
                                "AF_XDP on all queues of this interface; the kernel keeps everything else");
  xdp->excludes(dpdk);
  ports
      ->add_option(
          "--auto", config.automatic,
          "the best that works: DPDK for the PCI address of a card bound to vfio-pci, else AF_XDP on "
          "this interface, else kernel sockets at port 53 of its addresses; the log says which, and why")
      ->excludes(dpdk)
      ->excludes(xdp);
  ports
      ->add_option("--socket", config.listen,
                   "kernel sockets at ADDR:PORT; may be given more than once, and beside a card")
      ->expected(1)
      ->take_all();
}

void add_card_options(CLI::App& app, Config& config) {
  app.add_option("--lcores", config.lcores,
                 "CPUs for the workers, such as 1 or 2-5,8 (default: DPDK the last one, AF_XDP any)")
      ->check(valid(config::cpu_list));
  app.add_option(
         "--exception", config.dpdk.exception,
         "with --dpdk: interface by which all but DNS queries reach the kernel, or off (default: ptrd0 "
         "for a card or with --address, off for a vdev)")
      ->check(valid(config::exception_name));
  app.add_option(
         "--address", config.addresses,
         "with --dpdk: address of that interface, such as 192.0.2.1/24, or without one an address to answer "
         "for; with --xdp: an address to answer for beside the interface's own; may be given more than once")
      ->expected(1)
      ->take_all();
  app.add_option("--mbufs", config.dpdk.mbufs,
                 "with --dpdk: packet buffers in the port's pool (default: 8192 for each lcore, and what the "
                 "exception interface needs)")
      ->check(CLI::Range(0U, config::kMaxMbufs));
  static const std::map<std::string, port::KernelAnswers> kModes{{"off", port::KernelAnswers::off},
                                                                 {"fallback", port::KernelAnswers::fallback},
                                                                 {"first", port::KernelAnswers::first}};
  app.add_option(
         "--kernel-answers", config.xdp.kernel_answers,
         "with --xdp: when the program in the kernel answers by itself: off, fallback (default: while "
         "no ptrd does), first (what it can)")
      ->transform(CLI::CheckedTransformer(kModes).description(""))
      ->type_name("WORD");
  app.add_flag("--keep", config.xdp.keep,
               "with --xdp: leave the program on the interface at the end, for the next start to adopt");
  static const std::map<std::string, datapath::Idle> kIdle{{"poll", datapath::Idle::poll},
                                                           {"pause", datapath::Idle::pause},
                                                           {"interrupt", datapath::Idle::interrupt}};
  app.add_option("--idle", config.idle.idle,
                 "what workers do when nothing comes: poll on (default with --dpdk), pause (default with "
                 "--xdp), or with --dpdk "
                 "wait for the card's interrupt")
      ->transform(CLI::CheckedTransformer(kIdle).description(""))
      ->type_name("WORD");
  app.add_option("--idle-polls", config.idle.empty_polls,
                 "with --idle pause or interrupt: empty polls before a rest")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("EAL", config.dpdk.eal, "behind --: arguments for DPDK's EAL");
}

void add_socket_options(CLI::App& app, Config& config) {
  app.add_option("--socket-threads", config.socket_threads,
                 "threads for UDP at each --socket (default: one a CPU; beside a card, one)")
      ->check(CLI::Range(1, 256));
  app.add_option("--tcp-threads", config.tcp.threads,
                 "threads for TCP (default: one a CPU, four at most; beside a card, one)")
      ->check(CLI::Range(1U, service::kMaxTcpThreads));
  app.add_option("--tcp-connections", config.tcp.connections, "TCP connections at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--tcp-per-prefix", config.tcp.per_prefix, "of these from one IPv4 /24 or IPv6 /56")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option_function<double>(
         "--tcp-idle",
         [&config](double seconds) {
           config.tcp.idle = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
         },
         "seconds that a TCP connection may be idle")
      ->check(CLI::Range(0.1, 3600.0))
      ->default_str("10");
}

void add_other_options(CLI::App& app, Config& config) {
  app.add_flag("--watch-image", config.watch_image,
               "take a new file at the image's path into service by itself");
  app.add_option("--server-id", config.server_id,
                 "text for id.server and hostname.bind in class CH and for NSID (default: none is told)")
      ->check(valid(config::short_text(answer::kMaxServerId)));
  app.add_option("--server-version", config.server_version,
                 "text for version.bind and version.server in class CH (default: none is told)")
      ->check(valid(config::short_text(answer::kMaxServerVersion)));
  app.add_option("--udp-payload", config.udp_payload, "bytes of a UDP reply at most, for clients with EDNS")
      ->check(CLI::Range(config::kMinUdpPayload, config::kMaxUdpPayload))
      ->capture_default_str();
  app.add_option("--control", config.control.socket,
                 "Unix socket for ptrctl (default: with -c " + Config::Control().socket + ", else none)");
  app.add_option("--metrics", config.metrics.listen,
                 "ADDR:PORT at which Prometheus gets metrics; a port alone: of 127.0.0.1 (default: none)")
      ->check(valid(config::metrics_address));
  static const std::map<std::string, process::LogLevel> kLevels{{"error", process::LogLevel::error},
                                                                {"warning", process::LogLevel::warning},
                                                                {"info", process::LogLevel::info},
                                                                {"debug", process::LogLevel::debug}};
  app.add_option("--log-level", config.log_level, "error, warning, info (default) or debug")
      ->transform(CLI::CheckedTransformer(kLevels).description(""))
      ->type_name("WORD");
  app.add_option("--stats-json", config.stats_json, "file that gets the counters at the end");
}

/// One pass over the command line, with its values put over what `options` has.
tl::expected<void, Refusal> read_line(int argc, char** argv, Options& options) {
  CLI::App app{"ptrd: answers reverse-DNS queries from an image that ptrzone compiled"};
  set_up(app, "ptrd");
  Config& config = options.config;
  app.add_option("-c,--config", options.config_file,
                 "configuration file (YAML); an option given beside it stands in place of the file's key");
  app.add_flag("--check-config", options.check_only, "only say whether the configuration is good");
  app.add_option("--image", config.image, "image to answer from");
  app.add_option("--image-size", config.image_size,
                 "bytes of an image at most; 0 (default): half of the machine's memory")
      ->check(CLI::Range(uint64_t{0}, config::kMaxImageSize));
  add_ports(app, config);
  add_card_options(app, config);
  add_socket_options(app, config);
  add_other_options(app, config);
  app.add_option("--duration", options.duration, "seconds to run; 0: until SIGINT or SIGTERM")
      ->check(CLI::NonNegativeNumber);
  return parse(app, argc, argv);
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  Options options;
  options.config.control.socket.clear();
  if (const auto ok = read_line(argc, argv, options); !ok) return tl::unexpected(ok.error());
  const std::string& file = options.config_file;
  if (!file.empty()) {
    auto config = config::read_config(file);
    if (!config) return tl::unexpected(Refusal{kFailed, config.error()});
    options.config = *std::move(config);
    if (const auto ok = read_line(argc, argv, options); !ok) return tl::unexpected(ok.error());
  }
  if (const auto conflict = config::find_conflict(options.config))
    return tl::unexpected(Refusal{kUsage, option_of(conflict->key) + ": " + conflict->what});
  if (const std::string missing = config::missing_key(options.config); !missing.empty()) {
    if (file.empty())
      return tl::unexpected(Refusal{kUsage, option_of(missing) + " is required; see ptrd --help"});
    const bool image = missing == "image";
    return tl::unexpected(
        Refusal{kFailed, file + (image ? ": image is missing: what to answer from"
                                       : ": nothing to answer on; give dpdk, xdp or listen")});
  }
  return options;
}

}  // namespace ptrd
