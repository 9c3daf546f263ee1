// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/xdp_service.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "port/cpus.hpp"
#include "port/xdp/program.hpp"
#include "port/xdp/xsk.hpp"
#include "process/log.hpp"
#include "service/address_watch.hpp"
#include "service/port_advice.hpp"
#include "swap/parallel.hpp"

namespace ptrd::service {

namespace {

using std::chrono::milliseconds;
using Worker = datapath::Worker<port::XskQueue>;

constexpr milliseconds kWait{100};
/// After this time, frames that the program redirected to a socket before the change have arrived.
constexpr milliseconds kLastFrames{2};

/// Waits until the socket has frames, at most `kWait`.
void wait_for_frames(int socket) {
  constexpr auto kLimit = static_cast<int>(kWait.count());
  pollfd wait{socket, POLLIN, 0};
  if (::poll(&wait, 1, kLimit) <= 0 || (wait.revents & POLLIN) != 0) return;
  // The interface is gone: poll never blocks on such a socket.
  (void)::poll(nullptr, 0, kLimit);
}

class XdpService : public Service {
 public:
  XdpService(XdpOptions options, port::Interface interface, port::Addresses fixed, port::XdpProgram program,
             std::vector<std::unique_ptr<port::Xsk>> sockets, datapath::EngineSlot& engine)
      : options_(std::move(options)),
        interface_(std::move(interface)),
        fixed_(std::move(fixed)),
        program_(std::move(program)),
        sockets_(std::move(sockets)),
        engine_(engine),
        advice_(interface_.name, interface_.name) {
    for (const auto& socket : sockets_)
      workers_.push_back(std::make_unique<Worker>(port::XskQueue(*socket), engine));
  }
  ~XdpService() override {
    stop();
    // Something else prevented ptrd from starting: restore the interface.
    if (!started_ && !program_.adopted()) program_.detach();
  }

  void start() override {
    stop_ = false;
    started_ = true;
    for (unsigned i = 0; i < workers_.size(); ++i) threads_.emplace_back([this, i] { serve(i); });
    for (unsigned i = 0; i < sockets_.size(); ++i) {
      if (!program_.give_queue(i, sockets_[i]->fd()))
        process::log_error("{}: no AF_XDP socket for queue {}; its queries go to the kernel", interface_.name,
                           i);
    }
    threads_.emplace_back([this] { watch(); });
  }

