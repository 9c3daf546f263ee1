// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/xdp_filter.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <load.skel.h>
#include <xdp/libxdp.h>

#include <cerrno>
#include <cstring>

#include "port/xdp/foreign.hpp"

namespace ptrd::load {

namespace {

tl::unexpected<std::string> refused(const port::Interface& interface, const char* what, int error) {
  std::string text = interface.name + ": the XDP program cannot be " + what + ": " + std::strerror(error);
  if (error == EPERM || error == EACCES)
    text +=
        "; it needs root, or CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_NET_RAW; kernel sockets need no "
        "privileges";
  return tl::unexpected(text);
}

}  // namespace

XdpFilter::XdpFilter(Skeleton skeleton, port::Descriptor link)
    : skeleton_(std::move(skeleton)), link_(std::move(link)) {}
XdpFilter::XdpFilter(XdpFilter&&) noexcept = default;
XdpFilter::~XdpFilter() = default;

tl::expected<XdpFilter, std::string> XdpFilter::attach(const port::Interface& interface,
                                                       uint16_t server_port) {
  libbpf_set_print(nullptr);
  libxdp_set_print(nullptr);
  Skeleton skeleton(load_bpf__open(), load_bpf__destroy);
  if (!skeleton) return refused(interface, "loaded", errno);
  (void)bpf_map__set_max_entries(skeleton->maps.xsks_map, interface.queues);
  skeleton->rodata->server_port = server_port;
  if (const int error = load_bpf__load(skeleton.get()); error != 0)
    return refused(interface, "loaded", -error);
  for (const __u32 mode : {XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE}) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = mode);
    port::Descriptor link(bpf_link_create(bpf_program__fd(skeleton->progs.load_filter),
                                          static_cast<int>(interface.index), BPF_XDP, &options));
    if (link) return XdpFilter(std::move(skeleton), std::move(link));
    if (errno == EBUSY || errno == EEXIST) return tl::unexpected(port::foreign_program(interface));
  }
  return refused(interface, "attached", errno);
}

bool XdpFilter::give_queue(unsigned queue, int socket) {
  return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.xsks_map), &queue, &socket, BPF_ANY) == 0;
}

}  // namespace ptrd::load
