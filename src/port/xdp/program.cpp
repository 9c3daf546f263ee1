// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <linux/membarrier.h>
#include <ptrd.skel.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>

#include "bpf/answer_settings.h"
#include "bpf/consts.h"
#include "port/xdp/foreign.hpp"
#include "port/xdp/kernel_counters.hpp"
#include "port/xdp/quiet.hpp"

namespace ptrd::port {

namespace {

static_assert(static_cast<int>(KernelAnswers::off) == PTRD_MODE_OFF &&
              static_cast<int>(KernelAnswers::fallback) == PTRD_MODE_FALLBACK &&
              static_cast<int>(KernelAnswers::first) == PTRD_MODE_FIRST);

constexpr uint32_t kFirst = 0;  // the one entry of some maps
constexpr const char* kLink = "link";

std::string load_error(const Interface& interface, int error) {
  std::string text = interface.name + ": the kernel rejects the XDP program: " + std::strerror(error);
  if (error == EPERM || error == EACCES)
    text += "; it needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; --socket does not";
  if (error == EINVAL) text += "; it needs Linux 5.13 or newer";
  if (error == EMFILE) text += "; raise the limit on open files (LimitNOFILE=, ulimit -n)";
  return text;
}

/// Whether the verifier allows this process's programs pointer arithmetic, which answers need
/// (capabilities(7)): if not, a refusal says nothing about the kernel.
bool may_use_pointers() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  const uint64_t effective = sets[0].effective | uint64_t{sets[1].effective} << 32;
  return (effective & (uint64_t{1} << CAP_PERFMON | uint64_t{1} << CAP_SYS_ADMIN)) != 0;
}

}  // namespace

XdpProgram::XdpProgram(const Interface& interface, Pins pins, Skeleton skeleton)
    : interface_(interface),
      pins_(std::move(pins)),
      skeleton_(std::move(skeleton)),
      address_maps_(bpf_map__fd(skeleton_->maps.addresses), bpf_map__fd(skeleton_->maps.station)) {}
XdpProgram::XdpProgram(XdpProgram&&) noexcept = default;
XdpProgram::~XdpProgram() = default;

tl::expected<XdpProgram::Skeleton, std::string> XdpProgram::load_skeleton(const Interface& interface,
                                                                          bool answers) {
  Skeleton skeleton(ptrd_bpf__open(), ptrd_bpf__destroy);
  if (!skeleton) return tl::unexpected(load_error(interface, errno));
  skeleton->rodata->answers = answers ? 1 : 0;
  (void)bpf_map__set_max_entries(skeleton->maps.xsks_map, interface.queues);
  if (const int error = ptrd_bpf__load(skeleton.get()); error != 0)
    return tl::unexpected(load_error(interface, -error));
  return skeleton;
}

tl::expected<XdpProgram, std::string> XdpProgram::load(const Interface& interface, KernelAnswers answers) {
  silence_bpf_libraries();
  auto pins = Pins::open(interface.name);
  if (!pins) return tl::unexpected(pins.error());
  auto skeleton = load_skeleton(interface, answers != KernelAnswers::off);
  const bool refused = !skeleton && answers != KernelAnswers::off && may_use_pointers();
  if (refused) skeleton = load_skeleton(interface, false);
  if (!skeleton) return tl::unexpected(skeleton.error());
  XdpProgram program(interface, *std::move(pins), *std::move(skeleton));
  program.answers_ = refused ? KernelAnswers::off : answers;
  if (refused) {
    program.warnings_.push_back(interface.name +
                                ": this kernel accepts the XDP program only without its answers; continuing "
                                "with --kernel-answers off");
  }
  return program;
}

tl::expected<void, std::string> XdpProgram::attach() {
  const auto adopted = adopt();
  if (!adopted) return tl::unexpected(adopted.error());
  adopted_ = *adopted;
  if (!adopted_) {
    if (auto ok = attach_anew(); !ok) return ok;
  }
  if (auto ok = pin(); !ok) {
    if (!adopted_) detach();
    return ok;
  }
  if (pins_.fleeting()) {
    warnings_.push_back(pins_.path() +
                        " is mounted only in this process's mount namespace: the program will not outlive "
                        "ptrd; mount it outside first (mount -t bpf bpf /sys/fs/bpf), and enter a network "
                        "namespace with nsenter --net, not with ip netns exec");
  }
  return {};
}

