// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "change/journal.hpp"
#include "config/config.hpp"
#include "operate/policy_log.hpp"
#include "service/service.hpp"
#include "swap/changer.hpp"
#include "swap/image_store.hpp"

namespace ptrd::operate {

/// The image in service and all services that answer from it.
class Server {
 public:
  using Services = std::vector<std::unique_ptr<service::Service>>;
  using Clock = std::chrono::steady_clock;
  /// How often `observe` has something to do.
  static constexpr std::chrono::seconds kObserve{1};

  /// Loads the image and opens everything in `config`, which must have no conflict and no missing key. Error:
  /// a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<Server>, std::string> open(const config::Config& config);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  void stop();
  /// Logs what the operator should know of the services; at most about once a second, however often it is
  /// called.
  void observe();
  /// The privileges that all services together need once they are open.
  [[nodiscard]] process::Needs needs() const;
  /// The counters of all services; may be called at any time.
  [[nodiscard]] datapath::Totals totals() const;
  [[nodiscard]] swap::ImageStore& images() { return *images_; }
  [[nodiscard]] const Services& services() const { return services_; }
  /// What changes the image in service, and where changes are kept; null: none are taken.
  [[nodiscard]] swap::Changer* changer() { return changer_.get(); }
  [[nodiscard]] change::Journal* journal() { return journal_.get(); }
  /// Seconds since `start`.
  [[nodiscard]] double seconds() const;

 private:
  explicit Server(std::unique_ptr<swap::ImageStore> images) : images_(std::move(images)) {}
  /// Error: a line that says how to fix it.
  [[nodiscard]] tl::expected<void, std::string> open_services(const config::Config& config,
                                                              const policy::KernelLines* policy);

  /// Makes the changes of the journal in the image, before anybody reads it. Error: as above.
  [[nodiscard]] tl::expected<void, std::string> read_journal(const std::string& path);
  void start_changer();

  std::unique_ptr<swap::ImageStore> images_;
  std::unique_ptr<change::Journal> journal_;
  PolicyLog policy_log_;
  Services services_;  // destroyed before the images that they answer from
  std::unique_ptr<swap::Changer> changer_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point observed_{};
};

}  // namespace ptrd::operate
