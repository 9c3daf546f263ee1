// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/server.hpp"

#include <algorithm>
#include <utility>

#include "port/cpus.hpp"
#include "port/dpdk/eal.hpp"
#include "port/tap_interface.hpp"
#include "port/xdp/shared_lines.hpp"
#include "process/log.hpp"
#include "ptrd/wire/plural.hpp"
#include "service/auto_driver.hpp"
#include "service/dpdk_service.hpp"
#include "service/socket_service.hpp"
#include "service/tcp/service.hpp"
#include "service/xdp_service.hpp"

namespace ptrd::operate {

namespace {

/// The services, in the order in which they start.
using Opened = tl::expected<std::unique_ptr<service::Service>, std::string>;

service::SocketOptions socket_options(const config::Config& config, bool beside_a_card) {
  service::SocketOptions options{.addresses = config.listen,
                                 .threads = config.socket_threads > 0
                                                ? config.socket_threads
                                                : service::default_socket_threads(beside_a_card),
                                 .tcp = config.tcp};
  if (options.tcp.threads == 0) options.tcp.threads = service::default_tcp_threads(beside_a_card);
  return options;
}

/// In units of 100 ms, rounded down: a client that keeps its connection for the advertised time must not be
/// too late.
uint16_t keepalive(const service::TcpLimits& limits) {
  constexpr std::chrono::milliseconds kUnit{100};
  return static_cast<uint16_t>(std::min<std::chrono::milliseconds::rep>(limits.idle / kUnit, UINT16_MAX));
}

/// `policy`: for the program in the kernel.
Opened open_card(const config::Config& config, const std::vector<unsigned>& cpus,
                 const policy::KernelLines* policy, datapath::EngineSlot& engine) {
  const service::XdpOptions xdp{.interface = config.xdp.interface,
                                .cpus = cpus,
                                .addresses = config.addresses,
                                // No rule can be got around where the kernel program does not know them.
                                .kernel_answers = config.policy.empty() || policy != nullptr
                                                      ? config.xdp.kernel_answers
                                                      : port::KernelAnswers::off,
                                .policy = policy,
                                .changes = !config.journal.empty(),
                                .keep = config.xdp.keep,
                                .idle = config.idle};
  if (!config.xdp.interface.empty()) return service::open_xdp(xdp, engine);
  if (!config.automatic.empty()) {
    const auto choice = service::choose_driver(config.automatic);
    if (!choice) return tl::unexpected(choice.error());
    if (choice->device.empty()) {
      service::SocketOptions sockets = socket_options(config, false);
      sockets.addresses.clear();
      return service::open_xdp_or_sockets(*choice, xdp, sockets, engine);
    }
    process::log_info("--auto selected DPDK for {}", choice->device);
    config::Config chosen = config;
    chosen.automatic.clear();
    chosen.dpdk.device = choice->device;
    return open_card(chosen, cpus, policy, engine);
  }
  std::vector<port::InterfaceAddress> addresses;
  for (const std::string& text : config.addresses) {
    auto address = port::parse_interface_address(text);
    if (!address) return tl::unexpected(address.error());
    addresses.push_back(*std::move(address));
  }
  return service::open_dpdk({.device = config.dpdk.device,
                             .cpus = cpus,
                             .extra = config.dpdk.eal,
                             .exception = config::exception_interface(config),
                             .addresses = std::move(addresses),
                             .mbufs = config.dpdk.mbufs,
                             .idle = config.idle},
                            engine);
}

/// Whether a program in the kernel may answer.
bool has_kernel_answers(const config::Config& config) {
  return (!config.xdp.interface.empty() || !config.automatic.empty()) &&
         config.xdp.kernel_answers != port::KernelAnswers::off;
}

}  // namespace

tl::expected<std::unique_ptr<Server>, std::string> Server::open(const config::Config& config) {
  const uint64_t most = config.image_size != 0 ? config.image_size : swap::ImageStore::default_max_size();
  auto images = swap::ImageStore::open(config.image,
                                       {.udp_payload = config.udp_payload,
                                        .version = config.server_version,
                                        .server_id = config.server_id,
                                        .tcp_keepalive = keepalive(config.tcp)},
                                       swap::machine_nodes(), most);
  if (!images) return tl::unexpected(images.error());
  (*images)->visit([&](const image::View& image) {
    process::log_info("{}: {}, {}", config.image, wire::plural(image.header().zone_count, "zone"),
                      wire::plural(image.header().records, "record"));
  });
  std::unique_ptr<Server> server(new Server(*std::move(images)));
  swap::ImageStore& store = *server->images_;
  if (!config.journal.empty()) {
    if (const auto ok = server->read_journal(config.journal); !ok) return tl::unexpected(ok.error());
  }
  policy::Spec spec;
  if (!config.policy.empty()) {
    // Without the right to make maps there will be no program either.
    if (has_kernel_answers(config) && port::make_shared_lines(1))
      store.share_policies(port::make_shared_lines);
    auto read = store.read_policy(config.policy);
    if (!read) return tl::unexpected(read.error());
    spec = *std::move(read);
  }
  if (const auto ok = server->open_services(config, spec.kernel.get()); !ok)
    return tl::unexpected(ok.error());
  if (!config.policy.empty()) {
    if (const auto ok = store.set_policy(config.policy, std::move(spec)); !ok)
      return tl::unexpected(ok.error());
    process::log_info("{}: {} rules", config.policy, server->images_->policy()->rules().size());
  }
  server->images_->set_follower(
      [&services = server->services_](const image::View* image,
                                      const policy::Policy* policy) -> tl::expected<void, std::string> {
        for (const auto& service : services) {
          auto ok = service->prepare(image, policy != nullptr ? policy->kernel() : nullptr);
          if (!ok) return ok;
        }
        return {};
      });
  if (server->journal_ != nullptr) server->start_changer();
  return server;
}

tl::expected<void, std::string> Server::read_journal(const std::string& path) {
  uint64_t checksum = 0;
  images_->visit([&](const image::View& image) { checksum = image.header().checksum; });
  auto opened = change::Journal::open(path, checksum);
  if (!opened) return tl::unexpected(opened.error());
  journal_ = std::move(opened->journal);
  if (!opened->note.empty()) process::log_warning("{}", opened->note);
  if (const auto ok = images_->take_changes(); !ok) return ok;
  const auto done = journal_->replay([&](uint64_t, wire::Bytes payload) -> tl::expected<void, std::string> {
    const auto batch = change::decode_batch(payload);
    if (!batch) return tl::unexpected(batch.error());
    const auto applied = images_->apply(*batch);
    if (!applied) return tl::unexpected(applied.error());
    return {};
  });
  if (!done) return done;
  images_->publish();
  process::log_info("{}: {} replayed", path, wire::plural(journal_->entries(), "change"));
  return {};
}

void Server::start_changer() {
  changer_ = std::make_unique<swap::Changer>(*images_, *journal_);
  images_->set_change_hooks({.pause = [this] { return changer_->pause(); },
                             .restart = [this](uint64_t checksum) { return journal_->restart(checksum); },
                             .follow =
                                 [this](std::span<const uint32_t> lines, const image::View& image) {
                                   for (const auto& service : services_) service->change(lines, image);
                                 }});
}

tl::expected<void, std::string> Server::open_services(const config::Config& config,
                                                      const policy::KernelLines* policy) {
  std::vector<unsigned> cpus;
  if (!config.lcores.empty()) {
    auto parsed = port::parse_cpus(config.lcores);
    if (!parsed) return tl::unexpected(parsed.error());
    cpus = *std::move(parsed);
  }
  datapath::EngineSlot& engine = images_->slot();
  if (!config.dpdk.device.empty() || !config.xdp.interface.empty() || !config.automatic.empty()) {
    auto card = open_card(config, cpus, policy, engine);
    if (!card) return tl::unexpected(card.error());
    // All threads that are started from here on keep off the workers' CPUs: the scheduler would take a poll
    // loop's CPU away for a time slice.
    port::keep_off((*card)->cpus());
    services_.push_back(*std::move(card));
  }
  if (!config.listen.empty()) {
    auto sockets = service::open_sockets(socket_options(config, !services_.empty()), engine);
    if (!sockets) return tl::unexpected(sockets.error());
    services_.push_back(*std::move(sockets));
  }
  return {};
}

void Server::start() {
  started_ = Clock::now();
  for (const auto& service : services_) service->start();
}

void Server::stop() {
  for (const auto& service : services_) service->stop();
  policy_log_.drain(images_->policy());
}

void Server::observe() {
  const auto now = Clock::now();
  if (now - observed_ < kObserve) return;
  observed_ = now;
  for (const auto& service : services_) service->observe();
  const auto policy = images_->policy();
  if (policy != nullptr && policy->kernel() != nullptr) policy->kernel()->set_clock();
  policy_log_.drain(policy);
}

process::Needs Server::needs() const {
  process::Needs needs;
  for (const auto& service : services_) needs |= service->needs();
  return needs;
}

datapath::Totals Server::totals() const {
  datapath::Totals totals;
  for (const auto& service : services_) service->add_to(totals);
  if (const auto policy = images_->policy(); policy != nullptr) totals.add(policy->counts_of_kernel());
  return totals;
}

double Server::seconds() const {
  return std::chrono::duration<double>(Clock::now() - started_).count();
}

}  // namespace ptrd::operate
