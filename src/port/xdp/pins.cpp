// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/pins.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ptrd::port {

namespace {

constexpr const char* kMount = "/sys/fs/bpf";
constexpr const char* kRoot = "/sys/fs/bpf/ptrd";

bool mounted() {
  struct statfs about {};
  return ::statfs(kMount, &about) == 0 && about.f_type == BPF_FS_MAGIC;
}

/// Whether this process has another mount namespace than its parent, and so perhaps mounts that no other
/// process sees, as under `ip netns exec`.
bool own_mounts() {
  struct stat mine {
  }, of_parent{};
  const std::string parent = "/proc/" + std::to_string(::getppid()) + "/ns/mnt";
  return ::stat("/proc/self/ns/mnt", &mine) == 0 && ::stat(parent.c_str(), &of_parent) == 0 &&
         mine.st_ino != of_parent.st_ino;
}

bool same_file(int fd, const std::string& path) {
  struct stat open {
  }, there{};
  return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &there) == 0 && open.st_ino == there.st_ino;
}

tl::unexpected<std::string> failure(const std::string& path, int error) {
  std::string text = path + ": " + std::strerror(error);
  if (error == EACCES || error == EPERM) text += "; AF_XDP needs root, --socket does not";
  return tl::unexpected(text);
}

}  // namespace

tl::expected<Pins, std::string> Pins::open(const std::string& interface) {
  bool fleeting = false;
  if (!mounted()) {
    if (::mount("bpf", kMount, "bpf", 0, "mode=0700") != 0) {
      return tl::unexpected(failure(kMount, errno).value() +
                            " (mounting the BPF file system: mount -t bpf bpf " + kMount + ")");
    }
    fleeting = own_mounts();
  }
  const std::string path = std::string(kRoot) + "/" + interface;
  for (;;) {
    if ((::mkdir(kRoot, 0700) != 0 && errno != EEXIST) ||
        (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST))
      return failure(path, errno);
    Descriptor lock(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock && errno == ENOENT) continue;
    if (!lock) return failure(path, errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
      std::string text = interface;
      text += ": another ptrd is running there; stop it first (fuser -v ";
      text += path;
      text += " shows it)";
      return tl::unexpected(text);
    }
    // Another ptrd may have ended and removed the folder between the last two calls.
    if (same_file(lock.get(), path)) return Pins(path, std::move(lock), fleeting);
  }
}

Pins::~Pins() {
  if (lock_) ::rmdir(path_.c_str());
}

Descriptor Pins::get(const std::string& name) const {
  return Descriptor(bpf_obj_get((path_ + "/" + name).c_str()));
}

tl::expected<void, std::string> Pins::put(const std::string& name, int fd) const {
  const std::string file = path_ + "/" + name;
  ::unlink(file.c_str());
  if (bpf_obj_pin(fd, file.c_str()) != 0) return failure(file, errno);
  return {};
}

void Pins::drop(const std::string& name) const {
  ::unlink((path_ + "/" + name).c_str());
}

void Pins::remove() const {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ptrd::port
