// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrd: the responder. Loads an image, opens a port, starts the workers, waits for the end.
#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/dpdk_service.hpp"
#include "control/image_store.hpp"
#include "control/service.hpp"
#include "control/socket_service.hpp"
#include "control/xdp_service.hpp"
#include "datapath/counters.hpp"
#include "datapath/worker.hpp"
#include "port/eal.hpp"
#include "port/tap_interface.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Options {
  std::string image;
  std::string device;
  std::string interface;
  std::string lcores;
  std::vector<std::string> sockets;
  std::vector<std::string> eal;
  std::string exception;
  std::vector<std::string> addresses;
  std::string stats_file;
  std::string server_id;
  std::string server_version;
  double duration = 0;
  unsigned socket_threads = 0;
  control::TcpLimits tcp;
  double tcp_idle = std::chrono::duration<double>(tcp.idle).count();
  port::KernelAnswers kernel_answers = port::KernelAnswers::fallback;
  bool keep = false;
};

int fail(const std::string& what) {
  spdlog::error("{}", what);
  return kFailed;
}

/// The signals that end ptrd or make it reload, blocked in every thread so that the main one can wait for
/// them.
sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

/// SIGHUP: takes the image's file into service as it is now.
void reload(control::ImageStore& images) {
  const auto swap = images.reload("", false);
  if (!swap) {
    spdlog::error("{}; the image before stays in service", swap.error());
  } else {
    spdlog::info("{}: {} zones, {} records in service; read in {:.0f} ms, swapped in {:.1f} ms", swap->path,
                 swap->zones, swap->records, swap->read.count() * 1e3, swap->wait.count() * 1e3);
  }
}

void wait_for_end(const sigset_t& signals, double seconds, control::ImageStore& images) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (;;) {
    int caught = 0;
    if (seconds <= 0) {
      sigwait(&signals, &caught);
    } else {
      const double left = std::max(0.0, std::chrono::duration<double>(end - Clock::now()).count());
      timespec limit{};
      limit.tv_sec = static_cast<time_t>(left);
      limit.tv_nsec = static_cast<long>((left - static_cast<double>(limit.tv_sec)) * 1e9);
      caught = sigtimedwait(&signals, nullptr, &limit);
    }
    if (caught != SIGHUP) return;
    reload(images);
  }
}

/// The end of a run: how it went to the log, and to --stats-json.
int report(const Options& options, const datapath::Totals& totals, double seconds) {
  using datapath::Totals;
  spdlog::info("stopped after {:.1f} s: rx {} answered {} dropped {} punted {} tx {}", seconds, totals.rx,
               Totals::sum(totals.answered), Totals::sum(totals.dropped), Totals::sum(totals.punted),
               totals.tx);
  if (options.stats_file.empty()) return kDone;
  std::ofstream file(options.stats_file);
  file << totals.to_json(seconds);
  file.close();
  return file ? kDone : fail(options.stats_file + ": cannot write the statistics");
}

/// Settles the interface for exceptions in `options`; gives its addresses. Error: what is wrong with the
/// arguments.
tl::expected<std::vector<port::InterfaceAddress>, std::string> settle_exception(Options& options) {
  if (options.device.empty()) {
    const bool meant = options.exception.empty() && (options.addresses.empty() || !options.interface.empty());
    if (meant) return {};
    return tl::unexpected<std::string>("--exception is for --dpdk, --address for --dpdk or --xdp");
  }
  if (options.exception.empty())
    options.exception = control::default_exception(options.device, !options.addresses.empty());
  if (options.exception == "off") options.exception.clear();
  if (options.exception.empty()) {
    if (options.addresses.empty()) return {};
    return tl::unexpected<std::string>("--address is for the interface that --exception off leaves out");
  }
  if (const auto ok = port::check_interface_name(options.exception); !ok)
    return tl::unexpected("--exception " + ok.error());
  std::vector<port::InterfaceAddress> addresses;
  for (const std::string& text : options.addresses) {
    auto address = port::parse_interface_address(text);
    if (!address) return tl::unexpected("--address " + address.error());
    addresses.push_back(*std::move(address));
  }
  return addresses;
}

using Services = std::vector<std::unique_ptr<control::Service>>;

/// Opens all that was asked for.
tl::expected<Services, std::string> open_services(const Options& options, const std::vector<unsigned>& cpus,
                                                  const std::vector<port::InterfaceAddress>& addresses,
                                                  datapath::EngineSlot& engine) {
  Services services;
  const auto take = [&](auto&& opened) -> tl::expected<void, std::string> {
    if (!opened) return tl::unexpected(opened.error());
    services.push_back(*std::forward<decltype(opened)>(opened));
    return {};
  };
  if (!options.device.empty()) {
    const control::DpdkOptions dpdk{.device = options.device,
                                    .cpus = cpus,
                                    .extra = options.eal,
                                    .exception = options.exception,
                                    .addresses = addresses};
    if (const auto ok = take(control::open_dpdk(dpdk, engine)); !ok) return tl::unexpected(ok.error());
  }
  if (!options.interface.empty()) {
    const control::XdpOptions xdp{.interface = options.interface,
                                  .cpus = cpus,
                                  .addresses = options.addresses,
                                  .kernel_answers = options.kernel_answers,
                                  .keep = options.keep};
    if (const auto ok = take(control::open_xdp(xdp, engine)); !ok) return tl::unexpected(ok.error());
  }
  if (!options.sockets.empty()) {
    const control::SocketOptions sockets{.addresses = options.sockets,
                                         .threads = options.socket_threads > 0
                                                        ? options.socket_threads
                                                        : control::default_socket_threads(!services.empty()),
                                         .tcp = options.tcp};
    if (const auto ok = take(control::open_sockets(sockets, engine)); !ok) return tl::unexpected(ok.error());
  }
  return services;
}

