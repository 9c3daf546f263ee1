// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/dpdk_service.hpp"

#include <fmt/core.h>
#include <net/if.h>
#include <rte_launch.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <utility>

#include "port/dpdk/device.hpp"
#include "port/dpdk/eal.hpp"
#include "port/dpdk/ethdev.hpp"
#include "port/dpdk/exception.hpp"
#include "port/dpdk/log.hpp"
#include "port/xdp/foreign.hpp"
#include "port/xdp/quiet.hpp"
#include "process/log.hpp"
#include "ptrd/wire/plural.hpp"
#include "service/own_addresses.hpp"
#include "service/port_advice.hpp"

namespace ptrd::service {

namespace {

using Worker = datapath::Worker<port::EthdevQueue>;

/// The kernel interface whose frames a device receives; index 0: none.
port::Interface interface_of(const std::string& device) {
  port::Interface interface { .name = port::kernel_interface_of(device) };
  interface.index = if_nametoindex(interface.name.c_str());
  return interface;
}

class DpdkService : public Service {
 public:
  DpdkService(std::string name, port::Eal eal, port::Ethdev device,
              std::unique_ptr<port::ExceptionPath> exceptions, std::unique_ptr<OwnAddressKeeper> own,
              datapath::IdlePolicy idle, datapath::EngineSlot& engine)
      : name_(std::move(name)),
        eal_(std::move(eal)),
        own_(std::move(own)),
        device_(std::move(device)),
        exceptions_(std::move(exceptions)),
        interface_(interface_of(name_)),
        advice_(name_, interface_.name) {
    for (unsigned i = 0; i < device_.queues(); ++i) {
      const auto kernel = exceptions_ ? exceptions_->end(i) : port::KernelEnd{};
      lcores_.push_back({std::make_unique<Worker>(device_.queue(i, kernel, own_->slot()), engine), &stop_,
                         idle, device_.wait(i)});
    }
  }
  ~DpdkService() override { stop(); }

  void start() override {
    stop_ = false;
    if (exceptions_) exceptions_->start();
    own_->start();
    // Lcore 0 is the main thread. An lcore that waits for work always accepts it.
    for (unsigned i = 0; i < lcores_.size(); ++i) (void)rte_eal_remote_launch(poll, &lcores_[i], i + 1);
  }

  void stop() override {
    if (stop_.exchange(true)) return;
    for (unsigned i = 0; i < lcores_.size(); ++i) rte_eal_wait_lcore(i + 1);
    own_->stop();
    if (exceptions_) exceptions_->stop();
    if (const uint64_t lost = device_.losses().sum(); lost > 0)
      process::log_warning("the card itself lost {} before a worker saw them", wire::plural(lost, "frame"));
  }

  void observe() override {
    uint64_t partial = 0;
    for (const Lcore& lcore : lcores_) partial += partial_checksums(lcore.worker->counters());
    advice_.log(link(), partial);
  }

  void report_to(std::vector<Report>& reports) const override {
    Report& report = reports.emplace_back(Report{.transport = "dpdk", .totals = {}, .workers = {}});
    for (const Lcore& lcore : lcores_) {
      report.totals.add(lcore.worker->counters());
      report.workers.push_back(&lcore.worker->counters());
    }
    if (exceptions_) exceptions_->add_to(report.totals);
    device_.losses().add_to(report.totals);
  }

  [[nodiscard]] process::Needs needs() const override { return {.dpdk = true}; }

  [[nodiscard]] std::vector<unsigned> cpus() const override { return eal_.cpus(); }

  [[nodiscard]] std::string describe() const override {
    return name_ + " (DPDK " + device_.describe() + "; " + eal_.memory() + "; " + own_->describe() + "; " +
           (exceptions_ ? exceptions_->describe() : "everything else is dropped") + ")";
  }

 private:
  struct Lcore {
    std::unique_ptr<Worker> worker;
    const std::atomic<bool>* stop;
    datapath::IdlePolicy idle;
    port::EthdevWait wait;
  };
  static int poll(void* argument) {
    auto* lcore = static_cast<Lcore*>(argument);
    const datapath::IdleWatch watch(lcore->idle, datapath::Idle::poll);
    // A worker makes system calls only to rest.
    if (lcore->idle.idle == datapath::Idle::interrupt) {
      lcore->worker->run(*lcore->stop, watch, std::ref(lcore->wait));
    } else {
      lcore->worker->run(*lcore->stop, watch, port::sleep_briefly);
    }
    return 0;
  }

  [[nodiscard]] port::Link link() const {
    if (const port::Link link = interface_.link(); link != port::Link::up) return link;
    return device_.link_is_up() ? port::Link::up : port::Link::no_carrier;
  }

