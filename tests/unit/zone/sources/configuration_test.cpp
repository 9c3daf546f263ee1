// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/configuration.hpp"

#include <gtest/gtest.h>

#include "zone/reading.hpp"
#include "zone/sources/memory_files.hpp"
#include "zone/sources/zone_list.hpp"

namespace ptrd::zone::test {
namespace {

/// Reads files each line of which is the path or pattern of an include.
ReadConfiguration read_includes(std::map<std::string, std::string> files, bool must_match,
                                ConfigurationLimits limits = {}, std::string root = {}) {
  return read_main(
      std::move(files),
      [&](Configuration& configuration) {
        std::function<bool(std::string_view, uint32_t)> parse = [&](std::string_view text, uint32_t file) {
          Place at{file, 0, 1};
          bool good = true;
          while (good && !text.empty()) {
            ++at.line;
            const std::string line(text.substr(0, text.find('\n')));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            configuration.leave_out(configuration.name_of(file));
            good = configuration.include(line, configuration.folder(), must_match, at, parse);
          }
          return good;
        };
        (void)configuration.read_main(parse);
        return configuration.finish();
      },
      root, limits);
}

// Includes are relative to the main file's folder; patterns are files in order, or none.
TEST(Configuration, Includes) {
  EXPECT_EQ(read_includes({{"/etc/main", "a\nd/*.conf\nno*\n/b\n"},
                           {"/etc/a", ""},
                           {"/etc/d/1.conf", ""},
                           {"/etc/d/2.conf", "a\n"},
                           {"/b", ""}},
                          false)
                .findings,
            Lines{"/etc/main: note: 5 zones not read: 1 /etc/d/2.conf, 4 /etc/main"});
  EXPECT_EQ(read_includes({{"/etc/main", "no*\n"}}, true).findings[0],
            "/etc/main:1:1: error: no file matches '/etc/no*'");
  EXPECT_EQ(read_includes({{"/etc/main", "\n\nnowhere\n"}}, false).findings[0],
            "/etc/main:1:1: error: '': No such file or directory");
}

// A file that includes itself, directly or not, is an error, and so is what exceeds a limit.
TEST(Configuration, IncludesAreBounded) {
  EXPECT_EQ(read_includes({{"/etc/main", "a\n"}, {"/etc/a", "/etc/main\n"}}, true).findings[0],
            "/etc/a:1:1: error: '/etc/main': this file includes itself");
  std::map<std::string, std::string> chain{{"/etc/main", "0\n"}};
  for (int i = 0; i < 20; ++i) chain["/etc/" + std::to_string(i)] = std::to_string(i + 1) + "\n";
  EXPECT_EQ(read_includes(chain, true).findings[0],
            "/etc/15:1:1: error: '/etc/16': includes are nested more than 16 deep");
  // Each file twice: 2^20 in all.
  for (auto& [path, text] : chain) text += text;
  EXPECT_EQ(read_includes(chain, true, {.files = 1000, .depth = 100}).findings[0],
            "/etc/19:1:1: error: '/etc/20': No such file or directory");
  chain["/etc/20"] = "";
  EXPECT_NE(
      read_includes(chain, true, {.files = 1000, .depth = 100}).findings[0].find("more than 1000 files"),
      std::string::npos);
  EXPECT_NE(read_includes(chain, true, {.bytes = 1000, .depth = 100}).findings[0].find("larger than"),
            std::string::npos);
}

// Absolute paths are below the root that was given, of includes and of zone files; the main file is not.
TEST(Configuration, Root) {
  EXPECT_EQ(read_includes({{"/etc/main", "/a\n"}, {"/srv/x/a", ""}}, true, {}, "/srv/x/").findings,
            Lines{"/etc/main: note: 1 zone not read: 1 /etc/main"});
  const auto list =
      read_main({{"/etc/main", "10.in-addr.arpa /z/10\n11.in-addr.arpa 11\n"}}, read_zone_list, "/srv/x");
  EXPECT_EQ(list.zones, (Lines{"10.in-addr.arpa. /srv/x/z/10", "11.in-addr.arpa. /etc/11"}));
}

// The system's files: a folder and a missing file have the system's message, a size limit its own; patterns
// give files only.
TEST(Configuration, SystemFiles) {
  const Folder folder;
  const std::string file = folder.write("d/a.conf", "text").string();
  folder.write("d/b.conf/x", "");
  ConfigurationFiles& files = system_files();
  EXPECT_EQ(files.read(file, 4).value(), "text");
  EXPECT_EQ(files.read(file, 3).error(), "larger than 3 bytes");
  EXPECT_EQ(files.read(folder.path().string(), 4).error(), "Is a directory");
  EXPECT_EQ(files.read(file + "x", 4).error(), "No such file or directory");
  EXPECT_EQ(files.matches((folder.path() / "d" / "*.conf").string()), Lines{file});
  EXPECT_EQ(files.matches((folder.path() / "e" / "*").string()), Lines{});
}

}  // namespace
}  // namespace ptrd::zone::test
