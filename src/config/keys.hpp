// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace ptrd::config {

/// What is wrong with a value; empty: nothing.
using Fault = std::string;

/// How the value of a key is read from texts, and written as texts. values.hpp makes them.
struct Value {
  enum class Form {
    single,
    list,  // any number of texts; a single one is a list of one
    flag,  // an option without a value
  };
  Form form = Form::single;
  std::string wanted;                  // what each text has to be, for errors: "a whole number from 0 to 256"
  std::vector<std::string> words;      // all that it may be; empty: anything that `take` takes
  std::function<void(Config&)> clear;  // comes before the first `take`
  std::function<Fault(const std::string&, Config&)> take;  // sets the member, or adds to a list
  std::function<std::vector<std::string>(const Config&)> texts =
      {};  // such that `take` makes the same of them
};

/// What an operator can set: a key of the configuration file, and the option that overrides it.
struct Key {
  const char* name;              // in the file: "tcp.idle"
  const char* option = nullptr;  // "--tcp-idle"; without dashes: arguments that follow "--"; null: none
  const char* placeholder = "";  // names the option's value: "SECONDS"; values of words need none
  const char* help = "";         // the option's line in --help
  const char* unset = nullptr;   // the default in words, where the member's value does not tell
  bool live = false;             // a reload takes a new value over; else only a restart does
  Value value = {};
};

/// All keys, in the order of tools/dist/ptrd.yaml.
[[nodiscard]] std::span<const Key> keys();
/// Null: no such key.
[[nodiscard]] const Key* find_key(std::string_view name);

/// The default as help and manual pages give it: `unset`, or the value that the member has by itself.
[[nodiscard]] std::string default_of(const Key& key);
/// The placeholder of the option's value, "poll|pause|interrupt" for words; empty: it takes none.
[[nodiscard]] std::string placeholder_of(const Key& key);

/// Sets the member of `key` to `texts`: one, of a list any number. On a fault `config` may have some of them.
[[nodiscard]] Fault set(const Key& key, std::span<const std::string> texts, Config& config);

/// The keys whose values differ, the live ones or the others.
[[nodiscard]] std::vector<std::string> changed_keys(const Config& now, const Config& next, bool live);
/// Gives `now` the values that the live keys have in `next`.
void take_live_keys(const Config& next, Config& now);

}  // namespace ptrd::config
