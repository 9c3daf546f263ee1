// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/paths.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "zone/sources/file_names.hpp"
#include "zone/sources/folder.hpp"
#include "zone/sources/soa_peek.hpp"

namespace ptrd::zone {

namespace fs = std::filesystem;
using Kind = FileName::Kind;

namespace {

/// Turns files into sources by their names, and where these do not suffice by their SOA records.
class Namer {
 public:
  Namer(std::vector<Source>& sources, const std::vector<std::string>& include_paths,
        std::vector<Finding>& findings)
      : sources_(sources), include_paths_(include_paths), findings_(findings) {}

  /// A file that the command line names: it is a zone file.
  void take_file(const std::string& path) {
    const fs::path file(path);
    const std::string name = file.filename().string();
    const FileName said = read_file_name(name, file.parent_path().filename().native());
    if (said.kind != Kind::other) return take(path, said);
    const auto origin = wire::Name::from_text(name);
    if (!origin) return fail(path, "its name is not a zone name (" + origin.error() + "); give APEX=FILE");
    sources_.push_back({path, *origin, SaidBy::nothing});
  }

  /// A file in a folder: whether it is a zone file is to be seen.
  void take_found(const std::string& path) {
    const fs::path file(path);
    const std::string name = file.filename().string();
    if (const auto purpose = other_purpose(name)) return note(path, std::string(*purpose));
    const FileName said = read_file_name(name, file.parent_path().filename().native());
    if (said.kind == Kind::other)
      return note(path, "not named like a zone file (X.zone, X.db, db.X ...); give APEX=FILE if it is one");
    if (said.dot_zone || said.kind == Kind::apex) return take(path, said);
    const SoaPeek soa = peek_at_soa(path, include_paths_);
    if (soa.owner == SoaPeek::Owner::none)
      return note(path, "no SOA record at its start: a part of a zone for $INCLUDE, or not a zone file");
    if (said.kind == Kind::numbers) return take_numbers(path, said, soa);
    // One text for several zones, such as BIND's db.empty.
    if (soa.owner == SoaPeek::Owner::relative && said.origin.label_count() == 1)
      return note(path, "neither its name nor its SOA record says which zone this is; give APEX=FILE");
    take(path, said);
  }

 private:
  void take(const std::string& path, const FileName& said) {
    if (said.kind == Kind::invalid)
      return fail(path, "its name is not a zone name (" + said.fault + "); give APEX=FILE");
    if (said.kind == Kind::numbers) return take_numbers(path, said, peek_at_soa(path, include_paths_));
    sources_.push_back({path, said.origin, said.kind == Kind::apex ? SaidBy::file_name : SaidBy::nothing});
  }

  void take_numbers(const std::string& path, const FileName& said, const SoaPeek& soa) {
    if (soa.owner == SoaPeek::Owner::absolute) return sources_.push_back({path, soa.apex, SaidBy::nothing});
    if (said.origin.is_root())
      return fail(path, "neither its name nor its SOA record says which zone this is; give APEX=FILE");
    if (said.is_convention && soa.owner == SoaPeek::Owner::relative) {
      findings_.push_back(
          {path, 0, Severity::warning,
           fmt::format("taken for the zone {}, as its name has the octets in the order of the "
                       "address; if that is wrong, give APEX=FILE",
                       said.origin.to_text())});
    }
    sources_.push_back({path, said.origin, SaidBy::nothing});
  }

  void fail(const std::string& path, std::string text) {
    findings_.push_back({path, 0, Severity::error, std::move(text)});
  }
  void note(const std::string& path, const std::string& text) {
    findings_.push_back({path, 0, Severity::note, "not read as a zone: " + text});
  }

  std::vector<Source>& sources_;
  const std::vector<std::string>& include_paths_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings,
                               const std::vector<std::string>& include_paths) {
  std::vector<Source> sources;
  Namer namer(sources, include_paths, findings);
  std::error_code error;
  const size_t equals = path.find('=');
  if (equals != std::string::npos && !fs::exists(path, error)) {
    const auto origin = wire::Name::from_text(path.substr(0, equals));
    if (origin)
      sources.push_back({path.substr(equals + 1), *origin, SaidBy::argument});
    else
      findings.push_back({path, 0, Severity::error, "invalid apex: " + origin.error()});
    return sources;
  }
  if (!fs::is_directory(path, error)) {
    namer.take_file(path);
    return sources;
  }
  const size_t before = findings.size();
  const std::vector<std::string> files = files_below(path, findings);
  sources.reserve(files.size());
  for (const std::string& file : files) namer.take_found(file);
  bool has_error = false;
  for (size_t i = before; i < findings.size(); ++i) has_error |= findings[i].severity == Severity::error;
  if (sources.empty() && !has_error) {
    findings.push_back({path, 0, Severity::error,
                        "no zone files in this directory; their names are X.zone, X.db, db.X ..."});
  }
  return sources;
}

}  // namespace ptrd::zone