tl::expected<bool, std::string> XdpProgram::adopt() {
  Descriptor link = pins_.get(kLink);
  if (!link) return false;
  bpf_link_info info{};
  __u32 length = sizeof info;
  if (bpf_obj_get_info_by_fd(link.get(), &info, &length) != 0 || info.type != BPF_LINK_TYPE_XDP ||
      info.xdp.ifindex == 0)
    return false;  // its interface is gone, and another one has the name now
  // An interface index does not identify the network namespace; the program does.
  if (info.xdp.ifindex != interface_.index || attached_program(interface_) != info.prog_id) {
    return tl::unexpected<std::string>(interface_.name + ": " + pins_.path() +
                                       " belongs to another interface of that name (renamed, or in another "
                                       "network namespace); if it is not needed, rm -r " +
                                       pins_.path());
  }
  const EarlierCounters earlier(pins_);
  if (bpf_link_update(link.get(), bpf_program__fd(skeleton_->progs.ptrd_xdp), nullptr) != 0) {
    return tl::unexpected<std::string>(
        interface_.name + ": cannot replace the program that an earlier ptrd left: " + std::strerror(errno) +
        "; remove it: rm -r " + pins_.path());
  }
  link_ = std::move(link);
  const auto carried = earlier.read();
  if (!carried.lost.empty()) warnings_.push_back(interface_.name + ": " + carried.lost);
  before_ = carried.counters;
  const int kept = bpf_map__fd(skeleton_->maps.counters_before);
  for (uint32_t key = 0; key < before_.size(); ++key)
    (void)bpf_map_update_elem(kept, &key, &before_[key], BPF_ANY);
  return true;
}

tl::expected<void, std::string> XdpProgram::attach_anew() {
  int native_error = 0;
  for (const __u32 mode : {XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE}) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = mode);
    Descriptor link(bpf_link_create(bpf_program__fd(skeleton_->progs.ptrd_xdp),
                                    static_cast<int>(interface_.index), BPF_XDP, &options));
    if (link) {
      link_ = std::move(link);
      if (mode == XDP_FLAGS_SKB_MODE) {
        const bool no_driver = native_error == EOPNOTSUPP;
        warnings_.push_back(
            interface_.name + ": the driver " +
            (no_driver ? "has no XDP"
                       : "rejects the program (" + std::string(std::strerror(native_error)) + ")") +
            "; it runs in generic mode, which is slower" +
            (no_driver
                 ? ""
                 : ". A smaller MTU, or as many receive as send queues, may fix this (ip link, ethtool -L)"));
      }
      return {};
    }
    native_error = errno;
    // There is a foreign program.
    if (errno == EBUSY || errno == EEXIST) return tl::unexpected(foreign_program(interface_));
  }
  return tl::unexpected<std::string>(interface_.name +
                                     ": cannot attach the XDP program: " + std::strerror(errno));
}

tl::expected<void, std::string> XdpProgram::pin() {
  // An adopted link's pin must not be removed, even for a moment: it may be the only reference to the link.
  if (!adopted_) {
    if (auto ok = pins_.put(kLink, link_.get()); !ok) return ok;
  }
  if (auto ok = pins_.put("program", bpf_program__fd(skeleton_->progs.ptrd_xdp)); !ok) return ok;
  // The names last: counters without names are not carried over, so none are misread if ptrd is killed in
  // between.
  pins_.drop(kCounterNamesPin);
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, skeleton_->obj) {
    if (bpf_map__is_internal(map)) continue;
    if (auto ok = pins_.put(bpf_map__name(map), bpf_map__fd(map)); !ok) return ok;
  }
  const auto names = make_counter_names();
  if (!names)
    return tl::unexpected(interface_.name + ": cannot create the map of counter names: " + names.error());
  return pins_.put(kCounterNamesPin, names->get());
}

tl::expected<void, std::string> XdpProgram::set_answers(const answer::Settings& settings) {
  const ptrd_config config{.mode = static_cast<__u32>(answers_)};
  if (bpf_map_update_elem(bpf_map__fd(skeleton_->maps.config), &kFirst, &config, BPF_ANY) != 0) {
    return tl::unexpected<std::string>(interface_.name +
                                       ": cannot create the program's settings map: " + std::strerror(errno));
  }
  udp_payload_ = settings.udp_payload;
  return {};
}

/// By errno.
std::string XdpProgram::why_not(const char* what) const {
  return interface_.name + ": " + what + " the kernel's copy of the image: " + std::strerror(errno) +
         "; --kernel-answers off avoids it";
}

tl::expected<KernelImage, std::string> XdpProgram::copy(const image::View& image,
                                                        const image::Executor& run) const {
  const std::span<const image::Line> lines = image.lines();
  auto map = KernelImage::make(lines.size());
  if (!map) return tl::unexpected(why_not("not enough memory for"));
  constexpr size_t kPiece = 1024;  // lines
  run((lines.size() + kPiece - 1) / kPiece, [&](size_t piece) {
    const size_t first = piece * kPiece;
    const auto own = lines.subspan(first, std::min(kPiece, lines.size() - first));
    std::copy(own.begin(), own.end(), map->lines().begin() + static_cast<ptrdiff_t>(first));
  });
  if (!takes_changes_) map->freeze();
  return std::move(*map);
}

