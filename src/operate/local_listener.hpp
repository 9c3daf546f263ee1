// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "port/descriptor.hpp"

namespace ptrd::operate {

/// A Unix stream socket that listens at a path of its own, which is removed with it.
class LocalListener {
 public:
  /// See ControlSocket::open.
  [[nodiscard]] static tl::expected<LocalListener, std::string> open(const std::string& path,
                                                                     const std::string& group);
  LocalListener(LocalListener&& other) noexcept
      : path_(std::exchange(other.path_, {})),
        socket_(std::move(other.socket_)),
        device_(other.device_),
        inode_(other.inode_) {}
  LocalListener& operator=(LocalListener&&) = delete;
  ~LocalListener();

  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  LocalListener(std::string path, port::Descriptor socket);
  std::string path_;
  port::Descriptor socket_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace ptrd::operate
