// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ptrd::json {
namespace {

// Each type as it is written; members keep their order.
TEST(JsonTest, Written) {
  const Value value = {{"z", true},
                       {"a", -1},
                       {"big", UINT64_MAX},
                       {"half", 0.5},
                       {"one", 1.0},
                       {"tiny", 1e-7},
                       {"text", "a\"\n"},
                       {"none", nullptr},
                       {"numbers", std::vector<uint64_t>{1, 2}},
                       {"object", {{"x", 1}}},
                       {"no_elements", Value::array()},
                       {"no_members", Value::object()}};
  EXPECT_EQ(
      value.dump(),
      R"({"z":true,"a":-1,"big":18446744073709551615,"half":0.5,"one":1.0,"tiny":1e-07,)"
      R"("text":"a\"\n","none":null,"numbers":[1,2],"object":{"x":1},"no_elements":[],"no_members":{}})");
}

TEST(JsonTest, WrittenOverLines) {
  const Value value = {{"a", Value::Array{1, Value::array()}}, {"b", {{"c", 2}}}};
  EXPECT_EQ(value.dump(2), "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {\n    \"c\": 2\n  }\n}");
}

// A file name may contain any octets; JSON may not.
TEST(JsonTest, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(Value(std::string("a\xff"
                              "b"))
                .dump(),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ((Value{{std::string_view("\xff"), 1}}).dump(), "{\"\xef\xbf\xbd\":1}");
}

// What is read is written as the same text.
TEST(JsonTest, ReadAndWritten) {
  const std::string text = R"({"b":[1,-2,2.5,"x",null,true,{}],"a":{"c":{"d":[]}}})";
  const auto value = Value::parse(text);
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(value->dump(), text);
}

TEST(JsonTest, RefusesTexts) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":1} x", "\"\xff\"", "nul"})
    EXPECT_FALSE(Value::parse(text)) << text;
}

// Without a limit a short text would take all of a thread's stack.
TEST(JsonTest, RefusesDeepNesting) {
  const auto nested = [](size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(Value::parse(nested(100)));
  const auto refused = Value::parse(nested(1'000'000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "nested more than 100 levels deep");
}

TEST(JsonTest, Members) {
  Value value;
  value["a"]["b"] = 1;
  value.add("c", "text");
  value["a"]["b"] = 2;
  EXPECT_EQ(value.dump(), R"({"a":{"b":2},"c":"text"})");
  EXPECT_EQ(value.at("a").at("b").get<uint64_t>(), 2U);
  EXPECT_EQ(value.value("c", std::string()), "text");
  EXPECT_EQ(value.value("d", 0.5), 0.5);
  EXPECT_TRUE(value.contains("c"));
  value.erase("c");
  EXPECT_FALSE(value.contains("c"));
}

// A response of another form is refused, not misread.
TEST(JsonTest, WrongTypes) {
  Value value = {{"text", "x"}, {"number", 1}};
  EXPECT_THROW((void)value.at("none"), Error);
  EXPECT_THROW((void)value.at("text").get<uint64_t>(), Error);
  EXPECT_THROW((void)value.at("number").get<std::string>(), Error);
  EXPECT_THROW((void)value.value("number", false), Error);
  EXPECT_THROW((void)value.at("text").value("x", 1.0), Error);
  EXPECT_THROW((void)value.elements(), Error);
  EXPECT_THROW((void)value.at("number").members(), Error);
  EXPECT_THROW(value.push_back(1), Error);
  EXPECT_THROW(value["text"]["x"] = 1, Error);
}

}  // namespace
}  // namespace ptrd::json
