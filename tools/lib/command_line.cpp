// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "command_line.hpp"

#include <CLI/CLI.hpp>

namespace ptrd {

namespace {

/// The value of a choice. Its type decides how CLI11 shows it in help and errors.
enum class Number : int {};

template <class Target>
Option bound(CLI::App& app, const std::string& name, Target& target, const std::string& help) {
  return Option(app.add_option(name, target, help));
}

}  // namespace

Option Option::required() {
  return Option(option_->required());
}

Option Option::needs(Option other) {
  return Option(option_->needs(other.option_));
}

Option Option::excludes(Option other) {
  return Option(option_->excludes(other.option_));
}

Option Option::expected(int count) {
  return Option(option_->expected(count));
}

Option Option::expected(int least, int most) {
  return Option(option_->expected(least, most));
}

Option Option::allow_extra_args(bool allow) {
  return Option(option_->allow_extra_args(allow));
}

Option Option::take_all() {
  return Option(option_->take_all());
}

Option Option::range(int least, int most) {
  return Option(option_->check(CLI::Range(least, most)));
}

Option Option::range(double least, double most) {
  return Option(option_->check(CLI::Range(least, most)));
}

Option Option::one_of(const std::vector<std::string>& texts) {
  return Option(option_->check(CLI::IsMember(texts)));
}

Option Option::check(const std::function<std::string(const std::string&)>& find_error) {
  return Option(
      option_->check(CLI::Validator([find_error](std::string& text) { return find_error(text); }, "")));
}

Option Option::type_name(const std::string& name) {
  return Option(option_->type_name(name));
}

Option Option::option_text(const std::string& text) {
  return Option(option_->option_text(text));
}

Option Option::group(const std::string& name) {
  return Option(option_->group(name));
}

Option Option::capture_default_str() {
  return Option(option_->capture_default_str());
}

Option Option::default_str(const std::string& text) {
  return Option(option_->default_str(text));
}

bool Option::given() const {
  return option_->count() > 0;
}

Option Parser::add_option(const std::string& name, std::string& target, const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_option(const std::string& name, std::vector<std::string>& target,
                          const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_option(const std::string& name, uint16_t& target, const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_option(const std::string& name, uint32_t& target, const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_option(const std::string& name, uint64_t& target, const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_option(const std::string& name, double& target, const std::string& help) {
  return bound(*app_, name, target, help);
}

Option Parser::add_flag(const std::string& name, bool& target, const std::string& help) {
  return Option(app_->add_flag(name, target, help));
}

Option Parser::add_option_function(const std::string& name, const Take& take, const std::string& help) {
  const CLI::callback_t callback = [take](const CLI::results_t& texts) {
    if (const std::string error = take(texts); !error.empty()) throw CLI::ValidationError(error);
    return true;
  };
  return Option(app_->add_option(name, callback, help));
}

Option Parser::add_numbers(const std::string& name, const std::map<std::string, int>& words,
                           const std::function<void(int)>& take, const std::string& help, Case letters) {
  std::map<std::string, Number> numbers;
  for (const auto& [word, number] : words) numbers[word] = static_cast<Number>(number);
  const std::function<void(const Number&)> set = [take](const Number& number) {
    take(static_cast<int>(number));
  };
  CLI::Option* option = app_->add_option_function(name, set, help);
  return Option(option->transform(letters == Case::ignored
                                      ? CLI::CheckedTransformer(numbers, CLI::ignore_case)
                                      : CLI::CheckedTransformer(numbers)));
}

void Parser::check(const std::function<std::string()>& find_error) {
  app_->callback([find_error] {
    if (const std::string error = find_error(); !error.empty()) throw CLI::ValidationError(error);
  });
}

void Parser::require_subcommand() {
  app_->require_subcommand(1);
}

Parser Parser::add_subcommand(const std::string& name, const std::string& help) {
  return Parser(app_->add_subcommand(name, help));
}

bool Parser::parsed() const {
  return app_->parsed();
}

CommandLine::CommandLine(const std::string& program, const std::string& description)
    : CommandLine(program, std::make_unique<CLI::App>(description)) {}

CommandLine::CommandLine(const std::string& program, std::unique_ptr<CLI::App> app)
    : Parser(app.get()), app_(std::move(app)) {
  app_->set_version_flag("--version", PTRD_VERSION);
  app_->failure_message([program](const CLI::App*, const CLI::Error& error) {
    return program + ": " + error.what() + "; see " + program + " --help\n";
  });
}

CommandLine::~CommandLine() = default;

tl::expected<void, Refusal> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(Refusal{app_->exit(error) == 0 ? kDone : kUsage, ""});
  }
  return {};
}

}  // namespace ptrd
