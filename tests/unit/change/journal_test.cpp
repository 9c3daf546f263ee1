// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/journal.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ptrd::change {
namespace {

constexpr uint64_t kImage = 0x1122'3344'5566'7788;
using Payloads = std::vector<std::string>;

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-journal-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ / "journal";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static tl::expected<void, std::string> append(Journal& journal, const Payloads& payloads) {
    std::vector<wire::Bytes> all;
    for (const std::string& one : payloads)
      all.emplace_back(reinterpret_cast<const uint8_t*>(one.data()), one.size());
    return journal.append(all);
  }
  static Payloads entries(const Journal& journal) {
    Payloads all;
    const auto ok = journal.replay([&](uint64_t, wire::Bytes payload) -> tl::expected<void, std::string> {
      all.emplace_back(wire::as_text(payload));
      return {};
    });
    EXPECT_TRUE(ok) << ok.error();
    return all;
  }
  [[nodiscard]] Journal::Opened open(uint64_t image = kImage) const {
    auto opened = Journal::open(path_, image);
    EXPECT_TRUE(opened) << opened.error();
    return opened ? *std::move(opened) : Journal::Opened();
  }
  [[nodiscard]] std::string error(uint64_t image = kImage) const {
    const auto opened = Journal::open(path_, image);
    return opened ? "none" : opened.error();
  }
  [[nodiscard]] std::string file() const {
    std::ostringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  void set_file(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  [[nodiscard]] size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_;
  std::string path_;
};

// What was appended is there after a restart, in its order; nothing is left beside the journal.
TEST_F(JournalTest, RoundTrip) {
  {
    const auto opened = open();
    EXPECT_EQ(entries(*opened.journal), Payloads());
    EXPECT_TRUE(append(*opened.journal, {"one", std::string(100'000, 'x'), ""}));
    EXPECT_TRUE(append(*opened.journal, {"four"}));
    EXPECT_EQ(opened.journal->entries(), 4U);
    EXPECT_EQ(opened.journal->bytes(), std::filesystem::file_size(path_));
  }
  const auto opened = open();
  EXPECT_EQ(opened.note, "");
  EXPECT_EQ(entries(*opened.journal), (Payloads{"one", std::string(100'000, 'x'), "", "four"}));
  EXPECT_TRUE(append(*opened.journal, {"five"}));
  EXPECT_EQ(opened.journal->entries(), 5U);
  EXPECT_EQ(entries(*opened.journal).back(), "five");
  EXPECT_EQ(files(), 1U);
}

// Cut off anywhere, the journal has the entries that are whole, says what it lost, and goes on from there.
TEST_F(JournalTest, EveryTruncation) {
  std::vector<uint64_t> ends;
  {
    const auto opened = open();
    ends.push_back(opened.journal->bytes());
    for (const char* payload : {"one", "second", "the third entry"}) {
      ASSERT_TRUE(append(*opened.journal, {payload}));
      ends.push_back(opened.journal->bytes());
    }
  }
  const std::string whole = file();
  for (size_t size = ends[0]; size < whole.size(); ++size) {
    set_file(whole.substr(0, size));
    const auto opened = open();
    ASSERT_TRUE(opened.journal);
    const auto end = std::upper_bound(ends.begin(), ends.end(), size) - 1;
    const auto left = static_cast<size_t>(end - ends.begin());
    EXPECT_EQ(opened.journal->entries(), left) << size;
    EXPECT_EQ(opened.journal->bytes(), *end);
    EXPECT_EQ(opened.note.empty(), *end == size) << opened.note;
    if (size % 8 != 0) continue;  // a sync takes long
    ASSERT_TRUE(append(*opened.journal, {"new"}));
    EXPECT_EQ(entries(*opened.journal).size(), left + 1);
  }
  for (size_t size = 0; size < ends[0]; ++size) {
    set_file(whole.substr(0, size));
    EXPECT_NE(error(), "none");
    EXPECT_EQ(file().size(), size);
  }
}

// A flipped bit in an entry that has later ones behind it, or in the header, keeps the journal out, and
// nothing is changed. In the last write it cannot be told from a write that did not end.
TEST_F(JournalTest, EveryBit) {
  uint64_t last = 0;
  {
    const auto opened = open();
    ASSERT_TRUE(append(*opened.journal, {"one", "two"}));
    last = opened.journal->bytes();
    ASSERT_TRUE(append(*opened.journal, {"three", "four"}));
  }
  const std::string whole = file();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = whole;
      other[at] = static_cast<char>(other[at] ^ (1 << bit));
      set_file(other);
      if (at < last) {
        EXPECT_NE(error(), "none") << at << ' ' << bit;
        EXPECT_EQ(file(), other);
      } else if (bit == static_cast<int>(at % 8)) {  // each of these syncs
        const auto opened = open();
        ASSERT_TRUE(opened.journal);
        EXPECT_TRUE(opened.journal->entries() == 2 || opened.journal->entries() == 3) << at << ' ' << bit;
        EXPECT_NE(opened.note, "");
      }
    }
  }
  set_file(whole);
  std::string damaged = whole;
  damaged[70] = 'x';
  set_file(damaged);
  EXPECT_EQ(error(), "journal " + path_ +
                         ": damaged at byte 64, entry 1, with later entries behind it; move it away to start "
                         "a new one");
}

// A write that did not end may lack a part in its middle: its later entries do not make that damage.
TEST_F(JournalTest, HoleInLastWrite) {
  uint64_t before = 0;
  {
    const auto opened = open();
    ASSERT_TRUE(append(*opened.journal, {"one"}));
    before = opened.journal->bytes();
    ASSERT_TRUE(append(*opened.journal, {std::string(4096, 'a'), std::string(4096, 'b'), "c"}));
  }
  std::string other = file();
  other.replace(before, 2000, 2000, '\0');
  set_file(other);
  const auto opened = open();
  ASSERT_TRUE(opened.journal);
  EXPECT_EQ(entries(*opened.journal), Payloads{"one"});
  EXPECT_NE(opened.note.find("cut off"), std::string::npos) << opened.note;
}

// Foreign files, journals of other images and other versions, and one in use are refused, and stay as they
// are.
TEST_F(JournalTest, Refused) {
  for (const std::string& text : {std::string(), std::string("text"), std::string(500, 'x')}) {
    set_file(text);
    EXPECT_NE(error().find("not a journal"), std::string::npos) << error();
    EXPECT_EQ(file(), text);
  }
  std::filesystem::remove(path_);
  {
    const auto opened = open();
    EXPECT_NE(error().find("another ptrd uses it"), std::string::npos) << error();
  }
  EXPECT_NE(error(kImage + 1).find("another image"), std::string::npos) << error(kImage + 1);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_NE(error(), "none");
  path_ = folder_ / "nowhere" / "journal";
  EXPECT_NE(error().find("cannot create"), std::string::npos) << error();
}

// For another image the journal starts anew, with the entries that this image lacks; the lock stays.
TEST_F(JournalTest, Restart) {
  const auto opened = open();
  Journal& journal = *opened.journal;
  ASSERT_TRUE(append(journal, {"one", "two"}));
  const Journal::Mark mark = journal.mark();
  ASSERT_TRUE(append(journal, {"three"}));
  ASSERT_TRUE(journal.restart(kImage + 1, mark));
  EXPECT_EQ(entries(journal), Payloads{"three"});
  EXPECT_EQ(journal.entries(), 1U);
  EXPECT_NE(error(kImage + 1).find("another ptrd uses it"), std::string::npos);
  ASSERT_TRUE(append(journal, {"four"}));
  EXPECT_EQ(entries(journal), (Payloads{"three", "four"}));
  ASSERT_TRUE(journal.restart(kImage + 2));
  EXPECT_EQ(entries(journal), Payloads());
  ASSERT_TRUE(append(journal, {"five"}));
  EXPECT_EQ(files(), 1U);
}

// Between the new image's rename and the restart, the journal belongs to both images.
TEST_F(JournalTest, Announced) {
  for (const uint64_t image : {kImage, kImage + 1}) {
    std::filesystem::remove(path_);
    {
      const auto opened = open();
      ASSERT_TRUE(append(*opened.journal, {"one"}));
      const Journal::Mark mark = opened.journal->mark();
      ASSERT_TRUE(append(*opened.journal, {"two"}));
      ASSERT_TRUE(opened.journal->announce(kImage + 1, mark));
      ASSERT_TRUE(append(*opened.journal, {"three"}));
    }
    EXPECT_NE(error(kImage + 2), "none");
    const auto opened = open(image);
    ASSERT_TRUE(opened.journal);
    EXPECT_EQ(entries(*opened.journal),
              image == kImage ? (Payloads{"one", "two", "three"}) : (Payloads{"two", "three"}));
  }
  EXPECT_NE(error(kImage), "none");
}

/// Runs `work` in a child process with files of at most `size` bytes. Its exit status.
int with_file_limit(uint64_t size, const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{size, size};
    (void)std::signal(SIGXFSZ, SIG_IGN);
    ::_exit(::setrlimit(RLIMIT_FSIZE, &limit) == 0 && work() ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

// An append that finds no room leaves the file as it was, and a smaller one succeeds after it.
TEST_F(JournalTest, NoRoom) {
  for (size_t size = 100; size < 700; size += 37) {
    std::filesystem::remove(path_);
    const int status = with_file_limit(1000, [&] {
      const auto opened = Journal::open(path_, kImage);
      if (!opened || !append(*opened->journal, {"one"})) return false;
      const std::string before = file();
      const auto refused = append(*opened->journal, {std::string(size, 'x'), std::string(1000 - size, 'x')});
      if (refused || refused.error().find("cannot write: File too large") == std::string::npos) return false;
      return file() == before && append(*opened->journal, {"two"}).has_value();
    });
    EXPECT_EQ(status, 0) << size;
    EXPECT_EQ(entries(*open().journal), (Payloads{"one", "two"}));
  }
}

/// From now on fdatasync fails in this process.
bool break_sync() {
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{std::size(code), code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// After a failed sync nothing is appended any more, even if a sync were to succeed: what is on the disk is
// unknown. A journal of a new file is another matter.
TEST_F(JournalTest, FailedSync) {
  const int status = with_file_limit(RLIM_INFINITY, [&] {
    const auto opened = Journal::open(path_, kImage);
    if (!opened || !append(*opened->journal, {"one"})) return false;
    const std::string before = file();
    if (!break_sync()) return false;
    const auto refused = append(*opened->journal, {"two"});
    const auto again = append(*opened->journal, {"three"});
    return !refused && !again && refused.error() == again.error() && file() == before &&
           refused.error().find("the disk failed to sync: Input/output error") != std::string::npos;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(entries(*open().journal), Payloads{"one"});
}

// The error of a visitor ends the replay, and names the entry.
TEST_F(JournalTest, VisitorsError) {
  const auto opened = open();
  ASSERT_TRUE(append(*opened.journal, {"one", "two", "three"}));
  int visited = 0;
  const auto ok = opened.journal->replay([&](uint64_t, wire::Bytes) -> tl::expected<void, std::string> {
    if (++visited == 2) return tl::unexpected<std::string>("no");
    return {};
  });
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error(), "journal " + path_ + ": entry 2: no");
  EXPECT_EQ(visited, 2);
}

}  // namespace
}  // namespace ptrd::change
