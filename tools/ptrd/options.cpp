// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <list>
#include <optional>
#include <span>
#include <vector>

#include "config/keys.hpp"
#include "config/reader.hpp"
#include "lib/command_line.hpp"

namespace ptrd {

namespace {

using config::Config;
using config::Fault;
using config::Key;
using config::Value;

bool is_positional(const Key& key) {
  return key.option[0] != '-';
}

/// The option of a key, for errors.
std::string option_of(const std::string& name) {
  const Key* key = config::find_key(name);
  if (key == nullptr || key->option == nullptr) return name;
  return is_positional(*key) ? fmt::format("-- {}...", key->option) : key->option;
}

/// The options that the table of keys has, and the values that the command line gives them.
class KeyOptions {
 public:
  /// `app` is parsed while this lives.
  explicit KeyOptions(Parser app) {
    for (const Key& key : config::keys()) {
      if (key.option != nullptr) add(app, key);
    }
  }

  KeyOptions(const KeyOptions&) = delete;
  KeyOptions& operator=(const KeyOptions&) = delete;

  /// Overrides the keys whose options were given.
  void put_into(Config& config) const {
    for (const auto& [key, texts] : given_) (void)set(*key, texts, config);
    for (const Flag& flag : flags_) {
      const std::string text = flag.on ? "true" : "false";
      if (flag.option->given()) (void)set(*flag.key, std::span(&text, 1), config);
    }
  }

 private:
  struct Flag {
    const Key* key;
    bool on = false;
    std::optional<Option> option = std::nullopt;
  };

  static std::string help_of(const Key& key) {
    const std::string unset = default_of(key);
    if (key.value.form == Value::Form::flag || unset == "none") return key.help;
    return fmt::format("{} (default: {})", key.help, unset);
  }

  void add(Parser app, const Key& key) {
    if (key.value.form == Value::Form::flag) {
      Flag& flag = flags_.emplace_back(Flag{.key = &key});
      flag.option = app.add_flag(key.option, flag.on, help_of(key));
      return;
    }
    Option option = app.add_option_function(
        key.option, [this, &key](const auto& texts) { return take(key, texts); }, help_of(key));
    option.type_name(placeholder_of(key));
    if (key.value.form != Value::Form::list) return;
    option.expected(1, is_positional(key) ? -1 : 1).allow_extra_args(is_positional(key)).take_all();
  }

  /// Returns what is wrong with the values; empty: nothing.
  std::string take(const Key& key, const std::vector<std::string>& texts) {
    Config any;
    if (const Fault fault = set(key, texts, any); !fault.empty()) return option_of(key.name) + ": " + fault;
    given_.emplace_back(&key, texts);
    return {};
  }

  std::vector<std::pair<const Key*, std::vector<std::string>>> given_;
  std::list<Flag> flags_;  // bound: may not move
};

std::string check_duration(const std::string& text) {
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == '\0' && seconds >= 0) return {};
  return "expected a number of seconds, found \"" + text + "\"";
}

tl::unexpected<Refusal> refuse(int status, const std::string& what) {
  return tl::unexpected(Refusal{status, what});
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  Options options;
  CommandLine app{
      "ptrd",
      "ptrd: answers reverse-DNS queries from an image that ptrzone compiled. Needs --image and a port "
      "(--socket, "
      "--xdp, --dpdk, --auto), or a configuration file that has them."};
  app.add_option("-c,--config", options.config_file, "configuration file (YAML); options override its keys")
      .type_name("CONFIG");
  app.add_flag("--check-config", options.check_only, "check the configuration, and exit");
  KeyOptions key_options(app);
  app.add_option("--duration", options.duration, "run for so long; 0 (default): until SIGINT or SIGTERM")
      .check(check_duration)
      .type_name("SECONDS");
  if (const auto ok = app.parse(argc, argv); !ok) return tl::unexpected(ok.error());

  const std::string& file = options.config_file;
  if (file.empty()) {
    options.config.control.socket.clear();
  } else {
    auto config = config::read_config(file);
    if (!config) return refuse(kFailed, config.error());
    options.config = *std::move(config);
  }
  key_options.put_into(options.config);
  if (const auto conflict = config::find_conflict(options.config))
    return refuse(kUsage, option_of(conflict->key) + ": " + conflict->what);
  const std::string missing = config::missing_key(options.config);
  if (missing.empty()) return options;
  if (file.empty()) {
    const char* option = missing == "image" ? "--image" : "--socket, --xdp, --dpdk or --auto";
    return refuse(kUsage, fmt::format("{} is required; see ptrd --help", option));
  }
  return refuse(kFailed,
                file + (missing == "image" ? ": image is missing; give the file to answer from"
                                           : ": no port to answer on; give listen, xdp, dpdk or auto"));
}

}  // namespace ptrd
