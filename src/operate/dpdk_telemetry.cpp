// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/dpdk_telemetry.hpp"

#include <rte_telemetry.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "ptrd/wire/name.hpp"

namespace ptrd::operate {

namespace {

/// Global state for DPDK's callbacks, which have no user data and cannot be unregistered.
struct Told {
  std::mutex mutex;
  std::span<const std::unique_ptr<service::Service>> services;
  const swap::ImageStore* images = nullptr;
};
Told& told() {
  static Told it;
  return it;
}

/// A reply has 16 KB, and a string in it at most 128 bytes: this many names always fit.
constexpr uint32_t kMaxNames = 100;

/// DPDK 22.11 accepts letters, digits, '_' and '/' in a name.
std::string key_of(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

void add_named(rte_tel_data* to, const char* name, const datapath::Totals::Named& values) {
  rte_tel_data* dict = rte_tel_data_alloc();
  if (dict == nullptr) return;
  rte_tel_data_start_dict(dict);
  for (const auto& [key, value] : values) rte_tel_data_add_dict_u64(dict, key_of(key).c_str(), value);
  rte_tel_data_add_dict_container(to, name, dict, 0);
}

int stats(const char*, const char*, rte_tel_data* reply) {
  Told& it = told();
  const std::lock_guard lock(it.mutex);
  if (it.images == nullptr) return -ENOENT;
  datapath::Totals totals;
  for (const auto& service : it.services) service->add_to(totals);
  rte_tel_data_start_dict(reply);
  rte_tel_data_add_dict_u64(reply, "rx", totals.rx);
  rte_tel_data_add_dict_u64(reply, "tx", totals.tx);
  rte_tel_data_add_dict_u64(reply, "swaps", it.images->in_service().swaps);
  add_named(reply, "answered", totals.answered);
  add_named(reply, "dropped", totals.dropped);
  add_named(reply, "punted", totals.punted);
  for (const auto& [section, notes] : totals.sections()) add_named(reply, section.c_str(), notes);
  return 0;
}

void add_zone(const image::Zone& zone, const std::string& name, rte_tel_data* reply) {
  rte_tel_data_add_dict_string(reply, "name", name.c_str());
  rte_tel_data_add_dict_u64(reply, "serial", zone.serial);
  rte_tel_data_add_dict_u64(reply, "records", zone.records);
}

int zones(const char*, const char* wanted, rte_tel_data* reply) {
  Told& it = told();
  const std::lock_guard lock(it.mutex);
  if (it.images == nullptr) return -ENOENT;
  int result = 0;
  it.images->visit([&](const image::View& view) {
    const std::span<const image::Zone> all = view.zones();
    rte_tel_data_start_dict(reply);
    if (wanted != nullptr && *wanted != 0) {
      std::string name = wanted;
      if (!name.ends_with('.')) name += '.';
      for (const image::Zone& zone : all) {
        if (view.apex(zone).to_text() == name) return add_zone(zone, name, reply);
      }
      result = -ENOENT;
      return;
    }
    rte_tel_data_add_dict_u64(reply, "zones", all.size());
    rte_tel_data* names = rte_tel_data_alloc();
    if (names == nullptr) return;
    rte_tel_data_start_array(names, RTE_TEL_STRING_VAL);
    for (const image::Zone& zone : all.first(std::min<size_t>(all.size(), kMaxNames)))
      rte_tel_data_add_array_string(names, view.apex(zone).to_text().c_str());
    rte_tel_data_add_dict_container(reply, "names", names, 0);
  });
  return result;
}

}  // namespace

DpdkTelemetry::DpdkTelemetry(std::span<const std::unique_ptr<service::Service>> services,
                             const swap::ImageStore& images) {
  {
    Told& it = told();
    const std::lock_guard lock(it.mutex);
    it.services = services;
    it.images = &images;
  }
  // Fails if they are registered already, which is just as good.
  (void)rte_telemetry_register_cmd("/ptrd/stats", stats, "Returns ptrd's counters. Takes no parameters");
  (void)rte_telemetry_register_cmd("/ptrd/zones", zones,
                                   "Returns the zones in service. Optional parameter: a zone's name");
}

DpdkTelemetry::~DpdkTelemetry() {
  Told& it = told();
  const std::lock_guard lock(it.mutex);
  it.services = {};
  it.images = nullptr;
}

}  // namespace ptrd::operate