int run(const Options& options, const Services& services, control::ImageStore& images,
        const sigset_t& signals) {
  const auto start = Clock::now();
  for (const auto& service : services) service->start();
  for (const auto& service : services) spdlog::info("ready: answering on {}", service->describe());
  wait_for_end(signals, options.duration, images);
  for (const auto& service : services) service->stop();
  datapath::Totals totals;
  for (const auto& service : services) service->add_to(totals);
  return report(options, totals, std::chrono::duration<double>(Clock::now() - start).count());
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ptrd"));
  spdlog::set_pattern("ptrd: %v");

  Options options;
  CLI::App app{"ptrd: answers reverse-DNS queries from an image that ptrzone compiled"};
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ptrd: ") + error.what() + "; see ptrd --help\n";
  });
  app.add_option("--image", options.image, "image to answer from")->required();
  auto* ports = app.add_option_group("port", "where queries come from; one at least");
  auto* dpdk = ports->add_option("--dpdk", options.device, "DPDK device: PCI address or vdev string");
  auto* xdp = ports->add_option("--xdp", options.interface,
                                "AF_XDP on all queues of this interface; the kernel keeps everything else");
  xdp->excludes(dpdk);
  ports
      ->add_option("--socket", options.sockets,
                   "kernel sockets at ADDR:PORT; may be given more than once, and beside a card")
      ->expected(1)
      ->take_all();
  ports->require_option(1, 0);
  app.add_option("--lcores", options.lcores,
                 "CPUs for the workers, such as 1 or 2-5,8 (default: DPDK the last one, AF_XDP any)");
  app.add_option("--socket-threads", options.socket_threads,
                 "threads for UDP at each --socket (default: one a CPU; beside a card, one)")
      ->check(CLI::Range(1, 256));
  app.add_option("--tcp-connections", options.tcp.connections, "TCP connections at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--tcp-per-prefix", options.tcp.per_prefix, "of these from one IPv4 /24 or IPv6 /56")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--tcp-idle", options.tcp_idle, "seconds that a TCP connection may be idle")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--exception", options.exception,
                 "with --dpdk: interface by which all but DNS queries reach the kernel, or off (default: "
                 "ptrd0 for a card or "
                 "with --address, off for a vdev)");
  app.add_option(
         "--address", options.addresses,
         "with --dpdk: address of that interface, such as 192.0.2.1/24; with --xdp: an address to answer for "
         "beside the interface's own; may be given more than once")
      ->expected(1)
      ->take_all();
  static const std::map<std::string, port::KernelAnswers> kModes{{"off", port::KernelAnswers::off},
                                                                 {"fallback", port::KernelAnswers::fallback},
                                                                 {"first", port::KernelAnswers::first}};
  app.add_option("--kernel-answers", options.kernel_answers,
                 "with --xdp: when the program in the kernel answers by itself: off, fallback (default: "
                 "while no ptrd "
                 "does), first (what it can)")
      ->transform(CLI::CheckedTransformer(kModes))
      ->needs(xdp);
  app.add_flag("--keep", options.keep,
               "with --xdp: leave the program on the interface at the end, for the next start to adopt")
      ->needs(xdp);
  app.add_option("--duration", options.duration, "seconds to run; 0: until SIGINT or SIGTERM")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--stats-json", options.stats_file, "file that gets the counters at the end");
  app.add_option("--server-id", options.server_id,
                 "text for id.server and hostname.bind in class CH and for NSID (default: none is told)");
  app.add_option("--server-version", options.server_version,
                 "text for version.bind and version.server in class CH (default: none is told)");
  app.add_option("EAL", options.eal, "behind --: arguments for DPDK's EAL");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }

  options.tcp.idle = std::chrono::milliseconds(static_cast<int64_t>(options.tcp_idle * 1000));

  std::vector<unsigned> cpus;
  if (!options.lcores.empty()) {
    auto parsed = port::parse_cpus(options.lcores);
    if (!parsed) return fail("--lcores " + parsed.error()), kUsage;
    cpus = *std::move(parsed);
  }
  if (options.server_id.size() > answer::kMaxServerId ||
      options.server_version.size() > answer::kMaxServerVersion)
    return fail(fmt::format("--server-id takes {} bytes at most, --server-version {}", answer::kMaxServerId,
                            answer::kMaxServerVersion)),
           kUsage;

  const auto addresses = settle_exception(options);
  if (!addresses) return fail(addresses.error()), kUsage;

  const sigset_t signals = awaited_signals();
  const auto images = control::ImageStore::open(
      options.image, {.version = options.server_version, .server_id = options.server_id});
  if (!images) return fail(images.error());
  (*images)->visit([&](const image::View& image) {
    spdlog::info("{}: {} zones, {} records", options.image, image.header().zone_count,
                 image.header().records);
  });
  const auto services = open_services(options, cpus, *addresses, (*images)->slot());
  if (!services) return fail(services.error());
  (*images)->set_follower([&](const image::Image& image) -> tl::expected<void, std::string> {
    for (const auto& service : *services) {
      if (auto ok = service->prepare(image.view()); !ok) return ok;
    }
    return {};
  });
  return run(options, *services, **images, signals);
}
