// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/keys.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace ptrd::config {
namespace {

/// A value of `key` other than the default: the first valid one.
std::string other_value(const Key& key) {
  std::vector<std::string> candidates = key.value.words;
  for (const char* text : {"true", "3", "3%", "512", "1048576", "127.0.0.1:53", "0"})
    candidates.emplace_back(text);
  for (const std::string& text : candidates) {
    Config config;
    if (set(key, std::span(&text, 1), config).empty() && key.value.texts(config) != key.value.texts(Config()))
      return text;
  }
  return "none of the candidates";
}

// Each key and each option exists once; a key that has an option has a line of help for it.
TEST(Keys, Table) {
  std::set<std::string> names, options;
  for (const Key& key : keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_EQ(find_key(key.name), &key);
    EXPECT_EQ(key.option != nullptr, *key.help != '\0') << key.name;
    if (key.option == nullptr) continue;
    EXPECT_TRUE(options.insert(key.option).second) << key.option;
    EXPECT_EQ(placeholder_of(key).empty(), key.value.form == Value::Form::flag) << key.option;
  }
  EXPECT_EQ(find_key("tcp"), nullptr);
}

// Every key has a printable default, in words or as its value is written.
TEST(Keys, Defaults) {
  for (const Key& key : keys()) EXPECT_NE(default_of(key), "") << key.name;
  EXPECT_EQ(default_of(*find_key("tcp.idle")), "10");
  EXPECT_EQ(default_of(*find_key("watch-image")), "false");
  EXPECT_EQ(default_of(*find_key("log-level")), "info");
  EXPECT_EQ(default_of(*find_key("image-size")), "half of the machine's memory");
  EXPECT_TRUE(default_of(*find_key("control.socket")).starts_with(Config().control.socket + " "));
}

// Each key sets a member of its own, and writes the value as it was given.
TEST(Keys, EachHasItsMember) {
  Config all;
  for (const Key& key : keys()) {
    const std::string given = other_value(key);
    Config one;
    EXPECT_EQ(set(key, std::span(&given, 1), one), "") << key.name;
    EXPECT_EQ(key.value.texts(one), std::vector<std::string>{given}) << key.name;
    EXPECT_EQ(changed_keys(Config(), one, key.live), std::vector<std::string>{key.name});
    EXPECT_EQ(changed_keys(Config(), one, !key.live), std::vector<std::string>());
    EXPECT_EQ(set(key, std::span(&given, 1), all), "") << key.name;
  }
  EXPECT_EQ(changed_keys(Config(), all, true).size() + changed_keys(Config(), all, false).size(),
            keys().size());
}

// Times are written with as few digits as possible.
TEST(Keys, Seconds) {
  const Key& key = *find_key("tcp.idle");
  for (const std::string text : {"0.1", "0.125", "10", "100.001", "86400"}) {
    Config config;
    EXPECT_EQ(set(key, std::span(&text, 1), config), "");
    EXPECT_EQ(key.value.texts(config), std::vector<std::string>{text});
  }
}

// Shares are written as they are read, to four digits behind the point.
TEST(Keys, Percent) {
  const Key& key = *find_key("reload.max-lost-zones");
  const auto written = [&](const std::string& text) {
    Config config;
    const Fault fault = set(key, std::span(&text, 1), config);
    return fault.empty() ? key.value.texts(config).front() : fault;
  };
  for (const char* text : {"0%", "10%", "0.5%", "33.3333%", "100%"}) EXPECT_EQ(written(text), text);
  EXPECT_EQ(written("1e-300%"), "0%");
  for (const std::string wrong : {"10", "%", "101%", "-1%", "nan%", "inf%", "10 %", "10%%", "ten%"})
    EXPECT_EQ(written(wrong), "expected a share from 0% to 100%, as 10%, found \"" + wrong + "\"");
}

// Live keys are those that a reload takes over; the others stay as they were.
TEST(Keys, LiveKeys) {
  Config now, next;
  next.image = "other";
  next.log_level = process::LogLevel::debug;
  next.tcp.idle = std::chrono::seconds(1);
  next.listen = {"127.0.0.1:53"};
  EXPECT_EQ(changed_keys(now, next, true), (std::vector<std::string>{"image", "log-level"}));
  EXPECT_EQ(changed_keys(now, next, false), (std::vector<std::string>{"listen", "tcp.idle"}));
  take_live_keys(next, now);
  EXPECT_EQ(now.image, "other");
  EXPECT_EQ(now.log_level, process::LogLevel::debug);
  EXPECT_EQ(changed_keys(now, next, true), std::vector<std::string>());
  EXPECT_EQ(changed_keys(now, next, false), (std::vector<std::string>{"listen", "tcp.idle"}));
}

// A list replaces the previous one; an invalid value is an error.
TEST(Keys, Set) {
  Config config;
  config.listen = {"127.0.0.1:53"};
  const std::vector<std::string> two = {"192.0.2.1:53", "[2001:db8::1]:53"};
  EXPECT_EQ(set(*find_key("listen"), two, config), "");
  EXPECT_EQ(config.listen, two);
  const std::string wrong = "loud";
  EXPECT_EQ(set(*find_key("log-level"), std::span(&wrong, 1), config),
            "expected error, warning, info or debug, found \"loud\"");
}

}  // namespace
}  // namespace ptrd::config
