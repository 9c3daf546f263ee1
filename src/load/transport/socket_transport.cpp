// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/socket_transport.hpp"

#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ptrd::load {

namespace {

/// Bytes; a short stall must not lose replies. Half a second of replies at 20,000 per second and socket.
constexpr int kBuffer = 8 << 20;

std::string error_text(const char* what, int error) {
  std::string text = std::string(what) + ": " + std::strerror(error);
  if (error == EMFILE || error == ENFILE)
    text += "; use fewer --flows, or raise the limit on open files (ulimit -n)";
  return text;
}

/// The soft limit on open files is usually low because of programs that use select.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

tl::expected<std::unique_ptr<SocketTransport>, std::string> SocketTransport::open(
    const port::SocketAddress& server, uint32_t sender, uint32_t flows) {
  raise_file_limit();
  port::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return tl::unexpected(error_text("cannot open a socket", errno));
  std::unique_ptr<SocketTransport> transport(new SocketTransport(sender, std::move(epoll)));
  for (uint32_t i = 0; i < flows; ++i) {
    if (const auto ok = transport->add_flow(server); !ok) return tl::unexpected(ok.error());
  }
  return transport;
}

SocketTransport::SocketTransport(uint32_t sender, port::Descriptor epoll)
    : sender_(sender), epoll_(std::move(epoll)) {
  for (size_t i = 0; i < kRun; ++i) {
    out_parts_[i].iov_base = out_[i].data();
    out_headers_[i].msg_hdr.msg_iov = &out_parts_[i];
    out_headers_[i].msg_hdr.msg_iovlen = 1;
  }
  for (size_t i = 0; i < kBatch; ++i) {
    in_parts_[i] = {.iov_base = in_[i].data(), .iov_len = kMaxReply};
    in_headers_[i].msg_hdr.msg_iov = &in_parts_[i];
    in_headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

tl::expected<void, std::string> SocketTransport::add_flow(const port::SocketAddress& server) {
  port::Descriptor socket(::socket(server.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return tl::unexpected(error_text("cannot open a socket", errno));
  if (setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kBuffer, sizeof kBuffer) != 0)
    (void)setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  if (::connect(socket.get(), server.get(), server.size) != 0)
    return tl::unexpected(error_text("no route to the server", errno));
  epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<uint32_t>(sockets_.size())}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event) != 0)
    return tl::unexpected(error_text("cannot open a socket", errno));
  sockets_.push_back(std::move(socket));
  return {};
}

size_t SocketTransport::send(std::span<const Outgoing> queries) {
  size_t sent = 0;
  while (sent < queries.size()) {
    const auto rest = queries.subspan(sent);
    const auto other = std::find_if(rest.begin(), rest.end(), [&](const Outgoing& query) {
      return query.mark.flow != rest.front().mark.flow;
    });
    const size_t run = std::min<size_t>(static_cast<size_t>(other - rest.begin()), kRun);
    const size_t taken = send_run(rest.first(run));
    sent += taken;
    if (taken < run) break;
  }
  return sent;
}

/// Queries of one flow.
size_t SocketTransport::send_run(std::span<const Outgoing> queries) {
  for (size_t i = 0; i < queries.size(); ++i) {
    std::copy(queries[i].query.begin(), queries[i].query.end(), out_[i].begin());
    wire::store16(out_[i].data(), queries[i].mark.id);
    out_parts_[i].iov_len = queries[i].query.size();
  }
  const int socket = sockets_[queries.front().mark.flow].get();
  size_t done = 0;
  while (done < queries.size()) {
    const int sent =
        ::sendmmsg(socket, &out_headers_[done], static_cast<unsigned>(queries.size() - done), MSG_DONTWAIT);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      break;  // the queue to the card is full
    } else if (errno != ECONNREFUSED && errno != EINTR) {
      ++done;  // not sent because of an error on the path (EPERM, EHOSTUNREACH ...): lost like any other
    }
    // ECONNREFUSED refers to an earlier query, and is cleared by reading it.
  }
  return done;
}

size_t SocketTransport::ready(std::span<uint32_t> flows) const {
  std::array<epoll_event, kReady> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(flows.size()), 0);
  for (int i = 0; i < count; ++i) flows[static_cast<size_t>(i)] = events[static_cast<size_t>(i)].data.u32;
  return static_cast<size_t>(std::max(count, 0));
}

size_t SocketTransport::take_from(uint32_t flow) {
  const int count = ::recvmmsg(sockets_[flow].get(), in_headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
  return static_cast<size_t>(std::max(count, 0));
}

uint64_t SocketTransport::overrun() const {
  uint64_t sum = 0;
  for (const port::Descriptor& socket : sockets_) {
    std::array<uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) == 0)
      sum += info[SK_MEMINFO_DROPS];
  }
  return sum;
}

void SocketTransport::wait(std::chrono::nanoseconds time) {
  const timespec limit{.tv_sec = 0, .tv_nsec = static_cast<long>(time.count())};
  epoll_event event;
  (void)::epoll_pwait2(epoll_.get(), &event, 1, &limit, nullptr);
}

}  // namespace ptrd::load
