// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/image_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "file/atomic_file.hpp"
#include "policy/read/reader.hpp"
#include "policy/station.hpp"
#include "process/log.hpp"
#include "ptrd/image/regular_file.hpp"
#include "swap/image_reader.hpp"
#include "swap/parallel.hpp"

namespace ptrd::swap {

namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Refused> refused(Refusal reason, std::string what) {
  return tl::unexpected(Refused{reason, std::move(what)});
}

Expired expired_now(const image::View& view) {
  return find_expired(view, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

/// For an image that cannot be opened.
const char* remedy(int error) {
  switch (error) {
    case ENOENT:
      return "; compile it with ptrzone, or give another path";
    case EACCES:
      // Only what root may read as any user (ptrd(8), PRIVILEGES).
      return ::geteuid() == 0 ? "; it must be readable by all, or belong to root"
                              : "; it must be readable by the user that ptrd runs as";
    default:
      return "";
  }
}

}  // namespace

struct ImageStore::Generation {
  using Opened = tl::expected<std::shared_ptr<Generation>, Refused>;
  using Policy = std::shared_ptr<const policy::Policy>;
  /// Reads the image in a file; the second argument is its path.
  using Read = std::function<tl::expected<image::Image, std::string>(int, const std::string&)>;

  using Servings = std::vector<std::unique_ptr<datapath::Serving>>;

  std::string path;
  int file;
  std::vector<std::shared_ptr<const image::Image>> images;  // by node; none: `live` has replaced them
  std::shared_ptr<LiveImage> live;                          // null: the image never changes
  Policy policy;                                            // null: none
  std::array<Servings, LiveImage::kSides> servings;         // by side, of the readers on each node
  std::array<std::vector<const datapath::Serving*>, LiveImage::kSides> published;  // the same

  Generation(std::string where, int fd) : path(std::move(where)), file(fd) {}
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;
  ~Generation() {
    if (file >= 0) ::close(file);
  }
  [[nodiscard]] const image::View& view() const {
    return live != nullptr ? live->view(live->shown()) : images.front()->view();
  }
  [[nodiscard]] size_t copies() const { return servings.front().size(); }
  /// Whether it holds the same image as another one.
  [[nodiscard]] bool shares_image(const Generation& other) const {
    return live != nullptr ? live == other.live : images == other.images;
  }
  /// Of what readers are to have.
  [[nodiscard]] std::span<const datapath::Serving* const> all_servings() const {
    return published[live != nullptr ? live->shown() : 0];
  }

  /// Makes ready to serve under a policy.
  void serve(const answer::Settings& settings, Policy under) {
    policy = std::move(under);
    const auto add = [&](size_t side, const image::View& view) {
      servings[side].push_back(std::make_unique<datapath::Serving>(
          datapath::Serving{answer::Engine(view, settings), policy.get()}));
      published[side].push_back(servings[side].back().get());
    };
    for (size_t side = 0; side < servings.size(); ++side) {
      servings[side].clear();
      published[side].clear();
    }
    for (const auto& image : images) add(0, image->view());
    for (size_t side = 0; live != nullptr && side < servings.size(); ++side) {
      for (size_t node = 0; node < live->nodes(); ++node) add(side, live->view(side, node));
    }
  }
  /// Replaces the image by one that can be changed.
  tl::expected<void, std::string> make_live(const datapath::MemoryNodes& nodes) {
    auto made = LiveImage::make(images.front()->view(), nodes);
    if (!made) return tl::unexpected(path + ": " + made.error());
    live = *std::move(made);
    images.clear();
    return {};
  }
  /// The first copy from the file, the others from the first.
  tl::expected<void, std::string> add_copy(const Read& read) {
    auto image = images.empty() ? read(file, path) : images.front()->copy().map_error([&](int error) {
      return path + ": not enough memory for another copy: " + std::strerror(error);
    });
    if (!image) return tl::unexpected(image.error());
    images.push_back(std::make_shared<const image::Image>(*std::move(image)));
    return {};
  }
  /// Takes ownership of `fd`, also on failure.
  static Opened from(const std::string& path, int fd, const datapath::MemoryNodes& nodes, const Read& read) {
    auto generation = std::make_shared<Generation>(path, fd);
    for (size_t node = 0; node < nodes.count(); ++node) {
      tl::expected<void, std::string> added;
      const auto elsewhere = nodes.on(node, [&] { added = generation->add_copy(read); });
      if (!added) return refused(Refusal::bad_image, added.error());
      if (elsewhere) {
        process::log_warning("{}: copy {} of {} is not bound to a memory node: {}", path, node + 1,
                             nodes.count(), elsewhere.message());
      }
    }
    return generation;
  }
  static Opened open(const std::string& path, const datapath::MemoryNodes& nodes, const Read& read) {
    const auto fd = image::open_regular_file(path);
    if (!fd) {
      return refused(fd.error().other_kind ? Refusal::bad_image : Refusal::unreadable,
                     path + ": " + fd.error().why + remedy(fd.error().error));
    }
    return from(path, *fd, nodes, read);
  }
  /// The same image, for another policy.
  [[nodiscard]] static std::shared_ptr<Generation> of(const Generation& other) {
    auto generation = std::make_shared<Generation>(other.path, -1);
    generation->images = other.images;
    generation->live = other.live;
    return generation;
  }
};

tl::expected<std::shared_ptr<const policy::Policy>, Refused> ImageStore::make_policy(policy::Spec spec) {
  auto policy = policy::Policy::make(
      std::move(spec), policy::Station::count(),
      [this](const std::vector<policy::NameRule>& rules, const policy::NameLimits& limits) {
        return helper_->compile_names(rules, limits);
      });
  if (!policy) return refused(Refusal::bad_policy, policy.error());
  return std::shared_ptr<const policy::Policy>(*std::move(policy));
}

tl::expected<std::unique_ptr<ImageStore>, std::string> ImageStore::open(const std::string& path,
                                                                        answer::Settings settings,
                                                                        const datapath::MemoryNodes& nodes,
                                                                        uint64_t max_size) {
  auto helper = std::make_unique<Helper>(max_size);
  auto first = Generation::open(path, nodes, [max_size](int fd, const std::string& name) {
    return read_first(fd, name, run_on_all_cpus, max_size);
  });
  if (!first) return tl::unexpected(first.error().what);
  if (const std::string text = expired_now((*first)->view()).text(); !text.empty())
    process::log_warning("{}: {}", path, text);
  (*first)->serve(settings, nullptr);
  return std::unique_ptr<ImageStore>(
      new ImageStore(std::move(helper), *std::move(first), std::move(settings), nodes));
}

ImageStore::ImageStore(std::unique_ptr<Helper> helper, std::shared_ptr<Generation> first,
                       answer::Settings settings, const datapath::MemoryNodes& nodes)
    : helper_(std::move(helper)),
      settings_(std::move(settings)),
      nodes_(nodes),
      current_(std::move(first)),
      since_(std::chrono::system_clock::now()),
      slot_(current_->all_servings(), nodes) {}

ImageStore::~ImageStore() {
  if (previous_file_ >= 0) ::close(previous_file_);
}

tl::expected<policy::Spec, std::string> ImageStore::read_policy(const std::string& path) const {
  auto spec = policy::read_policy(path);
  if (!spec || !share_policies_) return spec;
  auto kernel = policy::KernelLines::make(*spec, share_policies_);
  if (!kernel)
    return tl::unexpected(path + ": no memory for the kernel's copy of the policy: " + kernel.error());
  spec->kernel = *std::move(kernel);
  return spec;
}

tl::expected<void, std::string> ImageStore::set_policy(const std::string& path, policy::Spec spec) {
  auto policy = make_policy(std::move(spec));
  if (!policy) return tl::unexpected(policy.error().what);
  const std::lock_guard lock(current_mutex_);
  policy_path_ = path;
  current_->serve(settings_, *std::move(policy));
  // No thread reads yet.
  (void)slot_.publish(current_->all_servings());
  return {};
}

tl::expected<ImageStore::Swap, Refused> ImageStore::reload(const std::string& path, bool force, Part part) {
  const std::unique_lock only(swapping_, std::try_to_lock);
  if (!only) return refused(Refusal::busy, "busy: another reload is in progress; try again later");
  // No other swap can run, so `current_` stays.
  if (part == Part::policy && policy_path_.empty())
    return refused(Refusal::bad_policy,
                   "ptrd was started without a policy; set the key policy and restart it");
  const auto start = Clock::now();
  std::shared_ptr<const policy::Policy> policy = current_->policy;
  if (part != Part::image && !policy_path_.empty()) {
    auto spec = read_policy(policy_path_);
    if (!spec) return refused(Refusal::bad_policy, spec.error());
    auto next = make_policy(*std::move(spec));
    if (!next) return tl::unexpected(next.error());
    policy = *std::move(next);
  }
  auto next = part == Part::policy ? Generation::of(*current_) : read_image(path);
  if (!next) return tl::unexpected(next.error());
  const auto no_changes = pause_changes();
  Losses losses;
  if (part != Part::policy) {
    Comparison compared = compare(current_->view(), (*next)->view());
    if (!force) {
      if (auto refusal = find_refusal((*next)->path, compared)) return tl::unexpected(*std::move(refusal));
    }
    losses = std::move(compared.losses);
  }
  (*next)->serve(settings_, std::move(policy));
  const auto read = Clock::now() - start;
  auto swap = swap_to(*std::move(next), std::move(losses), change_hooks_.restart);
  if (swap) swap->read = read;
  return swap;
}

std::unique_lock<std::mutex> ImageStore::pause_changes() const {
  return change_hooks_.pause ? change_hooks_.pause() : std::unique_lock<std::mutex>();
}

/// The image of a file, while workers run: they and their clients must not notice.
tl::expected<std::shared_ptr<ImageStore::Generation>, Refused> ImageStore::read_image(
    const std::string& path) const {
  auto next =
      Generation::open(path.empty() ? in_service().path : path, nodes_,
                       [this](int from, const std::string& name) { return read_next(*helper_, from, name); });
  return next ? prepared(*std::move(next)) : next;
}

/// For changes, if this store takes them.
tl::expected<std::shared_ptr<ImageStore::Generation>, Refused> ImageStore::prepared(
    std::shared_ptr<Generation> next) const {
  if (current_->live == nullptr) return next;
  if (const auto ok = next->make_live(nodes_); !ok) return refused(Refusal::bad_image, ok.error());
  return next;
}

tl::expected<ImageStore::Swap, Refused> ImageStore::rollback() {
  const std::unique_lock only(swapping_, std::try_to_lock);
  if (!only) return refused(Refusal::busy, "busy: a reload is in progress; try again later");
  if (previous_file_ < 0) return refused(Refusal::none_before, "no previous image to return to");
  const auto start = Clock::now();
  const int fd = fcntl(previous_file_, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return refused(Refusal::unreadable, previous_path_ + ": " + std::strerror(errno));
  auto next = Generation::from(previous_path_, fd, nodes_, [this](int from, const std::string& name) {
    return read_next(*helper_, from, name);
  });
  if (!next) return tl::unexpected(next.error());
  next = prepared(*std::move(next));
  if (!next) return tl::unexpected(next.error());
  (*next)->serve(settings_, current_->policy);
  const auto read = Clock::now() - start;
  const auto no_changes = pause_changes();
  Losses losses = compare(current_->view(), (*next)->view()).losses;
  auto swap = swap_to(*std::move(next), std::move(losses), change_hooks_.restart);
  if (swap) swap->read = read;
  return swap;
}

std::optional<Refused> ImageStore::find_refusal(const std::string& path, const Comparison& compared) const {
  LossLimits limits;
  {
    const std::lock_guard lock(current_mutex_);
    limits = limits_;
  }
  // Both, so that nothing is forced unseen.
  std::string why = compared.backwards;
  const std::string exceeded = limits.exceeded_by(compared.losses);
  if (!exceeded.empty())
    why += (why.empty() ? "" : "; ") + compared.losses.text() + "; that is more than " + exceeded;
  if (why.empty()) return {};
  return Refused{.reason = compared.backwards.empty() ? Refusal::lost : Refusal::older,
                 .what = path + ": " + why + "; if this is intended, use ptrctl reload --force",
                 .losses = compared.losses};
}

namespace {

/// Makes the changes of a journal's entries from a mark on in an image that nobody reads yet.
tl::expected<void, std::string> replay(LiveImage& live, const change::Journal& journal,
                                       const change::Journal::Mark& from) {
  auto done = journal.replay([&](uint64_t number, wire::Bytes payload) -> tl::expected<void, std::string> {
    if (number < from.number) return {};
    const auto batch = change::decode_batch(payload);
    if (!batch) return tl::unexpected(batch.error());
    const auto changed = change::apply_batch(live.hidden_view(), live.patcher(), *batch);
    if (!changed) return tl::unexpected(changed.error());
    live.keep();
    return {};
  });
  live.show();
  live.catch_up();
  return done;
}

}  // namespace

tl::expected<ImageStore::Swap, Refused> ImageStore::replace_compacted(const std::string& fresh,
                                                                      change::Journal& journal,
                                                                      const change::Journal::Mark& from) {
  const std::unique_lock only(swapping_, std::try_to_lock);
  if (!only) return refused(Refusal::busy, "busy: a reload is in progress; try again later");
  const auto start = Clock::now();
  auto next = read_image(fresh);
  if (!next) return tl::unexpected(next.error());
  const auto no_changes = pause_changes();
  if (const auto ok = replay(*(*next)->live, journal, from); !ok)
    return refused(Refusal::bad_image, fresh + ": " + ok.error());
  const Comparison compared = compare(current_->view(), (*next)->view());
  if (!compared.backwards.empty() || compared.losses.zones > 0 || compared.losses.records > 0)
    return refused(Refusal::lost, fresh + ": it is not the image in service, compacted");
  (*next)->path = current_->path;
  (*next)->serve(settings_, current_->policy);
  const auto read = Clock::now() - start;
  const std::string& path = current_->path;
  uint64_t checksum = 0;
  auto swap = swap_to(
      *std::move(next), {},
      [&](uint64_t actual) -> tl::expected<void, std::string> {
        checksum = actual;
        if (auto ok = journal.announce(actual, from); !ok) return ok;
        return file::replace(fresh, path);
      },
      true);
  if (!swap) return swap;
  swap->read = read;
  // If it fails, the journal goes on: it belongs to either image.
  if (const auto ok = journal.restart(checksum, from); !ok) process::log_error("{}", ok.error());
  return swap;
}

tl::expected<ImageStore::Swap, Refused> ImageStore::swap_to(std::shared_ptr<Generation> next, Losses losses,
                                                            const Last& last, bool compacted) {
  const bool other_image = !next->shares_image(*current_);
  if (follower_ && (other_image || next->policy != current_->policy)) {
    const auto ok = follower_(other_image ? &next->view() : nullptr, next->policy.get());
    if (!ok) return refused(Refusal::follower, ok.error());
  }
  if (other_image && last) {
    if (const auto ok = last(next->view().header().checksum); !ok) {
      if (follower_) {
        const auto back = follower_(&current_->view(), current_->policy.get());
        if (!back) process::log_error("{}", back.error());
      }
      return refused(Refusal::follower, ok.error());
    }
  }
  const auto start = Clock::now();
  const uint64_t token = slot_.publish(next->all_servings());
  Swap swap{.path = next->path,
            .zones = next->view().header().zone_count,
            .records = next->view().header().records,
            .losses = std::move(losses)};
  std::shared_ptr<Generation> old;
  {
    const std::lock_guard lock(current_mutex_);
    old = std::exchange(current_, std::move(next));
    since_ = std::chrono::system_clock::now();
    ++swaps_;
    if (other_image && !compacted) {
      if (previous_file_ >= 0) ::close(previous_file_);
      previous_file_ = std::exchange(old->file, -1);
      previous_path_ = old->path;
    } else if (!other_image) {
      current_->file = std::exchange(old->file, -1);
    }
  }
  // A worker passes within a burst, so no timeout is needed.
  while (!slot_.passed(token)) std::this_thread::sleep_for(std::chrono::microseconds(100));
  swap.wait = Clock::now() - start;
  if (other_image) {
    swap.expired = expired_now(current_->view());
    behind_ = false;  // the side of an image that is gone
  }
  return swap;
}

ImageStore::Service ImageStore::in_service() const {
  const std::lock_guard lock(current_mutex_);
  return {.path = current_->path,
          .since = since_,
          .swaps = swaps_,
          .bytes = current_->view().lines().size_bytes(),
          .copies = current_->copies()};
}

bool ImageStore::is_file_in_service(const std::string& path) const {
  struct stat served {
  }, named{};
  const std::lock_guard lock(current_mutex_);
  return current_->file >= 0 && ::fstat(current_->file, &served) == 0 && ::stat(path.c_str(), &named) == 0 &&
         served.st_dev == named.st_dev && served.st_ino == named.st_ino;
}

std::shared_ptr<const policy::Policy> ImageStore::policy() const {
  const std::lock_guard lock(current_mutex_);
  return current_->policy;
}

void ImageStore::set_loss_limits(const LossLimits& limits) {
  const std::lock_guard lock(current_mutex_);
  limits_ = limits;
}

void ImageStore::visit(const std::function<void(const image::View&)>& visit) const {
  std::shared_ptr<const Generation> held;
  {
    const std::lock_guard lock(current_mutex_);
    held = current_;
  }
  const std::shared_lock in_place(visiting_);
  visit(held->view());
}

// Changes

tl::expected<void, std::string> ImageStore::take_changes() {
  const std::lock_guard lock(current_mutex_);
  if (const auto ok = current_->make_live(nodes_); !ok) return ok;
  current_->serve(settings_, current_->policy);
  // No thread reads yet.
  (void)slot_.publish(current_->all_servings());
  return {};
}

/// Before the first change after a publication: the other side has to be free of readers and up to date.
void ImageStore::settle() {
  if (!std::exchange(behind_, false)) return;
  while (!slot_.passed(token_)) std::this_thread::sleep_for(std::chrono::microseconds(20));
  const std::lock_guard no_visitors(visiting_);
  current_->live->catch_up();
}

tl::expected<Applied, std::string> ImageStore::apply(std::span<const change::Changeset> batch) {
  settle();
  LiveImage& live = *current_->live;
  auto changed = change::apply_batch(live.hidden_view(), live.patcher(), batch);
  // It is read again from the journal as a request.
  if (changed && changed->resolved.size() > change::kMaxBatch)
    changed = tl::unexpected<std::string>(
        "with its SOA records it is more than a request may be; send it in parts");
  if (changed)
    live.keep();
  else
    live.undo();
  return changed;
}

void ImageStore::publish() noexcept {
  LiveImage& live = *current_->live;
  if (!live.changed()) return;
  // Nobody has these yet.
  for (const auto& serving : current_->servings[1 - live.shown()]) serving->engine.image_changed();
  if (change_hooks_.follow) change_hooks_.follow(live.changed_lines(), live.hidden_view());
  live.show();
  token_ = slot_.publish(current_->all_servings());
  behind_ = true;
}

void ImageStore::discard() noexcept {
  if (behind_) return;  // nothing was applied since the latest publication
  current_->live->discard();
}

uint64_t ImageStore::spare_bytes() const {
  return current_->live->spare_lines() * image::kLineSize;
}

}  // namespace ptrd::swap
