// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/check/check.hpp"
#include "zone/compile/progress.hpp"
#include "zone/read/reader.hpp"
#include "zone/sources/source.hpp"

namespace ptrd::zone {

/// Shared by the threads that read zones. The lock is taken once per thousands of records.
struct Shared {
  image::Builder* builder;  // null: the zones are checked only
  SetCheck& checks;
  Progress& progress;
  std::span<const Source> sources;
  std::vector<uint64_t> soa_lines;  // by source: where its zone was opened; and the file if it is another one
  std::map<uint32_t, std::string> soa_files = {};
  std::mutex mutex = {};  // of all but `progress` and `sources`
};

/// Passes a zone's records to the checks and, in batches, to the builder. Records before the SOA wait until
/// the apex is known.
class Loader {
 public:
  /// `source` must outlive the loader; `number` is its number in findings. `plain` is empty and used only by
  /// this thread; it is left empty.
  Loader(const Source& source, uint32_t number, Shared& shared, image::PlainBatch& plain,
         std::vector<Finding>& findings)
      : source_(source), number_(number), shared_(shared), plain_(plain), findings_(findings) {}

  void take(const Record& record);
  /// From the thread that reads the text, before `finish`.
  void take(const DeclaredRange& range) { ranges_.push_back({range, std::string(range.file)}); }
  /// Ends the zone. `whole`: all of the text could be read.
  void finish(bool whole);
  /// The zone's number in the builder, or that of the zone of which it is a duplicate; 0: it has no apex.
  [[nodiscard]] image::ZoneId zone() const { return zone_; }

 private:
  struct Waiting {
    Record record;
    std::vector<uint8_t> owner;
    std::vector<uint8_t> rdata;
    std::string file;
  };
  struct Declared {
    DeclaredRange declared;
    std::string file;
  };
  struct Batched {
    wire::QuestionName scanned;
    uint32_t ttl;
    uint16_t type;
    uint16_t rdata_size;
    uint8_t owner_size;
  };
  static constexpr size_t kBatch = 512;
  static constexpr uint64_t kPublishEach = 1024;  // records

  void complain(std::string file, uint64_t line, std::string text);
  void open(const Record& soa);
  /// Reports the later of the two sources that have the zone, whichever was opened first.
  void refuse_duplicate(const Record& soa, const std::string& why);
  void add(const Record& record);
  [[nodiscard]] wire::QuestionName scan(wire::Bytes owner);
  void add_ranges();
  void hand_over();
  void publish_progress();

  const Source& source_;
  uint32_t number_;
  Shared& shared_;
  image::PlainBatch& plain_;
  std::vector<Finding>& findings_;
  std::vector<Batched> batch_;
  std::vector<uint8_t> bytes_;  // owner and data of the batch's records, concatenated
  wire::Name apex_;
  ZoneCheck* check_ = nullptr;
  image::ZoneId zone_ = 0;
  uint64_t unpublished_ = 0;  // records not yet added to `progress`
  bool failed_ = false;
  std::vector<Waiting> waiting_;
  std::vector<Declared> ranges_;
  bool signed_ = false;
  std::array<uint8_t, wire::kMaxName + wire::kScanSlack> scanned_ = {};
};

}  // namespace ptrd::zone
