// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/local_listener.hpp"

#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

namespace ptrd::operate {

namespace {

constexpr int kBacklog = 64;
constexpr mode_t kMode = 0660;

tl::unexpected<std::string> failure(const std::string& path, const std::string& what) {
  return tl::unexpected("control socket " + path + ": " + what);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

port::Descriptor new_socket() {
  return port::Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// Prevents two processes that start at once from replacing each other's socket: while one checks for an old
/// socket and binds, no other does. Gives up after a second if another process never releases the lock.
port::Descriptor lock_folder(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  port::Descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; folder && i < 100 && ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return folder;
}

/// Removes the socket of an earlier ptrd. Error: why it must stay.
tl::expected<void, std::string> make_way(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) {
    if (errno == ENOENT) return {};
    return failure(path, std::strerror(errno));
  }
  if (S_ISDIR(there.st_mode)) return failure(path, "a directory; give the path of a socket in it");
  if (!S_ISSOCK(there.st_mode))
    return failure(path, "the file there is not a socket; remove it, or use another path");
  const port::Descriptor probe = new_socket();
  const sockaddr_un address = address_of(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN)
    return failure(
        path, "another ptrd is listening there; stop it, or use another path (--control, control.socket)");
  if (errno != ECONNREFUSED) return failure(path, std::strerror(errno));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return failure(
        path, std::string("nothing is listening there, but it cannot be removed: ") + std::strerror(errno));
  return {};
}

std::optional<gid_t> find_group(const std::string& name) {
  gid_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size()) return number;
  std::vector<char> buffer(64 << 10);
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {};
  return found->gr_gid;
}

}  // namespace

LocalListener::LocalListener(std::string path, port::Descriptor socket)
    : path_(std::move(path)), socket_(std::move(socket)) {
  struct stat there {};
  if (::lstat(path_.c_str(), &there) == 0) {
    device_ = there.st_dev;
    inode_ = there.st_ino;
  }
}

LocalListener::~LocalListener() {
  struct stat there {};
  if (!path_.empty() && ::lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ &&
      there.st_ino == inode_)
    ::unlink(path_.c_str());
}

tl::expected<LocalListener, std::string> LocalListener::open(const std::string& path,
                                                             const std::string& group) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return failure(path, "longer than the " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                             " bytes allowed for a socket path");
  std::optional<gid_t> owner;
  if (!group.empty()) {
    owner = find_group(group);
    if (!owner)
      return failure(path, "no such group: " + group + "; create it (groupadd --system " + group +
                               "), or use another (control.group)");
  }
  const port::Descriptor lock = lock_folder(path);
  if (const auto ok = make_way(path); !ok) return tl::unexpected(ok.error());
  port::Descriptor socket = new_socket();
  const sockaddr_un address = address_of(path);
  // The initial mode of the file: nobody else may connect before the final mode is set, whatever the umask.
  if (!socket || ::fchmod(socket.get(), 0600) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    return failure(path, std::strerror(error) +
                             std::string(error == ENOENT   ? "; create the directory"
                                         : error == EACCES ? "; ptrd must be able to write to the directory"
                                                           : ""));
  }
  LocalListener listener(path, std::move(socket));
  if (owner && ::lchown(path.c_str(), static_cast<uid_t>(-1), *owner) != 0)
    return failure(path, "cannot change its group to " + group + ": " + std::strerror(errno) +
                             "; start ptrd as root or as a member of that group");
  if (::chmod(path.c_str(), kMode) != 0 || ::listen(listener.descriptor(), kBacklog) != 0)
    return failure(path, std::strerror(errno));
  return listener;
}

}  // namespace ptrd::operate