/// Fills a slot, of which nobody reads.
bool XdpProgram::put(uint32_t slot, const KernelImage& image, const policy::KernelLines* policy) const {
  const int image_fd = image.descriptor();
  if (bpf_map_update_elem(bpf_map__fd(skeleton_->maps.images), &slot, &image_fd, BPF_ANY) != 0) return false;
  const int policies = bpf_map__fd(skeleton_->maps.policies);
  if (policy == nullptr) {
    (void)bpf_map_delete_elem(policies, &slot);
    return true;
  }
  const int policy_fd = policy->descriptor();
  return bpf_map_update_elem(policies, &slot, &policy_fd, BPF_ANY) == 0;
}

/// In one store, which every run of the program sees whole.
bool XdpProgram::publish(const ptrd_answer_settings& settings) const {
  const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* there = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                     bpf_map__fd(skeleton_->maps.answer_settings), 0);
  if (there == MAP_FAILED) return false;
  std::atomic_ref(*static_cast<uint64_t*>(there))
      .store(std::bit_cast<uint64_t>(settings), std::memory_order_release);
  munmap(there, size);
  return true;
}

tl::expected<void, std::string> XdpProgram::serve(const image::View* image, const policy::KernelLines* policy,
                                                  const image::Executor& run) {
  KernelImage next;
  KernelImage second;
  if (image != nullptr) {
    auto copied = copy(*image, run);
    if (!copied) return tl::unexpected(copied.error());
    next = *std::move(copied);
    auto again = takes_changes_ ? copy(*image, run) : KernelImage();
    if (!again) return tl::unexpected(again.error());
    second = *std::move(again);
  }
  const uint32_t slot = 1 - slot_;
  const bool published = put(slot, next ? next : image_, policy) &&
                         publish({.udp_payload = udp_payload_,
                                  .slot = static_cast<__u8>(slot),
                                  .has_policy = static_cast<__u8>(policy != nullptr ? 1 : 0),
                                  .reserved = 0});
  const uint32_t unused = published ? slot_ : slot;
  const int error = errno;
  // A run that has read the settings before finds nothing there any more, and leaves its query to the
  // sockets.
  (void)bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.images), &unused);
  (void)bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.policies), &unused);
  if (published) {
    slot_ = slot;
    policy_ = policy;
    if (next) {
      image_ = std::move(next);
      other_ = std::move(second);
      behind_.clear();
    }
  }
  // The next change is published in the other slot. Without a copy there nothing can be answered.
  const bool ready = !other_ || put(1 - slot_, other_, policy_);
  if (!ready) (void)publish({});
  errno = error;
  if (!published || !ready) return tl::unexpected(why_not("cannot publish"));
  return {};
}

namespace {

/// Waits until every run of a program in the kernel that has begun is over: RCU's grace period.
bool wait_for_runs() {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0;
}

}  // namespace

tl::expected<void, std::string> XdpProgram::take_changes() {
  if (!wait_for_runs()) {
    return tl::unexpected(
        interface_.name +
        ": the kernel's copy of the image cannot be changed (membarrier: " + std::strerror(errno) + ")");
  }
  takes_changes_ = true;
  return {};
}

void XdpProgram::change(std::span<const uint32_t> lines, const image::View& image) {
  if (!other_ || other_.lines().size() != image.lines().size()) return;
  (void)wait_for_runs();  // it did when `take_changes` tried
  const auto write = [&](std::span<const uint32_t> some) {
    for (const uint32_t line : some) other_.lines()[line] = image.lines()[line];
  };
  write(behind_);
  write(lines);
  behind_.assign(lines.begin(), lines.end());
  std::swap(image_, other_);
  slot_ = 1 - slot_;
  (void)publish({.udp_payload = udp_payload_,
                 .slot = static_cast<__u8>(slot_),
                 .has_policy = static_cast<__u8>(policy_ != nullptr ? 1 : 0),
                 .reserved = 0});
}

void XdpProgram::detach() {
  (void)bpf_link_detach(link_.get());
  pins_.remove();
}

bool XdpProgram::give_queue(unsigned queue, int socket) {
  return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.xsks_map), &queue, &socket, BPF_ANY) == 0;
}

void XdpProgram::take_queue(unsigned queue) {
  (void)bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.xsks_map), &queue);
}

tl::expected<void, std::string> XdpProgram::set_addresses(const LinkAddresses& own) {
  return address_maps_.set(own).map_error(
      [this](const std::string& what) { return interface_.name + ": " + what; });
}

void XdpProgram::add_counters_to(datapath::Totals& totals) const {
  std::vector<uint64_t> now = read_kernel_counters(bpf_map__fd(skeleton_->maps.counters));
  for (size_t i = 0; i < std::min(now.size(), before_.size()); ++i) now[i] += before_[i];
  add_kernel_counters(now, totals);
}

std::string XdpProgram::describe() const {
  std::string text = attached_natively(interface_) ? "native XDP" : "generic XDP";
  if (adopted_) text += ", adopted from an earlier ptrd";
  return text;
}

}  // namespace ptrd::port
