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

using datapath::NoteFamily;

constexpr NoteFamily kRedirected{
    "kernel",
    "redirected",
    {"ptrd_kernel_redirected_total", "Frames that the XDP program gave to ptrd's sockets."}};
constexpr NoteFamily kResponses{
    "kernel",
    "answered.",
    {"ptrd_kernel_responses_total", "Responses that the XDP program sent itself."},
    "kind"};
constexpr NoteFamily kDropped{
    "kernel",
    "dropped.",
    {"ptrd_kernel_dropped_total", "Queries that the XDP program dropped, as the policy says."},
    "reason"};
constexpr NoteFamily kPassed{"kernel",
                             "passed_",
                             {"ptrd_kernel_passed_total", "Frames that the XDP program left to the kernel."},
                             "reason"};

struct CounterName {
  const NoteFamily* family;
  const char* name;  // within the family

  [[nodiscard]] std::string whole() const { return std::string(family->prefix) + name; }
};
/// By enum ptrd_counter.
constexpr std::array<CounterName, PTRD_COUNTERS> kCounterNames = {{{&kRedirected, ""},
                                                                   {&kResponses, "answer"},
                                                                   {&kResponses, "nxdomain"},
                                                                   {&kResponses, "truncated"},
                                                                   {&kDropped, "policy"},
                                                                   {&kDropped, "rate_limited"},
                                                                   {&kPassed, "link"},
                                                                   {&kPassed, "ip_form"},
                                                                   {&kPassed, "protocol"},
                                                                   {&kPassed, "port"},
                                                                   {&kPassed, "address"},
                                                                   {&kPassed, "no_socket"}}};
static_assert(kCounterNames.back().family != nullptr);

/// A name in the map, terminated by at least one zero.
using NameField = std::array<char, 32>;

/// The number of entries of an array with values of this size; 0 if it is a different map, or none.
uint32_t entries_of(int map, size_t value_size) {
  bpf_map_info info{};
  __u32 length = sizeof info;
  const bool known = bpf_obj_get_info_by_fd(map, &info, &length) == 0 && info.value_size == value_size;
  return known ? info.max_entries : 0;
}

/// The sums over all CPUs; no value if the map is not one of counters.
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

}  // namespace

std::vector<uint64_t> read_kernel_counters(int map) {
  std::vector<uint64_t> values = sums(map);
  if (values.size() != PTRD_COUNTERS) return {};
  return values;
}

void add_kernel_counters(const std::vector<uint64_t>& values, datapath::Totals& totals) {
  for (size_t i = 0; i < values.size(); ++i)
    totals.add_note(*kCounterNames[i].family, kCounterNames[i].name, values[i]);
}

tl::expected<Descriptor, std::string> make_counter_names() {
  Descriptor map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptrd_names", sizeof(uint32_t), sizeof(NameField),
                                PTRD_COUNTERS, nullptr));
  if (!map) return tl::unexpected<std::string>(std::strerror(errno));
  for (uint32_t key = 0; key < PTRD_COUNTERS; ++key) {
    NameField name{};
    kCounterNames[key].whole().copy(name.data(), name.size() - 1);
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
  Carried carried{.counters = std::vector<uint64_t>(PTRD_COUNTERS), .lost = {}};
  std::vector<uint64_t> values = sums(counters_.get());
  const std::vector<std::string> names = read_names(names_.get());
  if (values.empty() || names.size() != values.size()) {
    carried.lost = "the earlier ptrd's program has no readable counters; they start at 0";
    return carried;
  }
  std::string unknown;
  for (uint32_t key = 0; key < values.size(); ++key) {
    uint64_t before = 0;
    if (bpf_map_lookup_elem(before_.get(), &key, &before) == 0) values[key] += before;
    const auto ours = std::find_if(kCounterNames.begin(), kCounterNames.end(),
                                   [&](const CounterName& one) { return one.whole() == names[key]; });
    if (ours != kCounterNames.end()) {
      carried.counters[static_cast<size_t>(ours - kCounterNames.begin())] = values[key];
    } else {
      unknown += (unknown.empty() ? "" : ", ") + names[key];
    }
  }
  if (!unknown.empty())
    carried.lost =
        "the earlier ptrd was another build; of its program's counters, " + unknown + " is not carried over";
  return carried;
}

}  // namespace ptrd::port
