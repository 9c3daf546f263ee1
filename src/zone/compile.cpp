// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile.hpp"

#include <algorithm>
#include <cstring>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::zone {

namespace fs = std::filesystem;
using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

constexpr uint16_t code(Type type) {
  return static_cast<uint16_t>(type);
}

/// Feeds a zone's records to the builder. Those before the SOA wait until the apex is known.
class Loader {
 public:
  Loader(const Source& source, image::Builder& builder, std::vector<Finding>& findings)
      : source_(source), builder_(builder), findings_(findings) {}

  void take(const Record& record) {
    if (zone_ == 0 && record.type == code(Type::soa)) open(record);
    if (zone_ != 0) {
      add(record);
    } else if (!failed_) {
      waiting_.push_back({record,
                          {record.owner.begin(), record.owner.end()},
                          {record.rdata.begin(), record.rdata.end()},
                          std::string(record.file)});
    }
  }

  bool finish() {
    if (zone_ == 0 && !failed_)
      complain(source_.file.string(), 0, "no SOA record; a zone starts with one at its apex");
    return !failed_;
  }

 private:
  struct Waiting {
    Record record;
    std::vector<uint8_t> owner;
    std::vector<uint8_t> rdata;
    std::string file;
  };

  void complain(std::string file, uint64_t line, std::string text) {
    failed_ = true;
    findings_.push_back({std::move(file), line, Severity::error, std::move(text)});
  }
  void complain(const Record& record, std::string text) {
    complain(std::string(record.file), record.line, std::move(text));
  }

  void open(const Record& soa) {
    apex_ = Name::from_wire(soa.owner).value();
    const auto zone = builder_.add_zone(apex_);
    if (!zone) return complain(soa, zone.error());
    zone_ = *zone;
    for (Waiting& early : waiting_) {
      early.record.owner = early.owner;
      early.record.rdata = early.rdata;
      early.record.file = early.file;
      add(early.record);
    }
    waiting_.clear();
  }

  void add(const Record& record) {
    if (!in_zone(record.owner)) {
      return complain(record, "owner " + Name::from_wire(record.owner)->to_text() + " is outside the zone " +
                                  apex_.to_text() + "; is a final dot missing or too much?");
    }
    if (record.type == code(Type::soa) && !wire::same_ignoring_case(record.owner, apex_.bytes())) {
      return complain(record, "a second SOA, at " + Name::from_wire(record.owner)->to_text() +
                                  "; the zone's apex is " + apex_.to_text());
    }
    if (!wire::rdata_is_well_formed(record.type, record.rdata))
      return complain(record, "bad data for its type");
    builder_.add(zone_, record.owner, record.type, record.ttl, record.rdata);
  }

  [[nodiscard]] bool in_zone(Bytes owner) const {
    while (owner.size() > apex_.size()) owner = owner.subspan(owner[0] + 1U);
    return wire::same_ignoring_case(owner, apex_.bytes());
  }

  const Source& source_;
  image::Builder& builder_;
  std::vector<Finding>& findings_;
  Name apex_;
  image::ZoneId zone_ = 0;
  bool failed_ = false;
  std::vector<Waiting> waiting_;
};

std::optional<Source> file_source(const fs::path& file, std::vector<Finding>& findings) {
  std::string name = file.filename().string();
  if (name.ends_with(".zone")) name.resize(name.size() - std::strlen(".zone"));
  // A slash cannot stand in a file name: RFC 2317's `0/25` may be written with a dash, or given as APEX=FILE.
  const auto origin = Name::from_text(name);
  if (!origin) {
    findings.push_back({file.string(), 0, Severity::error,
                        "its name is no zone name (" + origin.error() + "); give APEX=FILE"});
    return std::nullopt;
  }
  return Source{file, *origin};
}

}  // namespace

std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings) {
  std::vector<Source> sources;
  std::error_code error;
  const size_t equals = path.find('=');
  if (equals != std::string::npos && !fs::exists(path, error)) {
    const auto origin = Name::from_text(path.substr(0, equals));
    if (origin) {
      sources.push_back({path.substr(equals + 1), *origin});
    } else {
      findings.push_back({path, 0, Severity::error, "bad apex: " + origin.error()});
    }
    return sources;
  }
  if (!fs::is_directory(path, error)) {
    if (auto source = file_source(path, findings)) sources.push_back(*std::move(source));
    return sources;
  }
  std::vector<fs::path> files;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".zone") files.push_back(it->path());
  }
  if (error) findings.push_back({path, 0, Severity::error, error.message()});
  if (files.empty() && !error)
    findings.push_back({path, 0, Severity::error, "a folder without *.zone files"});
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (auto source = file_source(file, findings)) sources.push_back(*std::move(source));
  }
  return sources;
}

bool load(const Source& source, image::Builder& builder, std::vector<Finding>& findings) {
  Loader loader(source, builder, findings);
  ReadOptions options;
  options.origin = source.origin;
  const bool read = read_zone_file(
      source.file, options, [&](const Record& record) { loader.take(record); }, findings);
  return loader.finish() && read;
}

}  // namespace ptrd::zone
