// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/answer_size.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "answer/writer.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/check/data.hpp"
#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

using wire::Bytes;
using wire::Name;
using wire::Type;

constexpr size_t kHeaderSize = 12;  // of a message, and of a record before its data

struct Set {
  Name owner;
  uint16_t type;
  std::vector<std::vector<uint8_t>> rdatas;

  void add(const std::string& target, size_t before = 0, size_t after = 0) {
    const Name name = *Name::from_text(target);
    std::vector<uint8_t> data(before, 0);
    data.insert(data.end(), name.bytes().begin(), name.bytes().end());
    data.resize(data.size() + after);
    rdatas.push_back(data);
  }
  [[nodiscard]] AnswerSize size(size_t others = 0) const {
    const std::vector<Bytes> views(rdatas.begin(), rdatas.end());
    return answer_size(owner.bytes(), type, views, others);
  }
  /// Octets of ptrd's answer with all records.
  [[nodiscard]] size_t answer() const {
    std::vector<uint8_t> buffer(1 << 20);
    std::copy(owner.bytes().begin(), owner.bytes().end(), buffer.begin() + kHeaderSize);
    std::vector<uint8_t> records;
    for (const auto& data : rdatas) {
      const auto high = static_cast<uint8_t>(data.size() >> 8);
      records.insert(records.end(), {0xC0, 12, 0, static_cast<uint8_t>(type), 0, 1, 0, 0, 0, 60, high,
                                     static_cast<uint8_t>(data.size())});
      records.insert(records.end(), data.begin(), data.end());
    }
    answer::Budget endless(answer::Transport::tcp, 0);
    answer::MessageWriter writer(buffer, kHeaderSize + owner.size() + 4, buffer.size(), endless);
    uint16_t count = 0;
    EXPECT_TRUE(writer.add({.name = owner.bytes(), .at = kHeaderSize}, type, records, count));
    return writer.size();
  }
};

Set ptrs(size_t count, const char* domain = "example.net.") {
  Set set{.owner = *Name::from_text("1.2.0.192.in-addr.arpa."), .type = code(Type::ptr), .rdatas = {}};
  for (size_t i = 0; i < count; ++i) set.add(fmt::format("host-{:04}.{}", i, domain));
  return set;
}

// Names of one domain: ptrd's answer is the most compact one, and the size is exact.
TEST(AnswerSize, ExactForNamesOfOneDomain) {
  for (const size_t count : {size_t{1}, size_t{2}, size_t{300}}) {
    EXPECT_EQ(ptrs(count).size().least, ptrs(count).answer()) << count;
  }
  // Each record takes 12 octets, a label of 9 and a pointer.
  EXPECT_EQ(ptrs(301).size().least - ptrs(300).size().least, 12U + 10 + 2);
}

// A set that fills a message to the last octet is no error; one more octet is.
TEST(AnswerSize, AMessageIsFullWith65535Octets) {
  Set set = ptrs(2727);
  const size_t room = kMaxAnswer - set.size().least;
  ASSERT_GT(room, 12U + 4);
  ASSERT_LT(room, 12U + 60);
  set.add(std::string(room - 12 - 3, 'x') + ".example.net.");
  EXPECT_EQ(set.size().least, kMaxAnswer);
  EXPECT_FALSE(set.size().fits);  // EDNS takes 11 octets
  set.rdatas.pop_back();
  EXPECT_TRUE(set.size().fits);
  set.add(std::string(room - 12 - 2, 'x') + ".example.net.");
  EXPECT_EQ(set.size().least, kMaxAnswer + 1);
  EXPECT_FALSE(set.size().fits);
}

// No answer of ptrd is smaller than the least size, whatever the names and types are; data without names is
// exact.
TEST(AnswerSize, NeverAboveAnAnswer) {
  std::mt19937 random(3);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  struct Layout {
    Type type;
    size_t before;
    size_t after;
  };
  for (const Layout layout : {Layout{Type::ptr, 0, 0}, Layout{Type::mx, 2, 0}, Layout{Type::srv, 6, 0},
                              Layout{Type::ns, 0, 0}, Layout{Type::txt, 0, 0}}) {
    for (int round = 0; round < 200; ++round) {
      Set set{.owner = *Name::from_text(below(2) == 0 ? "net." : "a.B.net."),
              .type = code(layout.type),
              .rdatas = {}};
      for (unsigned i = 1 + below(40); i > 0; --i) {
        std::string name;
        for (unsigned labels = below(5); labels > 0; --labels) {
          name += std::string(1 + below(3), static_cast<char>((below(2) == 0 ? 'a' : 'A') + below(2))) + '.';
        }
        set.add(below(9) == 0 ? "." : name + (below(2) == 0 ? "net." : "b.net."), layout.before,
                layout.after);
      }
      EXPECT_LE(set.size().least, set.answer());
    }
  }
}

// Names that share more than a domain, and equal records, count once: the least size is below ptrd's answer,
// and a set between the two is one that ptrd alone cannot answer with.
TEST(AnswerSize, SharesAllThatCanBeShared) {
  Set chain{.owner = *Name::from_text("x."), .type = code(Type::ns), .rdatas = {}};
  chain.add("a.example.");
  chain.add("b.a.example.");
  chain.add("A.example.");
  // Two records: "a example ." whole, then "b" and a pointer.
  EXPECT_EQ(chain.size().least, kHeaderSize + 3 + 4 + (kHeaderSize + 11) + (kHeaderSize + 2 + 2));
  EXPECT_LT(chain.size().least, chain.answer());

  Set domains{.owner = *Name::from_text("1.2.0.192.in-addr.arpa."), .type = code(Type::ptr), .rdatas = {}};
  for (int i = 0; i < 2300; ++i) {
    domains.add(fmt::format("www.c{:04}.example.", i));
    domains.add(fmt::format("c{:04}.example.", i));
  }
  EXPECT_GT(domains.size().least, kMaxAnswer);
  domains.rdatas.resize(3400);
  EXPECT_LE(domains.size().least, kMaxAnswer);
  EXPECT_FALSE(domains.size().fits);
  EXPECT_GT(domains.answer(), kMaxAnswer);
}

// Records whose names are unknown count as short as records can be.
TEST(AnswerSize, CountsOthers) {
  EXPECT_EQ(ptrs(10).size(5).least, ptrs(10).size().least + 5 * 14);
  EXPECT_TRUE(ptrs(10).size(1000).fits);
  EXPECT_FALSE(ptrs(10).size(5000).fits);
}

}  // namespace
}  // namespace ptrd::zone::test
