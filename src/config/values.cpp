// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/values.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>

#include "port/address.hpp"
#include "port/dpdk/eal.hpp"
#include "port/tap_interface.hpp"

namespace ptrd::config {

namespace {

/// How a node that is no single value reads in an error.
const char* shape(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map of keys";
  return "nothing";
}

/// The node's text; a fault says that `wanted` is.
Fault scalar(const YAML::Node& node, const char* wanted, std::string& text) {
  if (!node.IsScalar()) return fmt::format("{} where {} is wanted", shape(node), wanted);
  text = node.Scalar();
  return {};
}

template <class T>
bool parse(const std::string& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Fault take_text(const YAML::Node& node, std::string& target, const TextCheck& check) {
  std::string text;
  if (auto fault = scalar(node, "a text", text); !fault.empty()) return fault;
  if (auto fault = text.empty() ? Fault() : check(text); !fault.empty()) return fault;
  target = std::move(text);
  return {};
}

Fault take_texts(const YAML::Node& node, std::vector<std::string>& target, const TextCheck& check) {
  std::vector<std::string> texts;
  const auto add = [&](const YAML::Node& item) -> Fault {
    if (auto fault = take_text(item, texts.emplace_back(), check); !fault.empty()) return fault;
    return texts.back().empty() ? "an empty text in the list" : Fault();
  };
  if (node.IsSequence()) {
    for (const YAML::Node& item : node) {
      if (auto fault = add(item); !fault.empty()) return fault;
    }
  } else if (auto fault = add(node); !fault.empty()) {
    return fault;
  }
  target = std::move(texts);
  return {};
}

Fault take_bool(const YAML::Node& node, bool& target) {
  std::string text;
  if (auto fault = scalar(node, "true or false", text); !fault.empty()) return fault;
  if (text != "true" && text != "false") return fmt::format("\"{}\" where true or false is wanted", text);
  target = text == "true";
  return {};
}

Fault take_seconds(const YAML::Node& node, std::chrono::milliseconds& target) {
  constexpr const char* kWanted = "a number of seconds from 0.1 to 86400";
  std::string text;
  if (auto fault = scalar(node, kWanted, text); !fault.empty()) return fault;
  double seconds = 0;
  if (!parse(text, seconds) || !(seconds >= 0.1 && seconds <= 86400))
    return fmt::format("\"{}\" where {} is wanted", text, kWanted);
  target = std::chrono::milliseconds(std::llround(seconds * 1000));
  return {};
}

Fault take_log_level(const YAML::Node& node, process::LogLevel& target) {
  constexpr const char* kWanted = "error, warning, info or debug";
  std::string text;
  if (auto fault = scalar(node, kWanted, text); !fault.empty()) return fault;
  const auto level = process::parse_log_level(text);
  if (!level) return fmt::format("\"{}\" where {} is wanted", text, kWanted);
  target = *level;
  return {};
}

Fault take_idle(const YAML::Node& node, std::optional<datapath::Idle>& target) {
  constexpr const char* kWanted = "poll, pause or interrupt";
  std::string text;
  if (auto fault = scalar(node, kWanted, text); !fault.empty()) return fault;
  if (text == "poll") {
    target = datapath::Idle::poll;
  } else if (text == "pause") {
    target = datapath::Idle::pause;
  } else if (text == "interrupt") {
    target = datapath::Idle::interrupt;
  } else {
    return fmt::format("\"{}\" where {} is wanted", text, kWanted);
  }
  return {};
}

Fault take_kernel_answers(const YAML::Node& node, port::KernelAnswers& target) {
  constexpr const char* kWanted = "off, fallback or first";
  std::string text;
  if (auto fault = scalar(node, kWanted, text); !fault.empty()) return fault;
  if (text == "off") {
    target = port::KernelAnswers::off;
  } else if (text == "fallback") {
    target = port::KernelAnswers::fallback;
  } else if (text == "first") {
    target = port::KernelAnswers::first;
  } else {
    return fmt::format("\"{}\" where {} is wanted", text, kWanted);
  }
  return {};
}

Fault take_number(const YAML::Node& node, uint64_t& target, uint64_t least, uint64_t most) {
  const std::string wanted = fmt::format("a whole number from {} to {}", least, most);
  std::string text;
  if (auto fault = scalar(node, wanted.c_str(), text); !fault.empty()) return fault;
  uint64_t value = 0;
  if (!parse(text, value) || value < least || value > most)
    return fmt::format("\"{}\" where {} is wanted", text, wanted);
  target = value;
  return {};
}

Fault any_text(const std::string&) {
  return {};
}

Fault socket_address(const std::string& text) {
  const auto address = port::parse_address(text);
  return address ? Fault() : address.error();
}

Fault metrics_address(const std::string& text) {
  const bool port_alone = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return socket_address(port_alone ? "127.0.0.1:" + text : text);
}

Fault cpu_list(const std::string& text) {
  const auto cpus = port::parse_cpus(text);
  return cpus ? Fault() : cpus.error();
}

Fault exception_name(const std::string& text) {
  const auto ok = port::check_interface_name(text);
  return ok ? Fault() : ok.error();
}

TextCheck short_text(size_t most) {
  return [most](const std::string& text) {
    return text.size() <= most ? Fault() : fmt::format("{} bytes where {} at most fit", text.size(), most);
  };
}

}  // namespace ptrd::config
