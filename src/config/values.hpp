// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace YAML {
class Node;
}

namespace ptrd::config {

/// Each takes the value of one key out of the file; gives what is wrong with it, empty when nothing is.
using Fault = std::string;

/// What a text must be; gives what is wrong with it.
using TextCheck = std::function<Fault(const std::string&)>;

[[nodiscard]] Fault take_text(const YAML::Node& node, std::string& target, const TextCheck& check);
/// A list of texts; a single one stands for a list of one.
[[nodiscard]] Fault take_texts(const YAML::Node& node, std::vector<std::string>& target,
                               const TextCheck& check);
/// true or false, in these words: YAML 1.1's yes and on are texts since YAML 1.2.
[[nodiscard]] Fault take_bool(const YAML::Node& node, bool& target);
/// 0.1 to 86400 seconds, fractions allowed.
[[nodiscard]] Fault take_seconds(const YAML::Node& node, std::chrono::milliseconds& target);
/// One of several words.
[[nodiscard]] Fault take_log_level(const YAML::Node& node, process::LogLevel& target);
[[nodiscard]] Fault take_kernel_answers(const YAML::Node& node, port::KernelAnswers& target);
[[nodiscard]] Fault take_idle(const YAML::Node& node, std::optional<datapath::Idle>& target);
[[nodiscard]] Fault take_number(const YAML::Node& node, uint64_t& target, uint64_t least, uint64_t most);

/// Checks for `take_text`.
[[nodiscard]] Fault any_text(const std::string& text);
[[nodiscard]] Fault socket_address(const std::string& text);
/// The same, or a port alone.
[[nodiscard]] Fault metrics_address(const std::string& text);
[[nodiscard]] Fault cpu_list(const std::string& text);
[[nodiscard]] Fault exception_name(const std::string& text);
/// At most `most` bytes.
[[nodiscard]] TextCheck short_text(size_t most);

}  // namespace ptrd::config
