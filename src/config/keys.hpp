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

/// The error in a value; empty: none.
using Fault = std::string;

/// How the value of a key is parsed from strings and written as strings. values.hpp makes them.
struct Value {
  enum class Form {
    single,
    list,  // any number of strings; a single one is a list of one
    flag,  // an option without a value
  };
  Form form = Form::single;
  std::string wanted;                  // expected form, for errors: "a whole number from 0 to 256"
  std::vector<std::string> words;      // all valid values; empty: anything that `take` accepts
  std::function<void(Config&)> clear;  // called before the first `take`
  std::function<Fault(const std::string&, Config&)> take;  // sets the member, or appends to a list
  std::function<std::vector<std::string>(const Config&)> texts =
      {};  // strings from which `take` gives the same value
};

/// A setting: a key of the configuration file, and the option that overrides it.
struct Key {
  const char* name;              // in the file: "tcp.idle"
  const char* option = nullptr;  // "--tcp-idle"; without dashes: arguments that follow "--"; null: none
  const char* placeholder = "";  // name of the option's value: "SECONDS"; not needed for words
  const char* help = "";         // the option's line in --help
  const char* unset = nullptr;   // the default in words, if the member's value does not show it
  bool live = false;             // a reload applies a new value; otherwise a restart is needed
  Value value = {};
};

/// All keys, in the order of tools/dist/ptrd.yaml.
[[nodiscard]] std::span<const Key> keys();
/// Returns null if there is no such key.
[[nodiscard]] const Key* find_key(std::string_view name);

/// The default as shown in help and manual pages: `unset`, or the member's initial value.
[[nodiscard]] std::string default_of(const Key& key);
/// The placeholder of the option's value, "poll|pause|interrupt" for words; empty: the option has no value.
[[nodiscard]] std::string placeholder_of(const Key& key);

/// Sets the member of `key` to `texts`: one, or any number for a list. On an error `config` may have some of
/// them.
[[nodiscard]] Fault set(const Key& key, std::span<const std::string> texts, Config& config);

/// The keys whose values differ: the live ones, or the others if `live` is false.
[[nodiscard]] std::vector<std::string> changed_keys(const Config& now, const Config& next, bool live);
/// Copies the values of the live keys from `next` to `now`.
void take_live_keys(const Config& next, Config& now);

}  // namespace ptrd::config
