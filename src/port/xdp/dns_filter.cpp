// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/dns_filter.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <vector>

namespace ptrd::port {

namespace {

namespace fs = std::filesystem;

/// This process's descriptors of one kind: "anon_inode:bpf-map", "anon_inode:bpf-prog".
std::vector<int> descriptors_of(std::string_view kind) {
  std::vector<int> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", error)) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) != kind) continue;
    const std::string name = entry.path().filename();
    int fd = -1;
    if (std::from_chars(name.data(), name.data() + name.size(), fd).ec == std::errc()) found.push_back(fd);
  }
  return found;
}

/// The ids of a program's maps; none if this process has no descriptor of that program.
std::vector<__u32> maps_of(__u32 program) {
  for (const int fd : descriptors_of("anon_inode:bpf-prog")) {
    std::array<__u32, 16> ids{};
    bpf_prog_info info{};
    info.nr_map_ids = ids.size();
    info.map_ids = reinterpret_cast<__u64>(ids.data());
    __u32 length = sizeof info;
    if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0 || info.id != program) continue;
    return {ids.begin(), ids.begin() + std::min<size_t>(info.nr_map_ids, ids.size())};
  }
  return {};
}

}  // namespace

std::optional<DnsFilter> DnsFilter::find(const Interface& interface) {
  __u32 program = 0;
  if (bpf_xdp_query_id(static_cast<int>(interface.index), 0, &program) != 0 || program == 0)
    return std::nullopt;
  const std::vector<__u32> maps = maps_of(program);
  Descriptor addresses;
  Descriptor station;
  for (const int fd : descriptors_of("anon_inode:bpf-map")) {
    bpf_map_info info{};
    __u32 length = sizeof info;
    if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0 ||
        std::find(maps.begin(), maps.end(), info.id) == maps.end())
      continue;
    const std::string_view name(info.name);
    if (name == "addresses") addresses = Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (name == "station") station = Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }
  if (!addresses || !station) return std::nullopt;
  return DnsFilter(std::move(addresses), std::move(station));
}

}  // namespace ptrd::port
