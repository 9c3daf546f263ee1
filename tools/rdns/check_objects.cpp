// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns check --objects: all delegations in a file, and the procedure for lame servers.
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <set>

#include "check.hpp"
#include "json.hpp"
#include "lib/plural.hpp"
#include "lib/progress_line.hpp"
#include "network.hpp"
#include "rdns/check/lame_register.hpp"
#include "rdns/check/report_text.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {

namespace {

using namespace client;
using namespace rdns::check;

/// Shortest time between two writes of the state file: what a `kill -9` can lose.
constexpr std::chrono::seconds kSaveEvery{2};

/// Identifies a version of a file.
std::string identity_of(const std::string& path) {
  struct stat there {};
  if (::stat(path.c_str(), &there) != 0) return path;
  return fmt::format("{} {} {}.{:09}", path, there.st_size, there.st_mtim.tv_sec, there.st_mtim.tv_nsec);
}

/// One run through the file: a number of zones at a time, with the results going into the register.
class Run {
 public:
  Run(const CheckOptions& options, const std::vector<Delegation>& delegations, LameRegister& lame, Day day,
      const std::optional<Endpoint>& resolver)
      : options_(options),
        what_(what_to_check(options)),
        delegations_(delegations),
        lame_(lame),
        day_(day),
        client_(context_, client_options(options.network)),
        save_timer_(context_),
        signals_(context_, SIGINT, SIGTERM),
        next_(lame.position.done) {
    if (resolver) resolver_.emplace(context_, *resolver, client_options(options.network));
  }

  /// Error: the state cannot be written.
  tl::expected<void, std::string> run() {
    signals_.async_wait([this](const asio::error_code& error, int) {
      if (error) return;
      interrupted_ = true;
      context_.stop();
    });
    show_progress();
    for (unsigned i = 0; i < options_.network.parallel; ++i) start_next();
    if (next_ > lame_.position.done)
      arm_save();
    else
      signals_.cancel();
    context_.run();
    progress_.wipe();
    if (!interrupted_ && !failure_) lame_.forget_untested(day_);
    if (failure_) return tl::unexpected(*failure_);
    return lame_.save(options_.state);
  }

  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] uint64_t failed() const { return failed_; }
  [[nodiscard]] const std::map<std::string_view, uint64_t>& faults() const { return faults_; }

 private:
  void start_next() {
    if (next_ >= delegations_.size()) return;
    const uint64_t number = next_++;
    observe(client_, resolver_ ? &*resolver_ : nullptr, what_, delegations_[number],
            client::Clock::now() + what_.limits.time,
            [this, number](const Observation& seen) { take(number, judge(seen)); });
  }

  void take(uint64_t number, const Report& report) {
    lame_.take(report, day_);
    for (const Finding& finding : report.findings) ++faults_[info(finding.fault).id];
    if (report.failed()) {
      ++failed_;
      if (options_.verbose) {
        progress_.wipe();
        fmt::print("{}", options_.json ? json_text(report, -1) + "\n" : to_text(report));
      }
    }
    // Only delegations before every zone that is still in progress count as done.
    finished_.insert(number);
    while (finished_.erase(lame_.position.done) > 0) ++lame_.position.done;
    show_progress();
    start_next();
    if (lame_.position.done < delegations_.size()) return;
    save_timer_.cancel();
    signals_.cancel();
  }

  void show_progress() {
    const uint64_t done = lame_.position.done;
    const uint64_t all = delegations_.size();
    progress_.show([&](double) {
      return fmt::format("{} {} of {}, {} lame",
                         progress_bar(static_cast<double>(done) / static_cast<double>(all)), done,
                         plural(all, "delegation"), lame_.size());
    });
  }

  /// A long file takes longer to write, and is written less often: a twentieth of the time at most.
  void arm_save() {
    save_timer_.expires_after(std::max<Clock::duration>(kSaveEvery, 20 * save_took_));
    save_timer_.async_wait([this](const asio::error_code& error) {
      if (error) return;
      const auto start = Clock::now();
      if (const auto saved = lame_.save(options_.state); !saved) {
        failure_ = saved.error();
        return context_.stop();
      }
      save_took_ = Clock::now() - start;
      arm_save();
    });
  }

