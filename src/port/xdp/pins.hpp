// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"

namespace ptrd::port {

/// The folder in the BPF file system in which one interface's link and maps outlive ptrd:
/// /sys/fs/bpf/ptrd/IFACE. An open object holds its lock, so that only one ptrd at a time serves the
/// interface; the lock ends with the process, the files stay.
class Pins {
 public:
  /// Mounts the BPF file system if needed, and creates the folder. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Pins, std::string> open(const std::string& interface);
  Pins(Pins&&) noexcept = default;
  Pins& operator=(Pins&&) = delete;
  /// Removes the folder if it is empty.
  ~Pins();

  /// Opens the object pinned as `name`; empty if there is none.
  [[nodiscard]] Descriptor get(const std::string& name) const;
  /// Pins the object under `name`, replacing an existing pin. Error: why not.
  [[nodiscard]] tl::expected<void, std::string> put(const std::string& name, int fd) const;
  /// Removes the pin of that name, if there is one.
  void drop(const std::string& name) const;
  /// Removes all pins and the folder.
  void remove() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Whether the pins are in a private mount of this process, and disappear with it.
  [[nodiscard]] bool fleeting() const { return fleeting_; }

 private:
  Pins(std::string path, Descriptor lock, bool fleeting)
      : path_(std::move(path)), lock_(std::move(lock)), fleeting_(fleeting) {}
  std::string path_;
  Descriptor lock_;
  bool fleeting_;
};

}  // namespace ptrd::port
