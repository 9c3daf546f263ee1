// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrd: the responder. Loads an image, opens a port, starts the workers, waits for the end.
#include <pthread.h>
#include <rte_launch.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "datapath/counters.hpp"
#include "datapath/worker.hpp"
#include "port/eal.hpp"
#include "port/ethdev.hpp"
#include "port/socket.hpp"
#include "ptrd/image/image.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Options {
  std::string image;
  std::string device;
  std::string lcores;
  std::vector<std::string> sockets;
  std::vector<std::string> eal;
  std::string stats_file;
  double duration = 0;
};

int fail(const std::string& what) {
  spdlog::error("{}", what);
  return kFailed;
}

/// The signals that end ptrd, blocked in every thread so that the main one can wait for them.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void wait_for_end(const sigset_t& signals, double seconds) {
  if (seconds <= 0) {
    int caught = 0;
    sigwait(&signals, &caught);
    return;
  }
  timespec limit{};
  limit.tv_sec = static_cast<time_t>(seconds);
  limit.tv_nsec = static_cast<long>((seconds - static_cast<double>(limit.tv_sec)) * 1e9);
  sigtimedwait(&signals, nullptr, &limit);
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

int run_sockets(const Options& options, const datapath::EngineSlot& engine, const sigset_t& signals) {
  std::vector<port::SocketServer> servers;
  for (const std::string& where : options.sockets) {
    auto server = port::SocketServer::open(where);
    if (!server) return fail(server.error());
    servers.push_back(*std::move(server));
  }
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (auto& server : servers) threads.emplace_back([&] { server.run(engine, stop); });
  for (const std::string& where : options.sockets)
    spdlog::info("ready: answering on {} (kernel sockets)", where);
  wait_for_end(signals, options.duration);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  datapath::Totals totals;
  for (const auto& server : servers) totals.add(server.counters());
  return report(options, totals, std::chrono::duration<double>(Clock::now() - start).count());
}

using DpdkWorker = datapath::Worker<port::EthdevQueue>;
struct Lcore {
  std::unique_ptr<DpdkWorker> worker;
  const std::atomic<bool>* stop;
};
int lcore_main(void* argument) {
  auto* lcore = static_cast<Lcore*>(argument);
  lcore->worker->run(*lcore->stop);
  return 0;
}

int run_dpdk(const Options& options, const datapath::EngineSlot& engine, const sigset_t& signals) {
  port::EalOptions eal_options{.device = options.device, .cpus = {}, .extra = options.eal};
  if (!options.lcores.empty()) {
    auto cpus = port::parse_cpus(options.lcores);
    if (!cpus) return fail("--lcores " + cpus.error()), kUsage;
    eal_options.cpus = *std::move(cpus);
  }
  port::DpdkLog log;
  const auto eal = port::Eal::start(eal_options);
  if (!eal) return fail(eal.error() + log.quote() + port::rights_hint());
  const auto workers = static_cast<unsigned>(std::max<size_t>(1, eal_options.cpus.size()));
  const auto device = port::Ethdev::open(workers);
  if (!device) return fail(options.device + ": " + device.error() + log.quote() + port::rights_hint());
  log.let_through();
  if (device->queues() < workers) {
    spdlog::warn("{} has {} queues: {} of the {} lcores stay unused", options.device, device->queues(),
                 workers - device->queues(), workers);
  }

  std::atomic<bool> stop = false;
  std::vector<Lcore> lcores(device->queues());
  const auto start = Clock::now();
  for (unsigned i = 0; i < lcores.size(); ++i) {
    lcores[i] = {std::make_unique<DpdkWorker>(device->queue(i), engine), &stop};
    if (rte_eal_remote_launch(lcore_main, &lcores[i], i + 1) != 0)
      return fail("cannot start the worker on lcore " + std::to_string(i + 1));
  }
  spdlog::info("ready: answering on {} (DPDK {}; {})", options.device, device->describe(), eal->memory());
  wait_for_end(signals, options.duration);
  stop = true;
  for (unsigned i = 0; i < lcores.size(); ++i) rte_eal_wait_lcore(i + 1);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  datapath::Totals totals;
  for (const Lcore& lcore : lcores) totals.add(lcore.worker->counters());
  if (device->missed() > 0)
    spdlog::warn("the card itself lost {} frames before a worker saw them", device->missed());
  return report(options, totals, seconds);
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
  auto* ports = app.add_option_group("port", "where queries come from; exactly one");
  ports->add_option("--dpdk", options.device, "DPDK device: PCI address or vdev string");
  ports->add_option("--socket", options.sockets, "kernel UDP socket ADDR:PORT; may be given more than once")
      ->expected(1)
      ->take_all();
  ports->require_option(1);
  app.add_option("--lcores", options.lcores,
                 "CPUs for DPDK workers, such as 1 or 2-5,8 (default: the last one)");
  app.add_option("--duration", options.duration, "seconds to run; 0: until SIGINT or SIGTERM")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--stats-json", options.stats_file, "file that gets the counters at the end");
  app.add_option("EAL", options.eal, "behind --: arguments for DPDK's EAL");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }

  const sigset_t signals = ending_signals();
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  const answer::Engine engine(image->view());
  const datapath::EngineSlot slot(&engine);
  spdlog::info("{}: {} zones, {} records", options.image, image->view().header().zone_count,
               image->view().header().records);
  return options.device.empty() ? run_sockets(options, slot, signals) : run_dpdk(options, slot, signals);
}
