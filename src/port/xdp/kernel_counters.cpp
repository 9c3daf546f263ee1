// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/xdp/kernel_counters.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "bpf/consts.h"

namespace ptrd::port {

namespace {

using datapath::Totals;

/// By enum ptrd_counter; the names in --stats-json.
constexpr std::array<const char*, PTRD_COUNTERS> kCounterNames = {
    "redirected",      "answered.answer", "answered.nxdomain", "passed_link",     "passed_ip_form",
    "passed_protocol", "passed_port",     "passed_address",    "passed_no_socket"};
static_assert(kCounterNames.back() != nullptr);

/// A name in the map, ended by at least one zero.
using NameField = std::array<char, 32>;

/// Entries of an array whose values have this size; 0 where it is another map, or none.
uint32_t entries_of(int map, size_t value_size) {
  bpf_map_info info{};
  __u32 length = sizeof info;
  const bool known = bpf_obj_get_info_by_fd(map, &info, &length) == 0 && info.value_size == value_size;
  return known ? info.max_entries : 0;
}

/// The sums over all CPUs; nothing where the map is none of counters.
std::vector<uint64_t> sums(int map) {
  const int cpus = libbpf_num_possible_cpus();
  const uint32_t entries = entries_of(map, sizeof(uint64_t));
  if (cpus <= 0) return {};
  std::vector<uint64_t> found(entries);
  std::vector<uint64_t> values(static_cast<size_t>(cpus));
  for (uint32_t key = 0; key < entries; ++key) {
    if (bpf_map_lookup_elem(map, &key, values.data()) != 0) return {};
    for (const uint64_t value : values) found[key] += value;
  }
  return found;
}

std::vector<std::string> read_names(int map) {
  std::vector<std::string> names;
  for (uint32_t key = 0; key < entries_of(map, sizeof(NameField)); ++key) {
    NameField name{};
    if (bpf_map_lookup_elem(map, &key, name.data()) != 0) return {};
    names.emplace_back(name.data(), strnlen(name.data(), name.size()));
  }
  return names;
}

Totals::Named all_zero() {
  Totals::Named counters;
  for (const char* name : kCounterNames) counters.emplace_back(name, 0);
  return counters;
}

}  // namespace

Totals::Named read_kernel_counters(int map) {
  const std::vector<uint64_t> values = sums(map);
  if (values.size() != PTRD_COUNTERS) return {};
  Totals::Named counters = all_zero();
  for (size_t i = 0; i < values.size(); ++i) counters[i].second = values[i];
  return counters;
}

tl::expected<Descriptor, std::string> make_counter_names() {
  Descriptor map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptrd_names", sizeof(uint32_t), sizeof(NameField),
                                PTRD_COUNTERS, nullptr));
  if (!map) return tl::unexpected<std::string>(std::strerror(errno));
  for (uint32_t key = 0; key < PTRD_COUNTERS; ++key) {
    NameField name{};
    std::strncpy(name.data(), kCounterNames[key], name.size() - 1);
    if (bpf_map_update_elem(map.get(), &key, name.data(), BPF_ANY) != 0)
      return tl::unexpected<std::string>(std::strerror(errno));
  }
  return map;
}

EarlierCounters::EarlierCounters(const Pins& pins)
    : counters_(pins.get(kCountersPin)),
      before_(pins.get(kCountersBeforePin)),
      names_(pins.get(kCounterNamesPin)) {}

EarlierCounters::Carried EarlierCounters::read() const {
  Carried carried{.counters = all_zero(), .lost = {}};
  std::vector<uint64_t> values = sums(counters_.get());
  const std::vector<std::string> names = read_names(names_.get());
  if (values.empty() || names.size() != values.size()) {
    carried.lost = "the earlier ptrd's program does not say what it has counted; its counters begin at 0";
    return carried;
  }
  std::string unknown;
  for (uint32_t key = 0; key < values.size(); ++key) {
    uint64_t before = 0;
    if (bpf_map_lookup_elem(before_.get(), &key, &before) == 0) values[key] += before;
    const auto ours = std::find_if(carried.counters.begin(), carried.counters.end(),
                                   [&](const auto& one) { return one.first == names[key]; });
    if (ours != carried.counters.end()) {
      ours->second = values[key];
    } else {
      unknown += (unknown.empty() ? "" : ", ") + names[key];
    }
  }
  if (!unknown.empty())
    carried.lost = "the earlier ptrd was another build; of what its program has counted, " + unknown +
                   " is not carried over";
  return carried;
}

}  // namespace ptrd::port
