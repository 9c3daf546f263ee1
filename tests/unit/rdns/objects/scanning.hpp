// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "rdns/objects/hierarchy.hpp"
#include "rdns/objects/scan.hpp"

namespace ptrd::rdns {

/// A text as a temporary file, removed at the end.
class TextFile {
 public:
  explicit TextFile(std::string_view text, const std::string& end = ".rpsl") {
    std::string path = "/tmp/ptrd-rdns-XXXXXX" + end;
    const int fd = ::mkstemps(path.data(), static_cast<int>(end.size()));
    if (fd < 0) std::abort();
    std::FILE* file = ::fdopen(fd, "w");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    path_ = path;
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Scanned {
  std::vector<Finding> findings;
  std::vector<DomainObject> objects;
  ScanCounts counts;
  std::string error;
};

/// The findings of `rdns objects` in a file.
inline Scanned scan_file(const std::string& path, Operation operation = Operation::create) {
  Scanned scanned;
  Hierarchy hierarchy;
  const auto keep = [&](Finding finding) { scanned.findings.push_back(std::move(finding)); };
  DomainScan scan(operation, keep, [&](const DomainObject& object, Place place) {
    scanned.objects.push_back(object);
    hierarchy.add(object.domain.range, place);
  });
  if (const auto done = scan.read(path, [](Position, const ScanCounts&) {}); !done)
    scanned.error = done.error();
  hierarchy.report(scan.files(), keep);
  scanned.counts = scan.counts();
  return scanned;
}

inline Scanned scan_text(std::string_view text, Operation operation = Operation::create) {
  return scan_file(TextFile(text).path(), operation);
}

/// A valid object.
inline std::string good_object(
    const std::string& domain, const std::string& more = {},
    const std::string& servers = "nserver: ns1.example.net\nnserver: ns2.example.net\n") {
  return "domain: " + domain + "\ndescr: d\nadmin-c: A1\ntech-c: A1\nzone-c: A1\n" + servers + more +
         "mnt-by: M\nsource: TEST\n\n";
}

}  // namespace ptrd::rdns
