// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone: zone files to images and back.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "image/builder.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/compile.hpp"
#include "zone/text.hpp"

namespace {

using namespace ptrd;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

int fail(const std::string& what) {
  fmt::print(stderr, "ptrzone: {}\n", what);
  return kFailed;
}

size_t count_of(const std::vector<zone::Finding>& findings, zone::Severity severity) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(),
                                           [&](const zone::Finding& f) { return f.severity == severity; }));
}

std::string plural(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Reads and checks all zones, also into `builder` when there is one, and prints the findings to `out`: what
/// the set holds. `strict`: warnings are errors.
struct ReadZones {
  size_t zones = 0;
  uint64_t records = 0;
  size_t errors = 0;
  size_t warnings = 0;
};
ReadZones read_zones(const std::vector<std::string>& paths, unsigned jobs, image::Builder* builder,
                     bool strict, std::FILE* out) {
  std::vector<zone::Finding> findings;
  std::vector<zone::Source> sources;
  for (const std::string& path : paths) {
    auto more = zone::sources_of(path, findings);
    sources.insert(sources.end(), more.begin(), more.end());
  }
  zone::SetCheck checks;
  zone::load(sources, jobs, builder, checks, findings);
  checks.finish(findings);
  zone::sort_findings(findings);
  for (zone::Finding& finding : findings) {
    if (strict) finding.severity = zone::Severity::error;
    fmt::print(out, "{}\n", finding.to_text());
  }
  return {.zones = checks.zones(),
          .records = checks.records(),
          .errors = count_of(findings, zone::Severity::error),
          .warnings = count_of(findings, zone::Severity::warning)};
}

int check(const std::vector<std::string>& paths, unsigned jobs, bool strict) {
  const ReadZones read = read_zones(paths, jobs, nullptr, strict, stdout);
  fmt::print("{}, {}: {}, {}\n", plural(read.zones, "zone"), plural(read.records, "record"),
             plural(read.errors, "error"), plural(read.warnings, "warning"));
  if (std::fflush(stdout) != 0) return fail("cannot write the output");
  return read.errors == 0 ? kDone : kFailed;
}

int compile(const std::vector<std::string>& paths, unsigned jobs, const std::string& out, bool strict) {
  image::Builder builder;
  const size_t errors = read_zones(paths, jobs, &builder, strict, stderr).errors;
  if (errors > 0) return fail(fmt::format("{}; {} is not written", plural(errors, "error"), out));
  const auto lines = builder.build();
  if (!lines) return fail(fmt::format("{}; {} is not written", lines.error(), out));
  if (const auto written = image::write_file(out, *lines); !written) return fail(written.error());
  const image::View view(*lines);
  fmt::print("{}: {} zones, {} records, {} bytes\n", out, view.header().zone_count, view.header().records,
             lines->size() * image::kLineSize);
  return kDone;
}

/// A query message as a client would send it; `buffer` gets the reply.
std::optional<std::vector<uint8_t>> ask(const image::View& view, const wire::Name& name, uint16_t type,
                                        bool dnssec) {
  std::vector<uint8_t> buffer(65535 + 64);
  size_t size = wire::kHeaderSize;
  wire::HeaderView(buffer.data()).set_counts(1, 0, 0, dnssec ? 1 : 0);
  std::copy(name.bytes().begin(), name.bytes().end(), buffer.begin() + static_cast<ptrdiff_t>(size));
  size += name.size();
  wire::store16(&buffer[size], type);
  wire::store16(&buffer[size + 2], static_cast<uint16_t>(wire::Class::in));
  size += 4;
  if (dnssec) {  // an OPT with the DO bit (RFC 6891 6.1.3)
    wire::store16(&buffer[size + 1], static_cast<uint16_t>(wire::Type::opt));
    wire::store16(&buffer[size + 3], wire::kUdpPayload);
    wire::store16(&buffer[size + 7], 0x8000);
    size += wire::kOptSize;
  }
  const answer::Reply reply = answer::Engine(view).respond(buffer, size, answer::Transport::tcp);
  if (reply.size == 0) return std::nullopt;
  buffer.resize(reply.size);
  return buffer;
}

/// Prints the answer for one name or address.
int lookup_one(const image::View& view, const std::string& what, uint16_t type, bool dnssec) {
  const auto key = wire::key_of_address(what);
  const auto name = key ? wire::name_of_key(*key) : wire::Name::from_text(what);
  if (!name)
    return fail(fmt::format("'{}' is neither an address nor a name: {}", what, name.error())), kUsage;
  const auto reply = ask(view, *name, type, dnssec);
  if (!reply) return fail("no reply");
  fmt::print("{}", zone::message_to_text(*reply));
  return kDone;
}

int lookup(const std::string& path, const std::string& what, const std::string& type_text, bool dnssec) {
  const auto type = wire::type_from_text(type_text);
  if (!type)
    return fail(fmt::format("'{}' is no record type; say PTR, TXT, TYPE65280 ...", type_text)), kUsage;
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  if (what != "-") return lookup_one(image->view(), what, *type, dnssec);
  int status = kDone;
  for (std::string line; std::getline(std::cin, line);) {
    status = std::max(status, lookup_one(image->view(), line, *type, dnssec));
    fmt::print("\n");
  }
  return status;
}

/// The Zone line of the zone called `text`; 0: there is none.
uint32_t find_zone(const image::View& view, const wire::Name& name) {
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    const uint32_t line = view.header().zones + i;
    if (wire::same_ignoring_case(view.zone_name(view.at<image::Zone>(line)), name.bytes())) return line;
  }
  return 0;
}

