// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/rpsl_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include "scanning.hpp"

namespace ptrd::rdns {
namespace {

/// Records the callbacks of a reader.
class Log final : public RpslSink {
 public:
  bool wants(std::string_view name) override { return same_word(name, "domain"); }
  void passed_over(std::string_view name) override { text += "passed " + std::string(name) + "\n"; }
  void object(const RpslObject& object) override {
    for (const auto& a : object.attributes)
      text += std::to_string(a.line) + ' ' + std::string(a.name) + "=" + std::string(a.value) + "|\n";
  }
  void fault(Rule rule, uint64_t line, std::string, std::string what) override {
    text += std::string(facts_of(rule).id) + ' ' + std::to_string(line) + "\n";
    longest = std::max(longest, what.size());
  }
  std::string text;
  size_t longest = 0;
};

std::string log_of(std::string_view text, size_t piece = SIZE_MAX) {
  Log log;
  RpslReader reader(log);
  for (size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at))
    reader.feed(text.substr(at, piece));
  reader.finish();
  return log.text;
}

// Continuation lines join by a blank, comments go, CR LF and blanks around too; lines are counted as an
// editor does.
TEST(RpslReader, Attributes) {
  EXPECT_EQ(log_of("# a file\r\n\r\ndomain:  1.in-addr.arpa \t # c\r\ndescr: a\r\n b # "
                   "x\r\n+\r\n\tc\r\nremarks:\r\n+ d\r\n"),
            "3 domain=1.in-addr.arpa|\n4 descr=a b c|\n8 remarks=d|\n");
}

// An empty or blank line ends an object; other objects are skipped, and garbage is reported once per run of
// lines.
TEST(RpslReader, Objects) {
  EXPECT_EQ(log_of("person: x\n???\n\t\ndomain: a\n\n\n%x\ndomain: b\nfoo\n\n??\n!!\n c\n\ndomain: d\n"),
            "passed person\n4 domain=a|\nsyntax 9\n8 domain=b|\nsyntax 11\n15 domain=d|\n");
}

// The last line counts without a newline, which is reported.
TEST(RpslReader, NoFinalNewline) {
  EXPECT_EQ(log_of("domain: a\nsource: b"), "no-final-newline 2\n1 domain=a|\n2 source=b|\n");
  EXPECT_EQ(log_of(""), "");
}

// A line of more than 64 KiB is cut there, with a finding, and the next one is read as ever.
TEST(RpslReader, HugeLine) {
  const std::string most = "descr: " + std::string(RpslReader::kMaxLine - 7, 'x');
  EXPECT_EQ(log_of("domain: a\n" + most + "\n").find("too-long"), std::string::npos);
  for (const size_t piece : {SIZE_MAX, size_t{1000}}) {
    const std::string log = log_of("domain: a\n" + most + "yyy\nsource: b\n\ndomain: c\n", piece);
    EXPECT_EQ(log.substr(0, 16), "line-too-long 2\n");
    EXPECT_EQ(log.find('y'), std::string::npos);
    EXPECT_NE(log.find("3 source=b|\n5 domain=c|\n"), std::string::npos);
  }
}

// Memory is bounded: an object of any size is cut at a megabyte with one finding, and so is a line of a
// gigabyte's like.
TEST(RpslReader, HugeObject) {
  std::string text = "domain: a\n";
  for (int i = 0; i < 300000; ++i) text += "a:\nremarks: something\n+more\n";
  const std::string log = log_of(text + "\ndomain: b\n");
  const size_t first = log.find("object-too-big");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("object-too-big", first + 1), std::string::npos);
  EXPECT_LT(log.size(), 2 * RpslReader::kMaxObject);
  EXPECT_NE(log.find("domain=b|"), std::string::npos);
}

// How the text is cut into pieces changes nothing.
RC_GTEST_PROP(RpslReaderProperty, PiecesDoNotMatter, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("domain: a", "descr: b # c", " more", "+", "", "\t", "# x", "person: p",
                                    "???", "source: T\r", "\xff\x01"));
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  if (*rc::gen::arbitrary<bool>() && !text.empty()) text.pop_back();
  RC_ASSERT(log_of(text) == log_of(text, *rc::gen::inRange<size_t>(1, 20)));
}

// Any octets end, and every finding's text is short.
RC_GTEST_PROP(RpslReaderProperty, AnyOctets, (const std::string& text)) {
  Log log;
  RpslReader reader(log);
  reader.feed(text);
  reader.finish();
  RC_ASSERT(log.longest < 1000U);
}

std::string gzipped(std::string_view text) {
  const TextFile file("", ".gz");
  gzFile out = gzopen(file.path().c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  std::ifstream in(file.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A .gz gives the same result as its text; a truncated or damaged one is an error that names it.
TEST(TextSource, Gzip) {
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += good_object(std::to_string(i % 256) + "." + std::to_string(i / 256) + ".196.in-addr.arpa");
  const std::string packed = gzipped(text);
  EXPECT_EQ(scan_file(TextFile(packed, ".gz").path()).counts.domains, 2000U);
  EXPECT_NE(scan_file(TextFile(packed.substr(0, packed.size() / 2), ".gz").path()).error.find("truncated"),
            std::string::npos);
  std::string damaged = packed;
  for (size_t i = damaged.size() / 2; i < damaged.size() / 2 + 20; ++i)
    damaged[i] = static_cast<char>(~damaged[i]);
  EXPECT_NE(scan_file(TextFile(damaged, ".gz").path()).error.find("damaged"), std::string::npos);
  EXPECT_NE(scan_file("/nonexistent/x").error.find("/nonexistent/x: cannot be opened"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::rdns
