// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/shared_lines.hpp"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "bpf/image.h"
#include "port/descriptor.hpp"
#include "port/xdp/quiet.hpp"

namespace ptrd::port {

namespace {

static_assert(sizeof(policy::KernelLine) == PTRD_LINE_SIZE);

class MapLines : public policy::SharedMemory {
 public:
  MapLines(Descriptor map, std::span<policy::KernelLine> lines) : map_(std::move(map)), lines_(lines) {}
  ~MapLines() override { munmap(lines_.data(), lines_.size_bytes()); }
  [[nodiscard]] std::span<policy::KernelLine> lines() const override { return lines_; }
  [[nodiscard]] int descriptor() const override { return map_.get(); }

 private:
  Descriptor map_;
  std::span<policy::KernelLine> lines_;
};

}  // namespace

tl::expected<std::unique_ptr<policy::SharedMemory>, std::string> make_shared_lines(size_t lines) {
  silence_bpf_libraries();
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  Descriptor map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptrd_policy", sizeof(uint32_t), PTRD_LINE_SIZE,
                                static_cast<uint32_t>(lines), &options));
  if (!map) return tl::unexpected<std::string>(std::strerror(errno));
  void* there = mmap(nullptr, lines * PTRD_LINE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, map.get(), 0);
  if (there == MAP_FAILED) return tl::unexpected<std::string>(std::strerror(errno));
  return std::make_unique<MapLines>(std::move(map),
                                    std::span(static_cast<policy::KernelLine*>(there), lines));
}

}  // namespace ptrd::port
