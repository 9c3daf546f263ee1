// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/control_socket.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

#include "operate/local_listener.hpp"

namespace ptrd::operate {

namespace {

using Local = asio::local::stream_protocol;
using Error = asio::error_code;

/// Time for a client to read its response.
constexpr std::chrono::seconds kWriteLimit{10};
/// Delay after a failed accept: without a free descriptor it would fail again at once.
constexpr std::chrono::milliseconds kAcceptPause{100};

class Session;
/// The clients, the one idle longest first.
using Sessions = std::list<std::shared_ptr<Session>>;

/// One client. Reads nothing while it answers, so that a client has only one request in progress.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Local::socket socket, Sessions& sessions, const ControlSocket::Handler& handler)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), sessions_(sessions), handler_(handler) {}

  void start() {
    place_ = sessions_.insert(sessions_.end(), shared_from_this());
    next();
  }
  void close() {
    if (std::exchange(closed_, true)) return;
    Error ignored;
    socket_.close(ignored);
    timer_.cancel();
    sessions_.erase(place_);  // the caller holds a reference to this session
  }

 private:
  /// Takes the next line from the received bytes, or waits for more.
  void next() {
    const auto end = std::find(input_.begin() + static_cast<ptrdiff_t>(searched_), input_.end(), '\n');
    if (end != input_.end()) return take(static_cast<size_t>(end - input_.begin()));
    searched_ = input_.size();
    if (input_.size() >= ControlSocket::kMaxRequest) {
      last_ = true;
      return write(R"({"ok":false,"error":"a line longer than 64 KiB"})");
    }
    socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](Error error, size_t size) {
      if (self->closed_) return;
      if (error) return self->close();
      self->input_.append(self->chunk_.data(), size);
      self->next();
    });
  }

  void take(size_t size) {
    const std::string line = input_.substr(0, size);
    input_.erase(0, size + 1);
    searched_ = 0;
    sessions_.splice(sessions_.end(), sessions_, place_);
    // The response may come at once, or later from another thread. The callback holds only a weak reference,
    // as the session must not outlive its socket.
    handler_(line, [session = weak_from_this()](std::string response) {
      const auto self = session.lock();
      if (self == nullptr) return;
      asio::post(self->socket_.get_executor(), [self, response = std::move(response)]() mutable {
        if (!self->closed_) self->write(std::move(response));
      });
    });
  }

  void write(std::string response) {
    output_ = std::move(response) + "\n";
    timer_.expires_after(kWriteLimit);
    timer_.async_wait([self = shared_from_this()](Error error) {
      if (!error) self->close();
    });
    asio::async_write(socket_, asio::buffer(output_), [self = shared_from_this()](Error error, size_t) {
      if (self->closed_) return;
      self->timer_.cancel();
      if (error || self->last_) return self->close();
      self->output_ = {};
      self->next();
    });
  }

  Local::socket socket_;
  asio::steady_timer timer_;
  Sessions& sessions_;
  Sessions::iterator place_;
  const ControlSocket::Handler& handler_;
  std::array<char, 4096> chunk_;
  std::string input_;
  size_t searched_ = 0;  // bytes of input_ without a line end
  std::string output_;
  bool last_ = false;
  bool closed_ = false;
};

}  // namespace

struct ControlSocket::State {
  State(LocalListener listener_, Handler handler_)
      : listener(std::move(listener_)), handler(std::move(handler_)), acceptor(io), pause(io) {
    // asio closes the descriptor that it gets, so it gets a copy: the listener closes the original.
    acceptor.assign(Local(), ::dup(listener.descriptor()));
  }

  void accept() {
    acceptor.async_accept([this](Error error, Local::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](Error stopped) {
          if (!stopped) accept();
        });
        return;
      }
      if (sessions.size() >= kMaxClients) {
        const std::shared_ptr<Session> idle = sessions.front();
        idle->close();
      }
      std::make_shared<Session>(std::move(socket), sessions, handler)->start();
      accept();
    });
  }

  LocalListener listener;
  Handler handler;
  Sessions sessions;
  asio::io_context io{1};
  Local::acceptor acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

tl::expected<std::unique_ptr<ControlSocket>, std::string> ControlSocket::open(const std::string& path,
                                                                              const std::string& group,
                                                                              Handler handler) {
  auto listener = LocalListener::open(path, group);
  if (!listener) return tl::unexpected(listener.error());
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(std::make_unique<State>(*std::move(listener), std::move(handler))));
}

ControlSocket::ControlSocket(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->accept();
  state_->thread = std::thread([state = state_.get()] {
    (void)pthread_setname_np(pthread_self(), "control");
    const auto work = asio::make_work_guard(state->io);
    state->io.run();
  });
}

ControlSocket::~ControlSocket() {
  state_->io.stop();
  state_->thread.join();
  state_->sessions.clear();
}

}  // namespace ptrd::operate
