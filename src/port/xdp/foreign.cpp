// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/foreign.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "port/descriptor.hpp"

namespace ptrd::port {

namespace {

/// The attached program's id and mode; all zero if there is none.
bpf_xdp_query_opts query(const Interface& interface) {
  LIBBPF_OPTS(bpf_xdp_query_opts, found);
  if (bpf_xdp_query(static_cast<int>(interface.index), 0, &found) != 0) return {};
  return found;
}

std::string program_name(uint32_t id) {
  const Descriptor program(bpf_prog_get_fd_by_id(id));
  bpf_prog_info info{};
  __u32 length = sizeof info;
  if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &length) != 0) return {};
  return info.name;
}

/// The id of the link that holds the program on the interface; 0: it was attached without one.
uint32_t link_of(const Interface& interface, uint32_t program) {
  for (uint32_t id = 0; bpf_link_get_next_id(id, &id) == 0;) {
    const Descriptor link(bpf_link_get_fd_by_id(id));
    bpf_link_info info{};
    __u32 length = sizeof info;
    if (link && bpf_obj_get_info_by_fd(link.get(), &info, &length) == 0 && info.type == BPF_LINK_TYPE_XDP &&
        info.prog_id == program && info.xdp.ifindex == interface.index)
      return id;
  }
  return 0;
}

}  // namespace

uint32_t attached_program(const Interface& interface) {
  const bpf_xdp_query_opts found = query(interface);
  if (found.prog_id != 0) return found.prog_id;
  return found.drv_prog_id != 0 ? found.drv_prog_id : found.skb_prog_id;
}

std::string attached_program_name(const Interface& interface) {
  const uint32_t id = attached_program(interface);
  return id == 0 ? std::string() : program_name(id);
}

bool attached_natively(const Interface& interface) {
  return query(interface).attach_mode == XDP_ATTACHED_DRV;
}

std::string foreign_program(const Interface& interface) {
  const uint32_t id = attached_program(interface);
  const std::string name = program_name(id);
  std::string text = interface.name + " has another XDP program, '" + name + "' with id " +
                     std::to_string(id) + "; remove it: ";
  if (name == "xdp_dispatcher") return text + "xdp-loader unload " + interface.name + " --all";
  const uint32_t link = link_of(interface, id);
  if (link == 0) return text + "ip link set dev " + interface.name + " xdp off";
  return text + "stop the process that holds it, or bpftool link detach id " + std::to_string(link);
}

}  // namespace ptrd::port
