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
#include <atomic>
#include <chrono>
#include <deque>
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
/// Time for a client to send more of a body.
constexpr std::chrono::seconds kBodyLimit{10};
/// Requests with a body that a client may have under way.
constexpr size_t kMaxUnderWay = 64;
/// Bytes of a body read at once.
constexpr size_t kBodyChunk = 256 << 10;
/// Delay after a failed accept: without a free descriptor it would fail again at once.
constexpr std::chrono::milliseconds kAcceptPause{100};

class Session;
/// The clients, the one idle longest first.
using Sessions = std::list<std::shared_ptr<Session>>;

/// What the sessions of one socket share.
struct Shared {
  Sessions sessions;
  ControlSocket::Handler handler;
  ControlSocket::Bodies bodies;
  /// Bytes of large bodies whose requests are not answered. Requests can outlive the socket.
  std::shared_ptr<std::atomic<size_t>> large = std::make_shared<std::atomic<size_t>>(0);
};

/// A share of the memory for large bodies, given back at the end.
class Share {
 public:
  /// Null: there is no room. Called in the socket's thread only; shares end in any.
  static std::shared_ptr<Share> take(const std::shared_ptr<std::atomic<size_t>>& large, size_t size) {
    if (size > ControlSocket::kMaxBodies - *large) return nullptr;
    *large += size;
    return std::shared_ptr<Share>(new Share(large, size));
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { *large_ -= size_; }

 private:
  Share(std::shared_ptr<std::atomic<size_t>> large, size_t size) : large_(std::move(large)), size_(size) {}
  std::shared_ptr<std::atomic<size_t>> large_;
  size_t size_;
};

/// One client. Requests with a body may be sent while others of these are carried out: so a program that
/// makes many changes need not wait for each. Every other request is handed over when all before it are
/// answered. Responses are in the order of the requests.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Local::socket socket, Shared& shared)
      : socket_(std::move(socket)),
        body_timer_(socket_.get_executor()),
        write_timer_(socket_.get_executor()),
        shared_(shared) {}

  void start() {
    place_ = shared_.sessions.insert(shared_.sessions.end(), shared_from_this());
    next();
  }
  void close() {
    if (std::exchange(closed_, true)) return;
    Error ignored;
    socket_.close(ignored);
    body_timer_.cancel();
    write_timer_.cancel();
    shared_.sessions.erase(place_);  // the caller holds a reference to this session
  }

