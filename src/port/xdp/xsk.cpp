// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/xsk.hpp"

#include <sys/mman.h>
#include <sys/resource.h>

#include <chrono>
#include <cstring>
#include <thread>

namespace ptrd::port {

namespace {

/// The kernel frees the queue of a dead process shortly after it has closed the socket.
constexpr auto kQueueComesFree = std::chrono::milliseconds(1000);
constexpr auto kBetweenTries = std::chrono::milliseconds(2);

std::string bind_error(const Interface& interface, unsigned queue, int error) {
  std::string text =
      interface.name + ": no AF_XDP socket on queue " + std::to_string(queue) + ": " + std::strerror(error);
  if (error == EBUSY) text += "; another program has one there (ss --xdp -p shows it)";
  if (error == EPERM) text += "; it needs root, or CAP_NET_RAW and CAP_IPC_LOCK";
  if (error == ENOBUFS || error == ENOMEM) text += "; allow more locked memory: ulimit -l unlimited";
  if (error == EAFNOSUPPORT || error == EOPNOTSUPP)
    text += "; this kernel or driver has no AF_XDP; use --socket or --dpdk";
  return text;
}

}  // namespace

void Xsk::Unmap::operator()(uint8_t* memory) const {
  ::munmap(memory, size);
}

tl::expected<std::unique_ptr<Xsk>, std::string> Xsk::open(const Interface& interface, unsigned queue) {
  std::unique_ptr<Xsk> xsk(new Xsk);
  if (const auto ok = xsk->bind(interface, queue); !ok) return tl::unexpected(ok.error());
  return xsk;
}

tl::expected<void, std::string> Xsk::bind(const Interface& interface, unsigned queue) {
  // Without CAP_IPC_LOCK a umem counts against this limit, and so do maps before Linux 5.11.
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  (void)setrlimit(RLIMIT_MEMLOCK, &unlimited);

  frame_size_ = umem_frame_size(interface.mtu);
  const size_t size = size_t{kFrames} * frame_size_;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return tl::unexpected(bind_error(interface, queue, ENOMEM));
  memory_ = {static_cast<uint8_t*>(memory), Unmap{size}};
  (void)::madvise(memory, size, MADV_HUGEPAGE);
  // Its pages are pinned: a fork (name_compiler.cpp) would have to copy them at once.
  (void)::madvise(memory, size, MADV_DONTFORK);

  const xsk_umem_config umem{
      .fill_size = kRing, .comp_size = kRing, .frame_size = frame_size_, .frame_headroom = 0, .flags = 0};
  if (const int error = xsk_umem__create(&umem_, memory, size, &fill_, &completion_, &umem); error != 0)
    return tl::unexpected(bind_error(interface, queue, -error));
  free_.resize(kFrames);
  for (uint64_t i = 0; i < kFrames; ++i) free_[free_count_++] = (kFrames - 1 - i) * frame_size_;
  refill();

  xsk_socket_config config{};
  config.rx_size = kRing;
  config.tx_size = kRing;
  config.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD;
  // Neither XDP_ZEROCOPY nor XDP_COPY: the kernel chooses the best mode that the driver supports.
  config.bind_flags = XDP_USE_NEED_WAKEUP;
  const auto give_up = std::chrono::steady_clock::now() + kQueueComesFree;
  int error = 0;
  while ((error = xsk_socket__create(&socket_, interface.name.c_str(), queue, umem_, &rx_, &tx_, &config)) ==
             -EBUSY &&
         std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(kBetweenTries);
  if (error != 0) {
    socket_ = nullptr;
    return tl::unexpected(bind_error(interface, queue, -error));
  }
  xdp_options options{};
  socklen_t length = sizeof options;
  zero_copy_ = getsockopt(fd(), SOL_XDP, XDP_OPTIONS, &options, &length) == 0 &&
               (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
  // In copy mode frames being sent count against the socket's send buffer.
  const int send_buffer = static_cast<int>(kRing * frame_size_);
  (void)setsockopt(fd(), SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer, sizeof send_buffer);
  return {};
}

Xsk::~Xsk() {
  if (socket_ != nullptr) xsk_socket__delete(socket_);
  if (umem_ != nullptr) xsk_umem__delete(umem_);
}

XskLosses Xsk::losses() const {
  xdp_statistics statistics{};
  socklen_t length = sizeof statistics;
  if (getsockopt(fd(), SOL_XDP, XDP_STATISTICS, &statistics, &length) != 0) return {};
  return {.no_buffer = statistics.rx_dropped, .ring_full = statistics.rx_ring_full};
}

void XskLosses::add_to(datapath::Totals& totals) const {
  static constexpr datapath::NoteFamily kLost{
      "kernel",
      "lost_",
      {"ptrd_kernel_lost_total", "Frames lost between the XDP program and a worker."},
      "reason"};
  totals.add_note(kLost, "no_buffer", no_buffer);
  totals.add_note(kLost, "ring_full", ring_full);
}

}  // namespace ptrd::port
