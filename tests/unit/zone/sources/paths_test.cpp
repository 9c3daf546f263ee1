// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/paths.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "zone/reading.hpp"
#include "zone/sources/folder.hpp"

namespace ptrd::zone::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRelative = "@ 60 SOA ns.example. h.example. 1 2 3 4 5\n";

/// The sources of a path as "FILE ORIGIN BY", files without the folder, and the findings.
struct Found {
  Lines sources;
  Lines findings;
};

Found find(const Folder& folder, const std::string& path) {
  std::vector<Finding> findings;
  Found out;
  const auto shorten = [&](std::string text) {
    const std::string start = folder.path().string() + "/";
    for (size_t at = 0; (at = text.find(start)) != std::string::npos;) text.erase(at, start.size());
    return text;
  };
  for (const Source& source : sources_of(path, findings)) {
    const char* by = source.said_by == SaidBy::file_name  ? " file_name"
                     : source.said_by == SaidBy::argument ? " argument"
                                                          : "";
    out.sources.push_back(shorten(source.file) + " " + source.origin.to_text() + by);
  }
  for (const Finding& finding : findings) out.findings.push_back(shorten(finding.to_text()));
  return out;
}

Found find(const Folder& folder) {
  return find(folder, folder.path().string());
}

// A folder is read with its subfolders, sorted by path.
TEST(Paths, FolderWithSubfolders) {
  const Folder folder;
  folder.write("b/2.10.in-addr.arpa.zone", kRelative);
  folder.write("a.example.zone", kRelative);
  folder.write("0/25.2.0.192.in-addr.arpa.zone", kRelative);
  folder.write("b/c/d/3.10.in-addr.arpa.db", kRelative);
  const Found found = find(folder);
  EXPECT_EQ(found.sources,
            (Lines{"0/25.2.0.192.in-addr.arpa.zone 0/25.2.0.192.in-addr.arpa. file_name",
                   "a.example.zone a.example.", "b/2.10.in-addr.arpa.zone 2.10.in-addr.arpa. file_name",
                   "b/c/d/3.10.in-addr.arpa.db 3.10.in-addr.arpa. file_name"}));
  EXPECT_EQ(found.findings, Lines{});
}

// Each file that is not read has a note: by its name, or because there is no zone in it.
TEST(Paths, NotesWhatIsNotRead) {
  const Folder folder;
  folder.write("2.0.192.in-addr.arpa.zone", kRelative);
  folder.write("2.0.192.in-addr.arpa.zone~", kRelative);
  folder.write("README", "text\n");
  folder.write("part.db", "1 60 PTR a.example.\n");
  folder.write("empty.db", kRelative);
  folder.write(".git/x.zone", kRelative);
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.zone").c_str(), 0600), 0);
  const Found found = find(folder);
  EXPECT_EQ(found.sources.size(), 1U);
  const char* kNotes[] = {
      "pipe.zone: note: not read: not a regular file",
      ".git: note: not read: a hidden folder",
      "2.0.192.in-addr.arpa.zone~: note: not read as a zone: an editor's or a package manager's copy",
      "README: note: not read as a zone: not named like a zone file (X.zone, X.db, db.X ...); give APEX=FILE "
      "if it is "
      "one",
      "empty.db: note: not read as a zone: neither its name nor its SOA record says which zone this is; give "
      "APEX=FILE",
      "part.db: note: not read as a zone: no SOA record at its start: a part of a zone for $INCLUDE, or not "
      "a zone "
      "file"};
  Lines sorted = found.findings;
  std::ranges::sort(sorted);
  Lines expected(std::begin(kNotes), std::end(kNotes));
  std::ranges::sort(expected);
  EXPECT_EQ(sorted, expected);
}

// Octets are taken in the order of the address, with a warning, unless the SOA record's owner decides.
TEST(Paths, NumbersAreDecidedByTheSoa) {
  const Folder folder;
  folder.write("db.10.2.1", kRelative);
  folder.write("db.10.2.2", "$ORIGIN 10.2.2.in-addr.arpa.\n@ 60 SOA ns.example. h.example. 1 2 3 4 5\n");
  folder.write("db.192", "1.168.192.in-addr.arpa. 60 SOA ns.example. h.example. 1 2 3 4 5\n");
  folder.write("db.127", kRelative);
  folder.write("db.10.2.3.0", kRelative);
  folder.write("10.3.zone", kRelative);
  const Found found = find(folder);
  EXPECT_EQ(found.sources, (Lines{"10.3.zone 3.10.in-addr.arpa.", "db.10.2.1 1.2.10.in-addr.arpa.",
                                  "db.10.2.2 10.2.2.in-addr.arpa.", "db.127 127.in-addr.arpa.",
                                  "db.192 1.168.192.in-addr.arpa."}));
  const std::string convention =
      ", as its name has the octets in the order of the address; if that is wrong, give APEX=FILE";
  EXPECT_EQ(found.findings,
            (Lines{"10.3.zone: warning: taken for the zone 3.10.in-addr.arpa." + convention,
                   "db.10.2.1: warning: taken for the zone 1.2.10.in-addr.arpa." + convention,
                   "db.10.2.3.0: error: neither its name nor its SOA record says which zone this is; give "
                   "APEX=FILE"}));
}