 private:
  /// Takes the next line from the received bytes, or waits for more.
  void next() {
    if (last_) return;
    const auto end = std::find(input_.begin() + static_cast<ptrdiff_t>(searched_), input_.end(), '\n');
    if (end != input_.end()) return take(static_cast<size_t>(end - input_.begin()));
    searched_ = input_.size();
    if (input_.size() >= ControlSocket::kMaxRequest) {
      last_ = true;
      return respond(expect_response(), R"({"ok":false,"error":"a line longer than 64 KiB"})");
    }
    socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](Error error, size_t size) {
      if (self->closed_) return;
      if (error) return self->close();
      self->input_.append(self->chunk_.data(), size);
      self->next();
    });
  }

  void take(size_t size) {
    line_ = input_.substr(0, size);
    input_.erase(0, size + 1);
    searched_ = 0;
    be_active();
    ControlSocket::Body body = shared_.bodies ? shared_.bodies(line_) : ControlSocket::Body();
    left_ = body.size;
    refusal_ = std::move(body.refusal);
    begin();
  }

  /// Goes on with the request whose line has come, when it is its turn.
  void begin() {
    const bool overlaps = !responses_.empty();
    const bool may_overlap = left_ > 0 && responses_.size() < kMaxUnderWay;
    if (overlaps && !may_overlap) {
      waits_ = true;
      return;
    }
    if (left_ > 0 && refusal_.empty() && !admit(left_, overlaps)) {
      waits_ = true;
      return;
    }
    read_body();
  }

  /// Takes memory for a body, or refuses it. False: there is none until others are carried out.
  [[nodiscard]] bool admit(uint64_t size, bool overlaps) {
    if (size > ControlSocket::kMaxBody) {
      refusal_ = R"({"ok":false,"error":"more than 64 MiB in one request; send it in parts"})";
      return true;
    }
    if (overlaps || size > ControlSocket::kSmallBody) share_ = Share::take(shared_.large, size);
    if (overlaps && share_ == nullptr) return false;
    if (size > ControlSocket::kSmallBody && share_ == nullptr) {
      refusal_ =
          R"({"ok":false,"error":"busy: requests of other clients take the 64 MiB for large ones; try again later","busy":true})";
      return true;
    }
    body_.reserve(size);
    return true;
  }

  /// Reads the rest of the body, if there is one, and hands the request over.
  void read_body() {
    const auto here = static_cast<size_t>(std::min<uint64_t>(left_, input_.size()));
    if (refusal_.empty()) body_.append(input_, 0, here);
    input_.erase(0, here);
    left_ -= here;
    if (left_ == 0) {
      const uint64_t number = expect_response();
      if (refusal_.empty())
        hand_over(number);
      else
        respond(number, std::exchange(refusal_, {}));
      return next();
    }
    const size_t before = body_.size();
    const auto size =
        static_cast<size_t>(std::min<uint64_t>(left_, refusal_.empty() ? kBodyChunk : chunk_.size()));
    if (refusal_.empty()) body_.resize(before + size);
    limit(body_timer_, kBodyLimit);
    const auto to =
        refusal_.empty() ? asio::buffer(body_.data() + before, size) : asio::buffer(chunk_.data(), size);
    socket_.async_read_some(to, [self = shared_from_this(), before](Error error, size_t got) {
      if (self->closed_) return;
      if (error) return self->close();
      self->body_timer_.cancel();
      self->be_active();
      if (self->refusal_.empty()) self->body_.resize(before + got);
      self->left_ -= got;
      self->read_body();
    });
  }

  void hand_over(uint64_t number) {
    // The response may come at once, or later from another thread. The callback holds only a weak reference,
    // as the session must not outlive its socket; and the share, until the request is done with.
    shared_.handler(
        line_, std::exchange(body_, {}),
        [session = weak_from_this(), number, share = std::exchange(share_, {})](std::string response) {
          const auto self = session.lock();
          if (self == nullptr) return;
          asio::post(self->socket_.get_executor(), [self, number, response = std::move(response)]() mutable {
            if (!self->closed_) self->respond(number, std::move(response));
          });
        });
  }

  /// The number of a response that is to come, after those of earlier requests.
  [[nodiscard]] uint64_t expect_response() {
    responses_.emplace_back();
    return first_response_ + responses_.size() - 1;
  }

  void respond(uint64_t number, std::string response) {
    responses_[number - first_response_] = std::move(response) + "\n";
    write();
  }

  /// Writes all responses whose turn it is.
  void write() {
    if (!output_.empty()) return;  // when that is written
    for (; !responses_.empty() && !responses_.front().empty(); ++first_response_) {
      output_ += responses_.front();
      responses_.pop_front();
    }
    if (output_.empty()) return;
    limit(write_timer_, kWriteLimit);
    asio::async_write(socket_, asio::buffer(output_), [self = shared_from_this()](Error error, size_t) {
      if (self->closed_) return;
      self->write_timer_.cancel();
      self->output_.clear();
      if (error || (self->last_ && self->responses_.empty())) return self->close();
      self->write();
      if (std::exchange(self->waits_, false)) self->begin();
    });
  }

  /// The newest of the sessions: those idle longest are replaced first.
  void be_active() { shared_.sessions.splice(shared_.sessions.end(), shared_.sessions, place_); }

  /// Closes the session unless the timer is cancelled in time.
  void limit(asio::steady_timer& timer, std::chrono::seconds time) {
    timer.expires_after(time);
    timer.async_wait([self = shared_from_this()](Error error) {
      if (!error) self->close();
    });
  }

  Local::socket socket_;
  asio::steady_timer body_timer_;
  asio::steady_timer write_timer_;
  Shared& shared_;
  Sessions::iterator place_;
  std::array<char, 4096> chunk_;
  std::string input_;
  size_t searched_ = 0;  // bytes of input_ without a line end
  // The request that is being read.
  std::string line_;
  std::string body_;
  uint64_t left_ = 0;                  // of the body, to be read
  std::string refusal_;                // of the body; empty: it is wanted
  std::shared_ptr<Share> share_;       // of the memory for it
  bool waits_ = false;                 // until others are answered
  std::deque<std::string> responses_;  // in their order; empty: to come
  uint64_t first_response_ = 0;        // number of the first of them
  std::string output_;                 // being written
  bool last_ = false;
  bool closed_ = false;
};

}  // namespace

struct ControlSocket::State {
  State(LocalListener listener_, Handler handler, Bodies bodies)
      : listener(std::move(listener_)), acceptor(io), pause(io) {
    shared.handler = std::move(handler);
    shared.bodies = std::move(bodies);
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
      if (shared.sessions.size() >= kMaxClients) {
        const std::shared_ptr<Session> idle = shared.sessions.front();
        idle->close();
      }
      std::make_shared<Session>(std::move(socket), shared)->start();
      accept();
    });
  }

  LocalListener listener;
  Shared shared;
  asio::io_context io{1};
  Local::acceptor acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

tl::expected<std::unique_ptr<ControlSocket>, std::string> ControlSocket::open(const std::string& path,
                                                                              const std::string& group,
                                                                              Handler handler,
                                                                              Bodies bodies) {
  auto listener = LocalListener::open(path, group);
  if (!listener) return tl::unexpected(listener.error());
  return std::unique_ptr<ControlSocket>(new ControlSocket(
      std::make_unique<State>(*std::move(listener), std::move(handler), std::move(bodies))));
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
  state_->shared.sessions.clear();
}

}  // namespace ptrd::operate
