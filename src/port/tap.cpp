// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/tap.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

namespace ptrd::port {

namespace {

std::string why(const std::string& name, int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "; it needs root or CAP_NET_ADMIN";
    case EBUSY:
      return "; another process has " + name + ": use another name with --exception";
    case EINVAL:
    case EEXIST:
      return "; is " + name + " another kind of interface? use another name with --exception";
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return "; this kernel has no TAP (/dev/net/tun): load the module tun, or use --exception off";
    default:
      return {};
  }
}

}  // namespace

tl::expected<Tap, std::string> Tap::open(const std::string& name) {
  const auto failed = [&](int error) {
    return tl::unexpected<std::string>("cannot create the interface " + name + ": " + std::strerror(error) +
                                       why(name, error));
  };
  Descriptor fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return failed(errno);
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) return failed(errno);
  // Makes the kernel send complete frames with complete checksums, none larger than the MTU.
  if (::ioctl(fd.get(), TUNSETOFFLOAD, 0) != 0) return failed(errno);
  return Tap(request.ifr_name, std::move(fd));
}

bool Tap::write(std::span<const iovec> parts) {
  while (true) {
    if (::writev(fd_.get(), parts.data(), static_cast<int>(parts.size())) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

size_t Tap::read(std::span<uint8_t> room) {
  const ssize_t size = ::read(fd_.get(), room.data(), room.size());
  if (size > 0) return static_cast<size_t>(size);
  // Otherwise poll would report the error for ever.
  if (size < 0 && errno == EBADFD) gone_ = true;
  return 0;
}

}  // namespace ptrd::port
