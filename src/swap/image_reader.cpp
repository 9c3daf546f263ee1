// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/image_reader.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "image/checksum.hpp"
#include "process/privileges.hpp"
#include "process/sandbox.hpp"
#include "swap/parallel.hpp"

namespace ptrd::swap {

namespace {

constexpr const char* kHelper = "ptrd-reader";
constexpr const char* kChild = "ptrd-verify";
/// In a request the file's name; in a reply "+" and the checksum in decimal, or the error.
constexpr size_t kMaxText = PATH_MAX + 512;
/// Like ptrd's swap thread (Reloader).
constexpr int kNice = 10;

/// A text message with a descriptor.
struct Message {
  explicit Message(size_t size = kMaxText) : text(size, '\0') {
    part = {.iov_base = text.data(), .iov_len = text.size()};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  std::string text;
  iovec part{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
};

bool send_file(int socket, int fd, const std::string& name) {
  Message message(name.size() + 1);
  message.text.assign(name).push_back('\0');  // an empty message would look like end of file
  message.part.iov_base = message.text.data();
  cmsghdr* rights = CMSG_FIRSTHDR(&message.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  return ::sendmsg(socket, &message.header, MSG_NOSIGNAL) >= 0;
}

/// The next file and its name; empty at the end.
port::Descriptor receive_file(int socket, std::string& name) {
  Message message;
  ssize_t size = 0;
  while ((size = ::recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  const cmsghdr* rights = size > 0 ? CMSG_FIRSTHDR(&message.header) : nullptr;
  if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) return {};
  name = message.text.c_str();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
  return port::Descriptor(fd);
}

std::string describe(const process::SandboxFailure& failure) {
  if (!failure.crashed) return failure.what;
  return "its verification was " + failure.what +
         ": out of memory, or damaged in a way that the checks do not detect; compile it again with ptrzone";
}

/// The helper's reply for one file.
std::string examine(int fd, const std::string& name, uint64_t max_size) {
  const auto done = process::in_sandbox(kChild, [&] {
    return image::Image::read(fd, name, run_with_rests, max_size).map([](const image::Image& image) {
      return "+" + std::to_string(image.view().header().checksum);
    });
  });
  if (done) return *done;
  return done.error().crashed ? name + ": " + describe(done.error()) : done.error().what;
}

[[noreturn]] void serve(int socket, uint64_t max_size) {
  (void)::prctl(PR_SET_NAME, kHelper);
  (void)::setpriority(PRIO_PROCESS, 0, kNice);
  if (!process::drop_privileges({})) ::_exit(1);
  for (std::string name;;) {
    const port::Descriptor file = receive_file(socket, name);
    if (!file) ::_exit(0);
    const std::string reply = examine(file.get(), name, max_size);
    if (::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) ::_exit(1);
  }
}

}  // namespace

ImageReader::ImageReader(uint64_t max_size) : max_size_(max_size) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  socket_ = port::Descriptor(ends[0]);
  port::Descriptor theirs(ends[1]);
  helper_ = ::fork();
  if (helper_ == 0) {
    socket_ = port::Descriptor();
    serve(theirs.get(), max_size);
  }
}

ImageReader::~ImageReader() {
  socket_ = port::Descriptor();
  if (helper_ > 0) (void)::waitpid(helper_, nullptr, 0);
}

tl::expected<image::Image, std::string> ImageReader::read_first(int fd, const std::string& name,
                                                                const image::Executor& run,
                                                                uint64_t max_size) {
  return image::Image::read(
      fd, name, run, max_size,
      [&](std::span<const image::Line> lines, uint64_t actual) -> tl::expected<void, std::string> {
        const auto done = process::in_sandbox(kChild, [&]() -> tl::expected<std::string, std::string> {
          return image::verify_hashed(lines, actual, run).map([] { return std::string(); });
        });
        if (!done) return tl::unexpected(describe(done.error()));
        return {};
      });
}

tl::expected<image::Image, std::string> ImageReader::read_next(int fd, const std::string& name) {
  const auto checksum = ask(fd, name);
  if (!checksum) return tl::unexpected(checksum.error());
  return image::Image::read(
      fd, name, run_with_rests, max_size_,
      [&](std::span<const image::Line> lines, uint64_t actual) -> tl::expected<void, std::string> {
        if (actual != *checksum) return tl::unexpected<std::string>("it changed while it was read");
        return image::verify_hashed(lines, actual, run_with_rests);
      });
}

tl::expected<uint64_t, std::string> ImageReader::ask(int fd, const std::string& name) {
  const auto fail = [&] {
    return tl::unexpected(name + ": the process " + kHelper +
                          ", which reads images, has exited; restart ptrd when convenient");
  };
  if (!send_file(socket_.get(), fd, name)) return fail();
  std::string reply(kMaxText, '\0');
  ssize_t size = 0;
  while ((size = ::recv(socket_.get(), reply.data(), reply.size(), 0)) < 0 && errno == EINTR) {
  }
  if (size <= 0) return fail();
  reply.resize(static_cast<size_t>(size));
  if (reply[0] != '+') return tl::unexpected(reply);
  return std::strtoull(reply.c_str() + 1, nullptr, 10);
}

}  // namespace ptrd::swap