  std::string name_;
  port::Eal eal_;
  std::unique_ptr<OwnAddressKeeper> own_;
  port::Ethdev device_;
  std::unique_ptr<port::ExceptionPath> exceptions_;
  port::Interface interface_;  // of the kernel, whose frames the device receives; index 0: none
  PortAdvice advice_;
  std::atomic<bool> stop_ = true;
  std::vector<Lcore> lcores_;
};

tl::expected<std::unique_ptr<port::ExceptionPath>, std::string> open_exceptions(const DpdkOptions& options,
                                                                                const port::Ethdev& device) {
  if (options.exception.empty()) return nullptr;
  auto tap = port::Tap::open(options.exception);
  if (!tap) return tl::unexpected(tap.error());
  port::InterfaceSettings settings = device.interface_settings();
  settings.addresses = options.addresses;
  if (auto ok = port::set_up_interface(tap->name(), settings); !ok) return tl::unexpected(ok.error());
  return std::make_unique<port::ExceptionPath>(*std::move(tap), device.for_exceptions());
}

port::Address mapped(const port::InterfaceAddress& address) {
  if (address.ipv6) return address.bytes;
  port::Address to{};
  to[10] = to[11] = 0xFF;
  std::copy_n(address.bytes.begin(), 4, to.begin() + 12);
  return to;
}

/// Our addresses are those of the kernel interfaces that replace the card or are on it, and the configured
/// ones. Without any of these (a file, shared memory), every address is ours.
tl::expected<std::unique_ptr<OwnAddressKeeper>, std::string> keep_addresses(const DpdkOptions& options,
                                                                            const port::Ethdev& device,
                                                                            datapath::EngineSlot& engine) {
  OwnAddressKeeper::Sources sources{.mac = device.interface_settings().mac};
  if (!options.exception.empty()) sources.others = frame::Verdict::punt_not_ours;
  for (const std::string& name : {options.exception, port::kernel_interface_of(options.device)}) {
    if (name.empty()) continue;
    port::Interface interface { .name = name, .index = if_nametoindex(name.c_str()) };
    if (interface.index == 0) return tl::unexpected(name + ": no such interface; list them with ip link");
    if (name != options.exception) sources.filter = port::DnsFilter::find(interface);
    sources.interfaces.push_back(std::move(interface));
  }
  for (const port::InterfaceAddress& address : options.addresses) sources.fixed.insert(mapped(address));
  auto keeper = std::make_unique<OwnAddressKeeper>(std::move(sources), engine);
  if (const auto ok = keeper->refresh(); !ok) return tl::unexpected(ok.error());
  return keeper;
}

/// Checks the device before DPDK opens it: its driver for AF_XDP takes another XDP program off the interface
/// when it fails for it. A default program of libxdp, which a killed process leaves, is used again.
tl::expected<void, std::string> check(const std::string& device) {
  if (auto ok = port::check_device(device); !ok) return ok;
  const port::Interface interface = interface_of(device);
  if (!device.starts_with("net_af_xdp") && !device.starts_with("eth_af_xdp")) return {};
  const std::string program = port::attached_program_name(interface);
  const bool of_libxdp = program == "xsk_def_prog" || program == "xdp_dispatcher";
  if (program.empty() || (of_libxdp && device.find("xdp_prog=") == std::string::npos)) return {};
  return tl::unexpected(port::foreign_program(interface));
}

/// Of a port that DPDK has started but cannot open, with what DPDK does not say.
std::string open_error(const DpdkOptions& options, const std::string& what, const port::DpdkLog& log,
                       unsigned workers) {
  std::string text = options.device + ": " + what + log.quote();
  unsigned long packets = 0;
  if (const size_t at = log.cause().find("At least ");
      log.cause().find("Not enough mbufs") != std::string::npos && at != std::string::npos &&
      std::sscanf(log.cause().c_str() + at, "At least %lu", &packets) == 1) {
    text += fmt::format("; infinite_rx=1 keeps every packet of the file in a buffer: give --mbufs {}",
                        packets * workers + port::least_mbufs(workers, !options.exception.empty()));
  }
  return text + port::rights_hint();
}

}  // namespace

std::string default_exception(const std::string& device, bool has_addresses) {
  return has_addresses || !port::is_vdev(device) ? "ptrd0" : "";
}

tl::expected<std::unique_ptr<Service>, std::string> open_dpdk(const DpdkOptions& options,
                                                              datapath::EngineSlot& engine) {
  const auto workers = static_cast<unsigned>(std::max<size_t>(1, options.cpus.size()));
  const bool has_exceptions = !options.exception.empty();
  if (const unsigned least = port::least_mbufs(workers, has_exceptions);
      options.mbufs != 0 && options.mbufs < least) {
    return tl::unexpected(
        fmt::format("{}: {} mbufs are too few for {}{}; set --mbufs or dpdk.mbufs to at least {}",
                    options.device, options.mbufs, wire::plural(workers, "worker"),
                    has_exceptions ? " and an exception interface" : "", least));
  }
  if (const auto ok = check(options.device); !ok) return tl::unexpected(ok.error());
  port::DpdkLog log;
  port::silence_bpf_libraries();
  auto eal = port::Eal::start(
      {.device = options.device, .cpus = options.cpus, .extra = options.extra, .mbufs = options.mbufs}, log);
  if (!eal) return tl::unexpected(eal.error() + port::rights_hint());
  auto device = port::Ethdev::open({.device = options.device,
                                    .workers = workers,
                                    .exceptions = has_exceptions,
                                    .interrupts = options.idle.idle == datapath::Idle::interrupt,
                                    .mbufs = options.mbufs});
  if (!device) return tl::unexpected(open_error(options, device.error(), log, workers));
  auto exceptions = open_exceptions(options, *device);
  if (!exceptions) return tl::unexpected(options.device + ": " + exceptions.error());
  auto own = keep_addresses(options, *device, engine);
  if (!own) return tl::unexpected(options.device + ": " + own.error());
  log.let_through();
  if ((*own)->none())
    process::log_warning(
        "{}: its interface has no address; no query is answered until it gets one (or use --address)",
        options.device);
  if (device->queues() < workers) {
    process::log_warning("{} has {}: {} of the {} lcores stay unused", options.device,
                         wire::plural(device->queues(), "queue"), workers - device->queues(), workers);
  }
  return std::make_unique<DpdkService>(options.device, *std::move(eal), *std::move(device),
                                       *std::move(exceptions), *std::move(own), options.idle, engine);
}

}  // namespace ptrd::service