int dump(const std::string& path, const std::string& only) {
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  const image::View& view = image->view();
  uint32_t wanted = 0;
  if (!only.empty()) {
    const auto name = wire::Name::from_text(only);
    wanted = name ? find_zone(view, *name) : 0;
    if (wanted == 0)
      return fail(fmt::format("{}: no zone {}; `ptrzone info {}` lists them", path, only, path));
  } else if (view.header().zone_count > 1) {
    fmt::print("; {} zones; `ptrzone dump {} ZONE` prints one\n", view.header().zone_count, path);
  }
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    const uint32_t line = view.header().zones + i;
    if (wanted != 0 && line != wanted) continue;
    const auto apex = wire::Name::from_wire(view.zone_name(view.at<image::Zone>(line))).value();
    fmt::print("$ORIGIN {}\n", apex.to_text());
    image::traverse(view, view.at<image::Zone>(line), [&](const image::OwnedSet& set) {
      for (wire::Bytes rest = set.records; !rest.empty();) {
        const size_t size = wire::load16(&rest[10]);
        fmt::print("{}\n",
                   zone::record_to_text(set.owner, set.type, wire::load32(&rest[6]), rest.subspan(12, size)));
        rest = rest.subspan(12 + size);
      }
    });
  }
  return std::fflush(stdout) == 0 ? kDone : fail("cannot write the output");
}

nlohmann::ordered_json describe(const image::View& view) {
  const image::Header& h = view.header();
  const uint64_t bytes = h.lines * image::kLineSize;
  nlohmann::ordered_json json;
  json["version"] = h.version;
  json["records"] = h.records;
  json["bytes"] = bytes;
  json["bytes_per_record"] =
      h.records == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(h.records);
  json["templates"] = 0;
  json["sections"] = {{"nodes", h.nodes},
                      {"leaves", h.leaves},
                      {"octet_tables", h.octet_tables},
                      {"nibble_lines", h.nibble_lines},
                      {"tail_lines", h.tail_lines},
                      {"index_lines", h.index_lines}};
  json["zones"] = nlohmann::ordered_json::array();
  for (uint32_t i = 0; i < h.zone_count; ++i) {
    const auto& zone = view.at<image::Zone>(h.zones + i);
    json["zones"].push_back({{"name", wire::Name::from_wire(view.zone_name(zone))->to_text()},
                             {"serial", zone.serial},
                             {"records", zone.records}});
  }
  return json;
}

int info(const std::string& path, bool as_json) {
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error());
  const auto json = describe(image->view());
  if (as_json) {
    fmt::print("{}\n", json.dump(2));
    return kDone;
  }
  fmt::print("{}: format {}, {} records, {} bytes, {:.1f} bytes a record\n", path, json["version"].dump(),
             json["records"].dump(), json["bytes"].dump(), json["bytes_per_record"].get<double>());
  for (const auto& [name, count] : json["sections"].items()) fmt::print("  {:<13} {}\n", name, count.dump());
  for (const auto& zone : json["zones"]) {
    fmt::print("zone {} serial {} records {}\n", zone["name"].get<std::string>(), zone["serial"].dump(),
               zone["records"].dump());
  }
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"ptrzone: checks zone files, compiles them to a ptrd image, and reads images"};
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ptrzone: ") + error.what() + "; see ptrzone --help\n";
  });
  app.require_subcommand(1);

  std::vector<std::string> paths;
  std::string image_path;
  std::string out;
  std::string what;
  std::string type = "PTR";
  std::string zone_name;
  bool dnssec = false;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool as_json = false;
  bool strict = false;

  CLI::App* compile_command = app.add_subcommand("compile", "zone files to an image");
  compile_command->add_option("-o,--output", out, "image to write")->required();
  compile_command->add_option("PATH", paths, "zone file, folder of *.zone files, or APEX=FILE")->required();

  compile_command->add_option("--jobs", jobs, "zone files to read at a time (default: one a CPU)")
      ->check(CLI::Range(1, 1024));
  compile_command->add_flag("--strict", strict, "warnings are errors");

  CLI::App* check_command = app.add_subcommand("check", "what is wrong with zone files");
  check_command->add_option("PATH", paths, "zone file, folder of *.zone files, or APEX=FILE")->required();
  check_command->add_flag("--strict", strict, "warnings are errors");

  CLI::App* lookup_command = app.add_subcommand("lookup", "the answer to one question, as dig prints it");
  lookup_command->add_option("IMAGE", image_path)->required();
  lookup_command->add_option("NAME", what, "name or IP address; -: one a line from standard input")
      ->required();
  lookup_command->add_option("TYPE", type, "record type")->capture_default_str();
  lookup_command->add_flag("--dnssec", dnssec, "set the DO bit");

  CLI::App* dump_command = app.add_subcommand("dump", "an image back to zone text");
  dump_command->add_option("IMAGE", image_path)->required();
  dump_command->add_option("ZONE", zone_name, "this zone only");

  CLI::App* info_command = app.add_subcommand("info", "what an image holds");
  info_command->add_option("IMAGE", image_path)->required();
  info_command->add_flag("--json", as_json);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  try {
    if (compile_command->parsed()) return compile(paths, jobs, out, strict);
    if (check_command->parsed()) return check(paths, jobs, strict);
    if (lookup_command->parsed()) return lookup(image_path, what, type, dnssec);
    if (dump_command->parsed()) return dump(image_path, zone_name);
    return info(image_path, as_json);
  } catch (const std::exception& error) {  // out of memory, and what the libraries throw
    return fail(error.what());
  }
}
