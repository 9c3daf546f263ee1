// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace ptrd::ctl {

tl::expected<Client, Failure> Client::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return tl::unexpected(Failure{false, path + ": too long for a socket path"});
  std::copy(path.begin(), path.end(), address.sun_path);
  port::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{5, 0};
  (void)setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return Client(path, std::move(socket));
  const int error = errno;
  struct stat there {};
  if (error == ECONNREFUSED && ::stat(path.c_str(), &there) == 0 && !S_ISSOCK(there.st_mode))
    return tl::unexpected(Failure{true, path + ": not a socket; give ptrd's control socket with -s"});
  if (error == ENOENT || error == ECONNREFUSED)
    return tl::unexpected(Failure{
        true, "ptrd is not running: nothing is listening on " + path + " (use -s for another socket)"});
  std::string what = path + ": " + std::strerror(error);
  if (error == EPROTOTYPE) what += "; it is another program's, use -s for ptrd's";
  if (error == EACCES) what += "; run as root or as a member of the socket's group";
  return tl::unexpected(Failure{false, what});
}

tl::expected<Response, std::string> Client::ask(const Request& request, int seconds,
                                                const std::string& body) {
  const std::string line = request.to_text() + "\n" + body;
  const timeval limit{seconds, 0};
  (void)setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  for (size_t sent = 0; sent < line.size();) {
    const ssize_t size = ::send(socket_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (size < 0) {
      ended_ = errno == EPIPE;
      return tl::unexpected(path_ + ": " + std::strerror(errno));
    }
    sent += static_cast<size_t>(size);
  }
  std::array<char, 64 << 10> chunk;
  size_t end = 0;
  while ((end = input_.find('\n')) == std::string::npos) {
    const ssize_t size = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN)
      return tl::unexpected(path_ + ": no response within " + std::to_string(seconds) + " s");
    if (size <= 0) {
      ended_ = true;
      return tl::unexpected(path_ + ": ptrd closed the connection");
    }
    input_.append(chunk.data(), static_cast<size_t>(size));
  }
  const auto response = Response::from_text(input_.substr(0, end));
  input_.erase(0, end + 1);
  if (!response) return tl::unexpected(path_ + ": the process listening there is not ptrd");
  return *response;
}

}  // namespace ptrd::ctl
