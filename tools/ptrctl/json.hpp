// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "json/value.hpp"

// Requests and responses of ptrd's control socket: one JSON object each (src/operate/PROTOCOL.md).
namespace ptrd::ctl {

using Json = json::Value;

/// A request to ptrd. Members that are not set are not sent.
struct Request {
  std::string command;
  std::optional<bool> force = std::nullopt;
  std::string image = {};
  std::string level = {};
  std::string after = {};
  std::string only = {};
  std::string name = {};
  std::string client = {};
  std::string type = {};
  uint64_t bytes = 0;

  /// On one line, without the newline.
  [[nodiscard]] std::string to_text() const;
};

/// A response from ptrd; copies share it.
class Response {
 public:
  /// Empty: not a response from ptrd.
  [[nodiscard]] static std::optional<Response> from_text(const std::string& text);

  /// The pages of one list (at least one, all ok), which is the member `list`, as one response.
  [[nodiscard]] static Response of_pages(const std::vector<Response>& pages, const char* list);

  [[nodiscard]] bool ok() const;
  /// The error, if it is not ok.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] const Json& json() const { return *json_; }
  /// Over several lines, with a final newline.
  [[nodiscard]] std::string to_text() const;

 private:
  explicit Response(std::shared_ptr<const Json> json) : json_(std::move(json)) {}
  std::shared_ptr<const Json> json_;
};

/// The output of `show` for responses from `socket`. Error: a line that says that one of them has an
/// unexpected form.
[[nodiscard]] tl::expected<std::string, std::string> shown(const std::string& socket,
                                                           const std::function<std::string()>& show);

/// A member of a response; 0 or empty if there is none. Texts are safe to print in a line (wire::one_line):
/// paths in them were chosen by clients of ptrd.
[[nodiscard]] uint64_t number(const Json& object, const char* name);
[[nodiscard]] std::string text(const Json& object, const char* name);

/// "90 s", "14 min", "3 days 2 h".
[[nodiscard]] std::string duration(double seconds);

/// Counters by name; nested ones as "tcp.closed.idle".
using Flat = std::vector<std::pair<std::string, uint64_t>>;
[[nodiscard]] Flat flatten(const Json& json);

}  // namespace ptrd::ctl
