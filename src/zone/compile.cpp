// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <iterator>
#include <mutex>
#include <thread>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::zone {

namespace fs = std::filesystem;
using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

/// What the threads that read zones share. A lock taken once a batch is hardly ever waited for.
struct Shared {
  image::Builder* builder;  // null: the zones are checked only
  SetCheck& checks;
  std::mutex mutex;
};

/// Feeds a zone's records to the checks and, batch by batch, to the builder. Those before the SOA wait until
/// the apex is known.
class Loader {
 public:
  Loader(const Source& source, Shared& shared, std::vector<Finding>& findings)
      : source_(source), shared_(shared), findings_(findings) {}

  void take(const Record& record) {
    if (check_ == nullptr && record.type == code(Type::soa)) open(record);
    if (check_ != nullptr) {
      add(record);
    } else if (!failed_) {
      waiting_.push_back({record,
                          {record.owner.begin(), record.owner.end()},
                          {record.rdata.begin(), record.rdata.end()},
                          std::string(record.file)});
    }
  }

  /// `whole`: all of the text could be read.
  void finish(bool whole) {
    flush();
    if (check_ != nullptr) {
      check_->finish(whole);
    } else if (!failed_ && whole) {  // else the SOA may stand in what could not be read
      complain(source_.file.string(), 0, "no SOA record; a zone starts with one at its apex");
    }
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
    {
      const std::lock_guard lock(shared_.mutex);
      const auto check = shared_.checks.open(apex_);
      if (!check) return complain(soa, check.error());
      if (shared_.builder != nullptr) {
        const auto zone = shared_.builder->add_zone(apex_);
        if (!zone) return complain(soa, zone.error());
        zone_ = *zone;
      }
      check_ = *check;
    }
    for (Waiting& early : waiting_) {
      early.record.owner = early.owner;
      early.record.rdata = early.rdata;
      early.record.file = early.file;
      add(early.record);
    }
    waiting_.clear();
  }

  void add(const Record& record) {
    const ZoneCheck::Taken taken = check_->take(record);
    if (!taken.good || shared_.builder == nullptr) return;
    batch_.push_back({taken.owner, record.ttl, record.type, static_cast<uint16_t>(record.rdata.size()),
                      static_cast<uint8_t>(record.owner.size())});
    bytes_.insert(bytes_.end(), record.owner.begin(), record.owner.end());
    bytes_.insert(bytes_.end(), record.rdata.begin(), record.rdata.end());
    if (batch_.size() == kBatch) flush();
  }

  void flush() {
    if (batch_.empty()) return;
    const std::lock_guard lock(shared_.mutex);
    const uint8_t* p = bytes_.data();
    for (const Batched& record : batch_) {
      const Bytes owner(p, record.owner_size);
      const Bytes rdata(p + record.owner_size, record.rdata_size);
      shared_.builder->add(zone_, owner, record.type, record.ttl, rdata, record.scanned);
      p += owner.size() + rdata.size();
    }
    batch_.clear();
    bytes_.clear();
  }

  static constexpr size_t kBatch = 512;
  struct Batched {
    wire::QuestionName scanned;
    uint32_t ttl;
    uint16_t type;
    uint16_t rdata_size;
    uint8_t owner_size;
  };

  const Source& source_;
  Shared& shared_;
  std::vector<Finding>& findings_;
  std::vector<Batched> batch_;
  std::vector<uint8_t> bytes_;  // owner and data of the batch's records, one behind the other
  Name apex_;
  ZoneCheck* check_ = nullptr;
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

void load(std::span<const Source> sources, unsigned jobs, image::Builder* builder, SetCheck& checks,
          std::vector<Finding>& findings) {
  Shared shared{.builder = builder, .checks = checks, .mutex = {}};
  std::vector<std::vector<Finding>> found(sources.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < sources.size(); i = next++) {
      Loader loader(sources[i], shared, found[i]);
      ReadOptions options;
      options.origin = sources[i].origin;
      const bool whole = read_zone_file(
          sources[i].file, options, [&](const Record& record) { loader.take(record); }, found[i]);
      loader.finish(whole);
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (size_t i = 1; i < std::min<size_t>(jobs, sources.size()); ++i) helpers.emplace_back(work);
    work();
  }
  for (auto& some : found) std::move(some.begin(), some.end(), std::back_inserter(findings));
}

}  // namespace ptrd::zone
