// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "port/descriptor.hpp"

namespace ptrd::port {

/// The folder in the BPF file system in which one interface's link and maps outlive ptrd:
/// /sys/fs/bpf/ptrd/IFACE. Whoever has it open holds its lock, so that one ptrd at a time serves the
/// interface; the lock ends with the process, the files do not.
class Pins {
 public:
  /// Mounts the BPF file system where it is not, and makes the folder. Error: a line that says how to mend
  /// it.
  [[nodiscard]] static tl::expected<Pins, std::string> open(const std::string& interface);
  Pins(Pins&&) noexcept = default;
  Pins& operator=(Pins&&) = delete;
  /// Leaves no empty folder.
  ~Pins();

  /// The object pinned as `name`; none where there is none.
  [[nodiscard]] Descriptor get(const std::string& name) const;
  /// Pins the object in place of what has that name. Error: why not.
  [[nodiscard]] tl::expected<void, std::string> put(const std::string& name, int fd) const;
  /// Removes the pin of that name, if there is one.
  void drop(const std::string& name) const;
  /// Removes all pins and the folder.
  void remove() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The pins are in a mount of this process's own, and end with it.
  [[nodiscard]] bool fleeting() const { return fleeting_; }

 private:
  Pins(std::string path, Descriptor lock, bool fleeting)
      : path_(std::move(path)), lock_(std::move(lock)), fleeting_(fleeting) {}
  std::string path_;
  Descriptor lock_;
  bool fleeting_;
};

}  // namespace ptrd::port