// The SOA record may be in an included file; text behind the first 64 KiB is not looked at.
TEST(Paths, LooksForTheSoa) {
  const Folder folder;
  folder.write("soa.inc", "2.0.192.in-addr.arpa. 60 SOA ns.example. h.example. 1 2 3 4 5\n");
  folder.write("db.192.0.2", "$INCLUDE soa.inc\n");
  folder.write("db.192.0.3", std::string(70'000, ';') + "\n" + kRelative);
  const Found found = find(folder);
  EXPECT_EQ(found.sources, Lines{"db.192.0.2 2.0.192.in-addr.arpa."});
  EXPECT_EQ(found.findings.size(), 2U);
}

// Links are followed, but a loop ends, and no folder is read twice.
TEST(Paths, LinksThatLoop) {
  const Folder folder;
  folder.write("a/2.0.192.in-addr.arpa.zone", kRelative);
  fs::create_directory_symlink(folder.path(), folder.path() / "a" / "up");
  fs::create_directory_symlink(folder.path() / "a", folder.path() / "b");
  const Found found = find(folder);
  EXPECT_EQ(found.sources.size(), 1U);
  EXPECT_EQ(found.findings.size(), 2U);
  for (const std::string& line : found.findings)
    EXPECT_NE(line.find("note: not read: a link to a folder that is read already"), std::string::npos)
        << line;
}

// Folders may be nested, within reason.
TEST(Paths, DepthIsBounded) {
  const Folder folder;
  std::string deep;
  for (size_t i = 0; i < kMaxFolderDepth; ++i) deep += "d/";
  folder.write(deep + "2.0.192.in-addr.arpa.zone", kRelative);
  EXPECT_EQ(find(folder).findings, Lines{});
  folder.write(deep + "d/3.0.192.in-addr.arpa.zone", kRelative);
  const Found found = find(folder);
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_NE(found.findings[0].find("error: folders are nested more than 32 deep"), std::string::npos);
}

// A file that the command line names is a zone file, whatever its name.
TEST(Paths, File) {
  const Folder folder;
  const auto of = [&](const std::string& name) {
    return find(folder, folder.write(name, kRelative).string());
  };
  EXPECT_EQ(of("2.0.192.in-addr.arpa.zone").sources,
            Lines{"2.0.192.in-addr.arpa.zone 2.0.192.in-addr.arpa. file_name"});
  EXPECT_EQ(of("example.com").sources, Lines{"example.com example.com."});
  EXPECT_EQ(of("part.db").sources, Lines{"part.db part."});
  EXPECT_EQ(of("2.0.192.in-addr.arpa.zone.signed").sources,
            Lines{"2.0.192.in-addr.arpa.zone.signed 2.0.192.in-addr.arpa. file_name"});
  EXPECT_EQ(of("a..b").findings,
            Lines{"a..b: error: its name is not a zone name (empty label); give APEX=FILE"});
  EXPECT_EQ(of("a..b.zone").findings,
            Lines{"a..b.zone: error: its name is not a zone name (empty label); give APEX=FILE"});
}

// APEX=FILE, also for names with a slash; an existing file with '=' in its name is a file.
TEST(Paths, ApexAndFile) {
  const Folder folder;
  const std::string text = folder.write("text", kRelative).string();
  EXPECT_EQ(find(folder, "0/25.2.0.192.in-addr.arpa=" + text).sources,
            Lines{"text 0/25.2.0.192.in-addr.arpa. argument"});
  EXPECT_EQ(find(folder, "a..b=" + text).findings.size(), 1U);
  EXPECT_EQ(find(folder, folder.write("a=b.zone", kRelative).string()).sources, Lines{"a=b.zone a=b."});
}

// A folder without a zone file is an error.
TEST(Paths, NothingToRead) {
  const Folder folder;
  folder.write("README", "text\n");
  const Found found = find(folder);
  ASSERT_EQ(found.findings.size(), 2U);
  EXPECT_NE(found.findings[1].find("error: no zone files in this directory"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::zone::test
