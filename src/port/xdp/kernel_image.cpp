// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/kernel_image.hpp"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

namespace ptrd::port {

tl::expected<KernelImage, int> KernelImage::make(size_t lines) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  KernelImage image;
  image.map_ = Descriptor(bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptrd_image", sizeof(uint32_t), image::kLineSize,
                                         static_cast<uint32_t>(lines), &options));
  if (!image.map_) return tl::unexpected(errno);
  void* const there =
      mmap(nullptr, lines * image::kLineSize, PROT_READ | PROT_WRITE, MAP_SHARED, image.map_.get(), 0);
  if (there == MAP_FAILED) return tl::unexpected(errno);
  image.lines_ = std::span(static_cast<image::Line*>(there), lines);
  return image;
}

void KernelImage::freeze() {
  if (!lines_.empty()) munmap(lines_.data(), lines_.size_bytes());
  lines_ = {};
}

KernelImage::~KernelImage() {
  freeze();
}

}  // namespace ptrd::port
