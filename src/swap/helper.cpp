// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/helper.hpp"

#include <sched.h>
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
#include <exception>
#include <utility>

#include "file/memory_file.hpp"
#include "policy/name_messages.hpp"
#include "process/privileges.hpp"
#include "swap/image_reader.hpp"

namespace ptrd::swap {

namespace {

constexpr const char* kName = "ptrd-reader";
/// Like ptrd's swap thread (Reloader).
constexpr int kNice = 10;

/// The first character of a request. An image's file name follows the first, nothing the second.
constexpr char kVerify = 'v';
constexpr char kCompile = 'c';
/// That of a reply: good, with the checksum in decimal or a file; otherwise why not.
constexpr char kGood = '+';
constexpr char kBad = '-';
constexpr size_t kMaxText = PATH_MAX + 512;
constexpr size_t kMaxRequest = size_t{1} << 30;  // bytes of expressions

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

/// `fd`: -1 for none. False: the other end is gone.
bool send(int socket, int fd, const std::string& text) {
  Message message(text.size());
  message.text.assign(text);
  message.part.iov_base = message.text.data();
  if (fd < 0) {
    message.header.msg_control = nullptr;
    message.header.msg_controllen = 0;
  } else {
    cmsghdr* rights = CMSG_FIRSTHDR(&message.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  }
  return ::sendmsg(socket, &message.header, MSG_NOSIGNAL) >= 0;
}

/// The next message; an empty text: the other end is gone.
std::pair<std::string, port::Descriptor> receive(int socket) {
  Message message;
  ssize_t size = 0;
  while ((size = ::recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (size <= 0) return {};
  message.text.resize(static_cast<size_t>(size));
  const cmsghdr* rights = CMSG_FIRSTHDR(&message.header);
  int fd = -1;
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
  return {std::move(message.text), port::Descriptor(fd)};
}

// The helper.

/// The databases, or why there are none. Error: why not even that.
tl::expected<file::MemoryFile, std::string> compile(port::Descriptor from) {
  const auto request = file::MemoryFile::adopt(from.release(), kMaxRequest);
  if (!request) return tl::unexpected(request.error());
  const auto wanted = policy::read_request(request->contents());
  if (!wanted) return tl::unexpected<std::string>("half a request");
  auto made = policy::compile_apart(wanted->rules, wanted->limits);
  if (made) return *std::move(made);
  auto failure = file::MemoryFile::create(kName);
  if (!failure) return failure;
  if (!failure->write(policy::failure_message(made.error())))
    return tl::unexpected<std::string>(std::strerror(errno));
  return failure->seal().map([&] { return *std::move(failure); });
}

/// False: ptrd is gone.
bool reply_to(int socket, const std::string& request, port::Descriptor file, uint64_t max_size) {
  if (request[0] == kVerify) {
    const auto checksum = verify_apart(file.get(), request.substr(1), max_size);
    return send(socket, -1, checksum ? kGood + *checksum : kBad + checksum.error());
  }
  const auto made = compile(std::move(file));
  return made ? send(socket, made->descriptor(), {kGood}) : send(socket, -1, kBad + made.error());
}

[[noreturn]] void serve(int socket, uint64_t max_size) {
  (void)::prctl(PR_SET_NAME, kName);
  (void)::setpriority(PRIO_PROCESS, 0, kNice);
  if (!process::drop_privileges({})) ::_exit(1);
  for (;;) {
    auto [request, file] = receive(socket);
    if (request.empty() || !file) ::_exit(0);
    try {
      if (!reply_to(socket, request, std::move(file), max_size)) ::_exit(1);
    } catch (const std::exception& error) {  // no memory
      if (!send(socket, -1, kBad + std::string(error.what()))) ::_exit(1);
    }
  }
}

}  // namespace

Helper::Helper(uint64_t max_size) : max_size_(max_size) {
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

Helper::~Helper() {
  socket_ = port::Descriptor();
  if (helper_ > 0) (void)::waitpid(helper_, nullptr, 0);
}

tl::expected<uint64_t, std::string> Helper::verify(int fd, const std::string& name) {
  const auto reply = ask(fd, kVerify + name);
  if (!reply) return tl::unexpected(name + ": " + reply.error());
  if (!reply->good) return tl::unexpected(reply->text);
  return std::strtoull(reply->text.c_str(), nullptr, 10);
}

tl::expected<policy::NameDatabases, policy::NameError> Helper::compile_names(
    const std::vector<policy::NameRule>& rules, const policy::NameLimits& limits) {
  const auto fail = [](std::string why) { return tl::unexpected(policy::NameError{{}, std::move(why)}); };
  auto request = file::MemoryFile::create(kName);
  if (!request) return fail(request.error());
  if (!request->write(policy::request_message(rules, limits))) return fail(std::strerror(errno));
  if (const auto ok = request->seal(); !ok) return fail(ok.error());
  auto reply = ask(request->descriptor(), {kCompile});
  if (!reply) return fail(reply.error());
  if (!reply->good) return fail(reply->text);
  const auto made = file::MemoryFile::adopt(reply->file.release(), policy::most_of_databases(limits));
  if (!made) return fail("what their compiler made: " + made.error());
  return policy::read_databases(made->contents());
}

tl::expected<Helper::Reply, std::string> Helper::ask(int fd, const std::string& text) {
  // It was forked when the workers had no CPUs of their own yet.
  cpu_set_t cpus;
  if (helper_ > 0 && ::sched_getaffinity(0, sizeof cpus, &cpus) == 0)
    (void)::sched_setaffinity(helper_, sizeof cpus, &cpus);
  if (send(socket_.get(), fd, text)) {
    auto [said, file] = receive(socket_.get());
    if (!said.empty())
      return Reply{.good = said[0] == kGood, .text = said.substr(1), .file = std::move(file)};
  }
  return tl::unexpected(
      std::string("the process ") + kName +
      ", which reads images and compiles expressions, has exited; restart ptrd when convenient");
}

}  // namespace ptrd::swap
