// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <map>
#include <set>

#include "ptrd/wire/arpa.hpp"
#include "rdns/check/host_name.hpp"
#include "rdns/check/judge.hpp"

namespace ptrd::rdns::check {

namespace {

using wire::Name;

/// Accepted are values from RFC 1912 2.2 to RIPE-203; in seconds.
constexpr uint32_t kRetryLeast = 180;
constexpr uint32_t kRetryMost = 7200;
constexpr uint32_t kExpireLeast = 1'209'600;
constexpr uint32_t kExpireMost = 3'600'000;

using NameSet = std::set<std::string>;

NameSet texts(const std::vector<Name>& names) {
  NameSet set;
  for (const Name& name : names) set.insert(name.lowered().to_text());
  return set;
}

std::string join(const NameSet& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

/// Values and who returned each, in words, if they differ.
std::string disagreement(const std::map<std::string, std::vector<std::string>>& values) {
  std::string text;
  if (values.size() < 2) return text;
  for (const auto& [value, who] : values) {
    text += (text.empty() ? "" : "; ") + value + " from " + who.front();
    if (who.size() > 1) text += " and " + std::to_string(who.size() - 1) + " more";
  }
  return text;
}

std::string timers_of(const client::Soa& soa) {
  return soa.mname.lowered().to_text() + " " + soa.rname.lowered().to_text() + " " +
         std::to_string(soa.refresh) + " " + std::to_string(soa.retry) + " " + std::to_string(soa.expire) +
         " " + std::to_string(soa.minimum);
}

void judge_rname(const Name& rname, Report& report) {
  const auto add = [&](Fault fault, const std::string& text) {
    report.findings.push_back({fault, "", "SOA rname " + rname.to_text() + " " + text});
  };
  const wire::Bytes bytes = rname.bytes();
  if (std::find(bytes.begin(), bytes.end(), uint8_t{'@'}) != bytes.end())
    return add(Fault::rname_at, "contains an at sign; write a dot instead (RFC 1035 3.3.13)");
  if (rname.label_count() < 2) return add(Fault::rname_no_dot, "has no domain after the mailbox");
  const wire::Bytes mailbox = wire::Labels(bytes).label(bytes, 0);
  const bool printable =
      std::all_of(mailbox.begin(), mailbox.end(), [](uint8_t c) { return c > ' ' && c <= '~'; });
  const auto wrong = wrong_with_host_name(rname.parent());
  if (!printable || wrong)
    add(Fault::rname_malformed,
        wrong ? "is not a mail address: its domain " + *wrong : "is not a mail address");
  static const Name in_addr = Name::from_text("in-addr.arpa").value();
  static const Name ip6 = Name::from_text("ip6.arpa").value();
  if (rname.is_below_or_at(in_addr) || rname.is_below_or_at(ip6))
    add(Fault::rname_reverse, "is in the reverse tree, where mail cannot be delivered");
}

void judge_fields(const client::Soa& soa, Report& report) {
  const auto add = [&](Fault fault, const std::string& text) {
    report.findings.push_back({fault, "", "SOA " + text});
  };
  if (soa.mname.is_root()) add(Fault::soa_empty, "mname is empty");
  if (soa.rname.is_root())
    add(Fault::soa_empty, "rname is empty");
  else
    judge_rname(soa.rname, report);
  if (const auto wrong = wrong_with_host_name(soa.mname); wrong && !soa.mname.is_root())
    add(Fault::bad_host_name, "mname " + soa.mname.to_text() + " " + *wrong);
  const std::string expire = "expire " + std::to_string(soa.expire);
  if (soa.expire < soa.refresh)
    add(Fault::expire_below_refresh, expire + " is less than refresh " + std::to_string(soa.refresh));
  else if (soa.expire < uint64_t{soa.refresh} + soa.retry)
    add(Fault::expire_below_both, expire + " is less than refresh + retry");
  if (soa.expire < kExpireLeast || soa.expire > kExpireMost)
    add(Fault::expire_range,
        expire + " is not within " + std::to_string(kExpireLeast) + " to " + std::to_string(kExpireMost));
  if (soa.retry < kRetryLeast || soa.retry > kRetryMost)
    add(Fault::retry_range, "retry " + std::to_string(soa.retry) + " is not within " +
                                std::to_string(kRetryLeast) + " to " + std::to_string(kRetryMost));
}

}  // namespace

void judge_ns_sets(const Observation& seen, Report& report) {
  std::map<std::string, std::vector<std::string>> sets;
  NameSet child;
  for (const ServerObservation& server : seen.servers) {
    for (const AddressObservation& address : server.addresses) {
      if (!address.ns) continue;
      const NameSet names = texts(*address.ns);
      sets[join(names)].push_back(label_of(server, address));
      child.insert(names.begin(), names.end());
    }
  }
  if (sets.empty()) return;  // no server answered: reported elsewhere
  if (const std::string text = disagreement(sets); !text.empty())
    report.findings.push_back({Fault::ns_sets_differ, "", "NS: " + text});
  if (seen.delegation.parent_is_child) return;
  NameSet parent;
  for (const ServerObservation& server : seen.servers) parent.insert(server.name.lowered().to_text());
  for (const std::string& name : parent)
    if (child.count(name) == 0)
      report.findings.push_back(
          {Fault::parent_ns_not_in_child, name, "is delegated to, but is not in the zone's own NS set"});
  for (const std::string& name : child)
    if (parent.count(name) == 0)
      report.findings.push_back(
          {Fault::child_ns_not_in_parent, name, "is in the zone's own NS set, but is not delegated to"});
}

void judge_soa(const Observation& seen, Report& report) {
  std::map<std::string, std::vector<std::string>> serials;
  std::map<std::string, std::vector<std::string>> others;
  std::map<std::string, client::Soa> distinct;
  for (const ServerObservation& server : seen.servers) {
    for (const AddressObservation& address : server.addresses) {
      std::set<std::pair<std::string, std::string>> said;  // the same over both transports counts once
      for (const Reaction* reaction : {&address.udp, &address.tcp}) {
        if (!reaction->authoritative()) continue;
        const std::string serial = std::to_string(reaction->soa->serial);
        const std::string rest = timers_of(*reaction->soa);
        if (!said.emplace(serial, rest).second) continue;
        serials[serial].push_back(label_of(server, address));
        others[rest].push_back(label_of(server, address));
        distinct.emplace(rest, *reaction->soa);
      }
    }
  }
  if (const std::string text = disagreement(serials); !text.empty())
    report.findings.push_back({Fault::serials_differ, "", "SOA serials: " + text});
  if (const std::string text = disagreement(others); !text.empty())
    report.findings.push_back({Fault::soa_differs, "", "SOA values: " + text});
  const size_t before = report.findings.size();
  for (const auto& [rest, soa] : distinct) judge_fields(soa, report);
  // Two SOAs may have the same error.
  for (size_t i = before; i < report.findings.size(); ++i)
    for (size_t j = report.findings.size(); --j > i;)
      if (report.findings[i].text == report.findings[j].text)
        report.findings.erase(report.findings.begin() + static_cast<ptrdiff_t>(j));
}

}  // namespace ptrd::rdns::check