  void stop() override {
    if (stop_) return;
    for (unsigned i = 0; i < sockets_.size(); ++i) program_.take_queue(i);
    if (!options_.keep) program_.detach();
    std::this_thread::sleep_for(kLastFrames);
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  [[nodiscard]] tl::expected<void, std::string> prepare(const image::View* image,
                                                        const policy::KernelLines* policy) override {
    if (program_.answers() == port::KernelAnswers::off) return {};
    return program_.serve(image, policy, swap::run_with_rests);
  }

  void change(std::span<const uint32_t> lines, const image::View& image) override {
    program_.change(lines, image);
  }

  void observe() override {
    uint64_t partial = 0;
    for (const auto& worker : workers_) partial += partial_checksums(worker->counters());
    advice_.log(interface_.link(), partial);
  }

  void report_to(std::vector<Report>& reports) const override {
    Report& report = reports.emplace_back(Report{.transport = "xdp", .totals = {}, .workers = {}});
    datapath::Totals& totals = report.totals;
    for (const auto& worker : workers_) {
      totals.add(worker->counters());
      report.workers.push_back(&worker->counters());
    }
    program_.add_counters_to(totals);
    for (const auto& socket : sockets_) socket->losses().add_to(totals);
  }

  [[nodiscard]] process::Needs needs() const override { return {.xdp = true}; }

  [[nodiscard]] std::vector<unsigned> cpus() const override { return options_.cpus; }

  [[nodiscard]] std::string describe() const override {
    const auto count = sockets_.size();
    static constexpr const char* kModes[] = {"off", "as a fallback", "first"};
    return fmt::format("{} (AF_XDP, {}, {} {}, {}; answers in the kernel {})", interface_.name,
                       program_.describe(), count, count == 1 ? "queue" : "queues",
                       sockets_.front()->zero_copy() ? "zero-copy" : "copy mode",
                       kModes[static_cast<size_t>(program_.answers())]);
  }

 private:
  /// The loop of a worker. Polls without a system call while there is work, and waits in the kernel when
  /// there has been none for a while, unless it is configured to keep polling.
  void serve(unsigned number) {
    (void)pthread_setname_np(pthread_self(), fmt::format("xdp-{}", number).c_str());
    if (!options_.cpus.empty()) port::keep_to({&options_.cpus[number % options_.cpus.size()], 1});
    Worker& worker = *workers_[number];
    worker.run(stop_, {options_.idle, datapath::Idle::pause},
               [fd = sockets_[number]->fd()] { wait_for_frames(fd); });
    datapath::EngineReader reader(engine_);
    reader.online();
    while (worker.poll() > 0) {
    }
  }

  /// Keeps the program's addresses in step with the interface's.
  void watch() {
    const AddressWatch changes;
    for (bool gone = false; !stop_;) {
      refresh_addresses();
      if (!gone && !interface_.exists()) {
        gone = true;
        process::log_error("{} is gone and receives no more queries; restart ptrd when it is back",
                           interface_.name);
      }
      changes.wait(AddressWatch::kLongest);
    }
  }

  void refresh_addresses() {
    std::optional<port::LinkAddresses> own = port::addresses_of(interface_);
    if (!own) return;  // keep the previous ones until the kernel answers
    own->addresses.insert(fixed_.begin(), fixed_.end());
    if (const auto ok = program_.set_addresses(*own); !ok && !std::exchange(full_, true))
      process::log_error("{}", ok.error());
  }

  XdpOptions options_;
  port::Interface interface_;
  port::Addresses fixed_;  // answered for in addition to the interface's
  port::XdpProgram program_;
  std::vector<std::unique_ptr<port::Xsk>> sockets_;
  datapath::EngineSlot& engine_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  PortAdvice advice_;
  std::atomic<bool> stop_ = true;
  bool started_ = false;
  bool full_ = false;
};

}  // namespace

tl::expected<std::unique_ptr<Service>, std::string> open_xdp(const XdpOptions& options,
                                                             datapath::EngineSlot& engine) {
  auto interface = port::Interface::find(options.interface);
  if (!interface) return tl::unexpected(interface.error());
  port::Addresses fixed;
  for (const std::string& text : options.addresses) {
    const auto address = port::parse_host_address(text);
    if (!address) return tl::unexpected("--address " + address.error());
    fixed.insert(*address);
  }
  // Before the sockets, as it holds the lock: a second ptrd must not wait for queues that will not become
  // free.
  auto program = port::XdpProgram::load(*interface, options.kernel_answers);
  if (!program) return tl::unexpected(program.error());
  std::vector<std::unique_ptr<port::Xsk>> sockets;
  for (unsigned queue = 0; queue < interface->queues; ++queue) {
    auto socket = port::Xsk::open(*interface, queue);
    if (!socket) return tl::unexpected(socket.error());
    sockets.push_back(*std::move(socket));
  }
  port::LinkAddresses own = port::addresses_of(*interface).value_or(port::LinkAddresses{});
  own.addresses.insert(fixed.begin(), fixed.end());
  if (const auto ok = program->set_addresses(own); !ok) return tl::unexpected(ok.error());
  // Everything that the program needs is in place before the first frame reaches it.
  const answer::Engine& first = engine.load()->engine;
  if (const auto ok = program->set_answers(first.settings()); !ok) return tl::unexpected(ok.error());
  if (program->answers() != port::KernelAnswers::off) {
    if (options.changes) {
      if (const auto ok = program->take_changes(); !ok) return tl::unexpected(ok.error());
    }
    if (const auto ok = program->serve(&first.image(), options.policy); !ok)
      return tl::unexpected(ok.error());
  }
  if (const auto ok = program->attach(); !ok) return tl::unexpected(ok.error());
  for (const std::string& warning : program->warnings()) process::log_warning("{}", warning);
  if (own.addresses.empty())
    process::log_warning("{} has no address; no query is answered until it gets one (or use --address)",
                         interface->name);
  return std::make_unique<XdpService>(options, *std::move(interface), std::move(fixed), *std::move(program),
                                      std::move(sockets), engine);
}

}  // namespace ptrd::service
