// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "new_object.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "rdns/objects/domain_object.hpp"
#include "rdns/objects/new_object.hpp"
#include "rdns/objects/rpsl_reader.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

/// Parses the objects again and checks them.
class ReadBack final : public rdns::RpslSink {
 public:
  bool wants(std::string_view) override { return true; }
  void passed_over(std::string_view) override {}
  void object(const rdns::RpslObject& object) override {
    (void)rdns::check_domain_object(object, rdns::Operation::create,
                                    [&](rdns::Rule rule, uint64_t, const std::string& text) {
                                      add(rule, rdns::printable(object.attributes.front().value), text);
                                    });
  }
  void fault(rdns::Rule rule, uint64_t, std::string object, std::string text) override {
    add(rule, object, text);
  }

  [[nodiscard]] bool refuse() const { return refuse_; }

 private:
  void add(rdns::Rule rule, const std::string& object, const std::string& text) {
    const bool error = rdns::facts_of(rule).severity == rdns::Severity::error;
    refuse_ = refuse_ || error;
    fmt::print(stderr, "rdns: {}: {}: {} [{}]\n", error ? "error" : "warning", object, text,
               rdns::facts_of(rule).id);
  }
  bool refuse_ = false;
};

void put_all(Attributes& to, const std::string& name, const std::vector<std::string>& values) {
  for (const std::string& value : values) to.emplace_back(name, value);
}

/// The placeholders of the registry's template, to be filled in by hand.
const std::vector<std::string>& or_else(const std::vector<std::string>& given,
                                        const std::vector<std::string>& other, std::string_view missing,
                                        std::string& told) {
  if (!given.empty()) return given;
  if (!missing.empty()) told += fmt::format("{}{}", told.empty() ? "" : ", ", missing);
  return other;
}

}  // namespace

int write_new_objects(const NewObjectOptions& options) {
  const auto range = rdns::range_of_text(options.range);
  if (!range) return fail(range.error(), kUsage);
  rdns::NewObjects wanted{.range = *range};
  for (const std::string& text : options.servers) {
    const auto server = rdns::name_server(text);
    if (!server) return fail("--nserver: " + server.error().text, kUsage);
    wanted.servers.push_back(*server);
  }
  for (const std::string& text : options.ds) {
    const auto ds = rdns::delegation_signer(text);
    if (!ds) return fail("--ds: " + ds.error().text, kUsage);
    wanted.ds.push_back(*ds);
  }
  std::string missing;
  put_all(wanted.before_servers, "descr",
          or_else(options.descr, {"Reverse delegation of " + rdns::to_text(*range)}, {}, missing));
  put_all(wanted.before_servers, "org", options.org);
  const std::vector<std::string> admin = or_else(options.admin, {"NIC-AFRINIC"}, "--admin-c", missing);
  put_all(wanted.before_servers, "admin-c", admin);
  put_all(wanted.before_servers, "tech-c", or_else(options.tech, admin, {}, missing));
  put_all(wanted.before_servers, "zone-c", or_else(options.zone, admin, {}, missing));
  put_all(wanted.after_servers, "remarks", options.remarks);
  put_all(wanted.after_servers, "notify", options.notify);
  put_all(wanted.after_servers, "mnt-by", or_else(options.maintainers, {"EXAMPLE-MNT"}, "--mnt-by", missing));
  wanted.after_servers.emplace_back("source", options.source);
  const auto text = rdns::object_text(wanted);
  if (!text) return fail(text.error());

  ReadBack check;
  rdns::RpslReader reader(check);
  reader.feed(*text);
  reader.finish();
  if (check.refuse()) return fail("nothing was written");
  if (!missing.empty())
    fmt::print(stderr, "rdns: warning: {} not given: replace the examples with yours\n", missing);
  fmt::print("{}", *text);
  return kDone;
}

}  // namespace ptrd::cli