  const CheckOptions& options_;
  rdns::check::CheckOptions what_;
  const std::vector<Delegation>& delegations_;
  LameRegister& lame_;
  Day day_;
  asio::io_context context_{1};
  Client client_;
  std::optional<Resolver> resolver_;
  asio::steady_timer save_timer_;
  asio::signal_set signals_;
  ProgressLine progress_;
  uint64_t next_;
  std::set<uint64_t> finished_;
  Clock::duration save_took_{};
  bool interrupted_ = false;
  std::optional<std::string> failure_;
  uint64_t failed_ = 0;
  std::map<std::string_view, uint64_t> faults_;
};

std::string line_of(const DueAction& action) {
  using Kind = DueAction::Kind;
  const std::string since = fmt::format("since {} ({})", rdns::check::to_text(action.since),
                                        plural(static_cast<uint64_t>(action.days), "day"));
  switch (action.kind) {
    case Kind::recorded:
      return fmt::format("recorded: {} {} is {}", action.zone, action.server,
                         rdns::check::to_text(action.lameness));
    case Kind::notice:
      return fmt::format("notice {} of {}: {} {} is {} {}", action.notice, kNoticeDays.size(), action.zone,
                         action.server, rdns::check::to_text(action.lameness), since);
    case Kind::remove_server:
      return fmt::format("remove nserver: {} {} is {} {}", action.zone, action.server,
                         rdns::check::to_text(action.lameness), since);
    case Kind::remove_object:
      return fmt::format("remove object: {}, all of its servers are lame, {}", action.zone, since);
    case Kind::cleared:
      break;
  }
  return fmt::format("cleared: {} {} answers again, was lame {}", action.zone, action.server, since);
}

void print(const CheckOptions& options, const RunSummary& run) {
  if (options.json) return fmt::print("{}\n", json_text(run, options.verbose ? -1 : 2));
  for (const DueAction& action : run.due) fmt::print("{}\n", line_of(action));
  fmt::print("{}: {}, {} failed in this run, {} of them lame, {} due\n", rdns::check::to_text(run.day),
             plural(run.objects, "delegation"), run.failed, plural(run.lame, "server"),
             plural(run.due.size(), "action"));
}

}  // namespace

int check_objects(const CheckOptions& options) {
  const auto day = options.now.empty() ? std::optional(today()) : day_of_text(options.now);
  if (!day) return fail("--now: '" + options.now + "' is not a date such as 2026-11-21", kUsage);
  const auto resolver = find_resolver(options.network);
  if (!resolver && !options.network.resolver.empty()) return fail(resolver.error(), kUsage);
  auto lame = LameRegister::load(options.state);
  if (!lame) return fail(lame.error());
  const std::string identity = identity_of(options.objects);
  const auto file = read_delegations(options.objects);
  if (!file) return fail(file.error());
  const std::vector<Delegation>& delegations = file->delegations;
  if (file->findings > 0)
    fmt::print(stderr, "rdns: {}: {}; rdns objects {} lists them\n", options.objects,
               plural(file->findings, "finding"), options.objects);
  lame->begin(*day);
  if (lame->position.day != *day || lame->position.file != identity)
    lame->position = {.day = *day, .file = identity, .done = 0};
  if (lame->position.done > delegations.size()) lame->position.done = 0;
  Run run(options, delegations, *lame, *day, resolver ? std::optional(*resolver) : std::nullopt);
  if (const auto ran = run.run(); !ran) return fail(ran.error());
  if (run.interrupted())
    return fail(fmt::format("stopped after {} of {}; run the same command again to continue",
                            lame->position.done, plural(delegations.size(), "delegation")));
  print(options, {.day = *day,
                  .objects = delegations.size(),
                  .failed = run.failed(),
                  .lame = lame->size(),
                  .due = lame->due(*day),
                  .faults = run.faults()});
  return run.failed() == 0 && lame->size() == 0 ? kDone : kFailed;
}

}  // namespace ptrd::cli
