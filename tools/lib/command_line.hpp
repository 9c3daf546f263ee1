// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "exit_status.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

// The command lines of all programs, by CLI11. As that takes many seconds to compile, command_line.cpp alone
// includes it; what the programs use of it is declared here, by the same names where it is the same.
namespace ptrd {

/// One option, flag or positional of a command; copies are the same option. What is not explained here is
/// as in CLI11's class of this name.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required();
  Option needs(Option other);
  Option excludes(Option other);

  /// How many values follow the option; `most` below zero: any number.
  Option expected(int count);
  Option expected(int least, int most);
  Option allow_extra_args(bool allow);
  Option take_all();

  Option range(int least, int most);
  Option range(double least, double most);
  Option one_of(const std::vector<std::string>& texts);
  /// `find_error` returns what is wrong with a value; empty: nothing.
  Option check(const std::function<std::string(const std::string&)>& find_error);

  /// How help shows it: the name of its value, or all that follows its own name; the value that it has now,
  /// or a text, as its default.
  Option type_name(const std::string& name);
  Option option_text(const std::string& text);
  Option group(const std::string& name);
  Option capture_default_str();
  Option default_str(const std::string& text);

  /// After parsing: whether it was given.
  [[nodiscard]] bool given() const;

 private:
  CLI::Option* option_;
};

enum class Case : uint8_t { matters, ignored };

/// A program's command line, or a subcommand; copies are the same. Targets are bound: they must not move
/// before the command line is parsed.
class Parser {
 public:
  explicit Parser(CLI::App* app) : app_(app) {}

  Option add_option(const std::string& name, std::string& target, const std::string& help = "");
  Option add_option(const std::string& name, std::vector<std::string>& target, const std::string& help = "");
  Option add_option(const std::string& name, uint16_t& target, const std::string& help = "");
  Option add_option(const std::string& name, uint32_t& target, const std::string& help = "");
  Option add_option(const std::string& name, uint64_t& target, const std::string& help = "");
  Option add_option(const std::string& name, double& target, const std::string& help = "");
  Option add_flag(const std::string& name, bool& target, const std::string& help = "");

  /// An option whose values are handed to `take`. It returns what is wrong with them; empty: nothing.
  using Take = std::function<std::string(const std::vector<std::string>&)>;
  Option add_option_function(const std::string& name, const Take& take, const std::string& help);

  /// An option that takes one of several words.
  template <class Enum>
  Option add_choice(const std::string& name, Enum& target, const std::map<std::string, Enum>& words,
                    const std::string& help, Case letters = Case::matters) {
    std::map<std::string, int> numbers;
    for (const auto& [word, value] : words) numbers[word] = static_cast<int>(value);
    const auto take = [&target](int number) { target = static_cast<Enum>(number); };
    return add_numbers(name, numbers, take, help, letters);
  }

  /// Checks the command once it is parsed, if it was given. `find_error` returns what is wrong; empty:
  /// nothing.
  void check(const std::function<std::string()>& find_error);

  void require_subcommand();
  Parser add_subcommand(const std::string& name, const std::string& help);
  [[nodiscard]] bool parsed() const;

 private:
  Option add_numbers(const std::string& name, const std::map<std::string, int>& words,
                     const std::function<void(int)>& take, const std::string& help, Case letters);

  CLI::App* app_;
};

/// The command line of a program, with --help and --version; reports errors in one line.
class CommandLine : public Parser {
 public:
  CommandLine(const std::string& program, const std::string& description);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// Parses the command line into the targets of the options. Reports errors at once, and prints help.
  [[nodiscard]] tl::expected<void, Refusal> parse(int argc, char** argv);

 private:
  CommandLine(const std::string& program, std::unique_ptr<CLI::App> app);

  std::unique_ptr<CLI::App> app_;
};

/// The subcommands of a program, one of which is required. `Options` is a variant with one struct for each.
template <class Options>
class Subcommands {
 public:
  explicit Subcommands(Parser program) : program_(program) { program_.require_subcommand(); }

  /// `bind` adds the options of the subcommand to it and binds them to the struct.
  template <class Chosen>
  void add(const char* name, const char* help, void (*bind)(Parser, Chosen&)) {
    const Parser command = program_.add_subcommand(name, help);
    all_.emplace_back(command, std::make_unique<Options>(Chosen()));
    bind(command, std::get<Chosen>(*all_.back().second));
  }

  /// The options of the chosen subcommand, after parsing.
  [[nodiscard]] const Options& chosen() const {
    size_t i = 0;
    while (!all_[i].first.parsed()) ++i;
    return *all_[i].second;
  }

 private:
  Parser program_;
  std::vector<std::pair<Parser, std::unique_ptr<Options>>> all_;  // bound: must not move
};

}  // namespace ptrd
