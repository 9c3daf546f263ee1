// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/domain_object.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "rdns/objects/registry.hpp"

namespace ptrd::rdns {
namespace {

/// Name servers and DS records to compare with: comparing all of a hostile object's thousands would take
/// quadratic time.
constexpr size_t kMaxCompared = 256;

/// One object during its check.
class Check {
 public:
  Check(const RpslObject& object, Operation operation, const FaultSink& sink)
      : object_(object),
        registry_(registry_of_source(object.value_of("source"))),
        operation_(operation),
        sink_(sink) {}

  std::optional<DomainObject> run() {
    attributes();
    const auto domain = reverse_domain(object_.attributes.front().value);
    if (domain) {
      result_.domain = *domain;
    } else {
      fault(domain.error(), object_.line());
    }
    servers(domain.has_value());
    signers();
    if (domain && domain->dash) dash();
    if (!domain) return std::nullopt;
    return std::move(result_);
  }

 private:
  void fault(const Fault& what, uint64_t line) {
    result_.delegable =
        result_.delegable && !(facts_of(what.rule).dns && facts_of(what.rule).severity == Severity::error);
    sink_(what.rule, line, what.text);
  }

  /// Calls `what` for each attribute with a name.
  template <typename What>
  void each(std::string_view name, What what) const {
    for (const RpslAttribute& attribute : object_.attributes) {
      if (same_word(attribute.name, name)) what(attribute);
    }
  }

  void attributes() {
    const std::span<const AttributeFacts> all = domain_attributes();
    std::vector<uint64_t> lines(all.size());  // last line of each
    for (const RpslAttribute& attribute : object_.attributes) {
      const auto facts = std::find_if(all.begin(), all.end(), [&](const AttributeFacts& known) {
        return same_word(known.name, attribute.name);
      });
      if (facts == all.end() || !facts->known_at(registry_)) {
        fault({Rule::attribute_unknown,
               fmt::format("{}: is not an attribute of a domain object{}{}", printable(attribute.name, 40),
                           facts == all.end() ? "" : " at ", facts == all.end() ? "" : name_of(registry_))},
              attribute.line);
        continue;
      }
      uint64_t& seen = lines[static_cast<size_t>(facts - all.begin())];
      if (facts->once && seen != 0)
        fault({Rule::attribute_repeated, fmt::format("{}: is already in line {}", facts->name, seen)},
              attribute.line);
      if (attribute.value.empty() && facts->name != "remarks" && facts->name != "descr")
        fault({Rule::attribute_empty, fmt::format("{}: has no value", facts->name)}, attribute.line);
      seen = attribute.line;
    }
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].mandatory_at(registry_) && lines[i] == 0)
        fault({Rule::attribute_missing, fmt::format("{}: is missing", all[i].name)}, object_.line());
    }
    each("changed", [&](const RpslAttribute& changed) {
      const std::string_view address = changed.value.substr(0, changed.value.find_first_of(" \t"));
      if (!address.empty() && address.find('@') == std::string_view::npos)
        fault(
            {Rule::changed_address, fmt::format("'{}' is not a mail address", printable(changed.value, 60))},
            changed.line);
    });
  }

  void servers(bool domain_is_good) {
    std::vector<uint64_t> lines;  // of result_.servers
    uint64_t count = 0;           // lines, good or bad, with a value
    size_t hosts = 0;
    each("nserver", [&](const RpslAttribute& attribute) {
      if (attribute.value.empty()) return;
      ++count;
      auto server = name_server(attribute.value);
      if (!server) {
        ++hosts;  // counted as a host: one mistake, one finding
        return fault(server.error(), attribute.line);
      }
      hosts += same_host(*server, lines, attribute.line) ? 0 : 1;
      if (domain_is_good) {
        if (const auto wrong = glue_fault(result_.domain, *server)) fault(*wrong, attribute.line);
      }
      result_.servers.push_back(*server);
      lines.push_back(attribute.line);
    });
    if (count > 0 && hosts < 2)
      fault({Rule::nserver_count, "only one name server; at least two are required"}, object_.line());
    if (count == 0) result_.delegable = false;  // reported as a missing or empty attribute
  }

  /// Whether a name server's host already occurred; reports an address that occurs twice.
  bool same_host(const NameServer& server, const std::vector<uint64_t>& lines, uint64_t line) {
    bool same = false;
    bool shared = false;
    for (size_t i = 0; i < std::min(lines.size(), kMaxCompared); ++i) {
      const NameServer& other = result_.servers[i];
      const bool host = other.host == server.host;
      same = same || host;
      if (host && other.glue == server.glue) {
        fault({Rule::nserver_duplicate, fmt::format("{} is already in line {}", to_text(server), lines[i])},
              line);
        return true;
      }
      if (!host && !shared && server.glue && other.glue == server.glue) {
        shared = true;
        fault({Rule::glue_shared, fmt::format("{} has the same address as {} in line {}",
                                              server.host.to_text(), other.host.to_text(), lines[i])},
              line);
      }
    }
    return same;
  }

  void signers() {
    each("ds-rdata", [&](const RpslAttribute& attribute) {
      if (attribute.value.empty()) return;
      auto ds = delegation_signer(attribute.value);
      if (!ds) return fault(ds.error(), attribute.line);
      if (const std::string weak = weakness_of(*ds); !weak.empty())
        fault({Rule::ds_weak, weak}, attribute.line);
      const auto compared =
          result_.ds.begin() + static_cast<ptrdiff_t>(std::min(result_.ds.size(), kMaxCompared));
      if (std::find(result_.ds.begin(), compared, *ds) != compared)
        return fault({Rule::ds_duplicate, "duplicate of an earlier DS"}, attribute.line);
      result_.ds.push_back(std::move(*ds));
    });
  }

  /// The registries' rules for domains with a dash. The RIPE NCC treats them like others, AFRINIC does not.
  void dash() {
    const Range& range = result_.domain.range;
    // The DNS would take such a zone, so an object that a registry already has is still delegated.
    if (range.first == range.last)
      fault({Rule::domain_dash_one, "the range is a single address; a domain with a dash has at least two"},
            object_.line());
    if (registry_ != Registry::afrinic) return;
    each("ds-rdata", [&](const RpslAttribute& attribute) {
      fault({Rule::ds_dash, "a domain with a dash must not have ds-rdata:"}, attribute.line);
    });
    uint64_t line = operation_ == Operation::create ? 0 : object_.line();
    each("delete", [&](const RpslAttribute& attribute) { line = attribute.line; });
    if (line != 0)
      fault({Rule::dash_operation,
             "a dash is shorthand for several objects when they are created; modify and delete them one by "
             "one"},
            line);
  }

  const RpslObject& object_;
  Registry registry_;
  Operation operation_;
  const FaultSink& sink_;
  DomainObject result_;
};

}  // namespace

std::optional<DomainObject> check_domain_object(const RpslObject& object, Operation operation,
                                                const FaultSink& fault) {
  return Check(object, operation, fault).run();
}

}  // namespace ptrd::rdns
