// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/worker.hpp"
#include "policy/kernel_lines.hpp"
#include "port/xdp/kernel_answers.hpp"
#include "service/service.hpp"

namespace ptrd::service {

struct XdpOptions {
  std::string interface;
  std::vector<unsigned> cpus;          // for the workers in turn; empty: any
  std::vector<std::string> addresses;  // to answer for in addition to the interface's own
  port::KernelAnswers kernel_answers = port::KernelAnswers::fallback;
  const policy::KernelLines* policy = nullptr;  // in service from the first frame on; null: none
  bool changes = false;                         // the image is changed in place (Service::change)
  bool keep = false;                            // leave the program on the interface at exit
  datapath::IdlePolicy idle;                    // pause by default: until a frame arrives
};

/// Opens AF_XDP sockets on all queues of the interface, one worker each, and ptrd's program in front of them.
/// Takes over what an earlier ptrd left there. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_xdp(const XdpOptions& options,
                                                                           datapath::EngineSlot& engine);

}  // namespace ptrd::service
