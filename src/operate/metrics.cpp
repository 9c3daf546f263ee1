// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <exception>
#include <utility>

#include "operate/metric_families.hpp"
#include "operate/ticks.hpp"
#include "port/address.hpp"

namespace ptrd::operate {

namespace {

/// Clients served at once; more have to wait. More than scrapers need: a client that connects and sends no
/// request holds one until its timeout.
constexpr const char* kThreads = "8";
/// Milliseconds that a client may take to send its request or to read the response.
constexpr const char* kTimeout = "2000";

/// Tests whether `where` can be listened on, as the library's own error has no details.
tl::expected<void, std::string> try_address(const std::string& where) {
  const auto address = port::parse_address(where);
  if (!address) return tl::unexpected("metrics: " + address.error());
  const int fd = ::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return tl::unexpected("metrics: " + port::bind_error(where, errno));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool free = ::bind(fd, address->get(), address->size) == 0 && ::listen(fd, 1) == 0;
  const int error = errno;
  ::close(fd);
  if (free) return {};
  return tl::unexpected("metrics: " + port::bind_error(where, error));
}

}  // namespace

class Metrics::Source : public prometheus::Collectable {
 public:
  Source(std::span<const std::unique_ptr<service::Service>> services, const swap::ImageStore& images,
         const swap::Reloader& reloader, const swap::Changer* changer)
      : services_(services), images_(images), reloader_(reloader), changer_(changer) {}

  /// Called by the exposer's threads.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<service::Report> reports;
    for (const auto& service : services_) service->report_to(reports);
    Families families;
    add_traffic(reports, families);
    add_workers(reports, ticks_, families);
    add_image(images_, families);
    add_reloads(reloader_.history(), families);
    if (changer_ != nullptr) add_changes(changer_->counts(), families);
    add_rules(images_.policy().get(), families);
    add_build(families);
    return std::move(families).take();
  }

 private:
  std::span<const std::unique_ptr<service::Service>> services_;
  const swap::ImageStore& images_;
  const swap::Reloader& reloader_;
  const swap::Changer* changer_;
  double ticks_ = ticks_per_second();
};

tl::expected<std::unique_ptr<Metrics>, std::string> Metrics::open(
    const std::string& listen, std::span<const std::unique_ptr<service::Service>> services,
    const swap::ImageStore& images, const swap::Reloader& reloader, const swap::Changer* changer) {
  const bool port_alone = !listen.empty() && std::all_of(listen.begin(), listen.end(),
                                                         [](unsigned char c) { return std::isdigit(c); });
  const std::string address = port_alone ? std::string(kMetricsAddress) + ":" + listen : listen;
  if (const auto ok = try_address(address); !ok) return tl::unexpected(ok.error());
  auto source = std::make_shared<Source>(services, images, reloader, changer);
  try {
    const std::vector<std::string> options = {"listening_ports",    address,  "num_threads",       kThreads,
                                              "request_timeout_ms", kTimeout, "enable_keep_alive", "no"};
    auto exposer = std::make_unique<prometheus::Exposer>(options);
    exposer->RegisterCollectable(source);
    return std::unique_ptr<Metrics>(new Metrics(address, std::move(source), std::move(exposer)));
  } catch (const std::exception& error) {
    return tl::unexpected("metrics: " + address + ": " + error.what());
  }
}

Metrics::Metrics(std::string address, std::shared_ptr<Source> source,
                 std::unique_ptr<prometheus::Exposer> exposer)
    : address_(std::move(address)), source_(std::move(source)), exposer_(std::move(exposer)) {}

Metrics::~Metrics() = default;

}  // namespace ptrd::operate
