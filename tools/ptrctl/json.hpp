// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

// Requests and responses of ptrd's control socket: a JSON object each (src/operate/PROTOCOL.md).
namespace ptrd::ctl {

using Json = nlohmann::ordered_json;

/// What is asked of ptrd. Members that are not set are not sent.
struct Request {
  std::string command;
  std::optional<bool> force = std::nullopt;
  std::string image = {};
  std::string level = {};
  std::string after = {};

  /// On one line, without its end.
  [[nodiscard]] std::string to_text() const;
};

/// What ptrd responded; copies share it.
class Response {
 public:
  /// Nothing: no response of ptrd's.
  [[nodiscard]] static std::optional<Response> from_text(const std::string& text);

  /// The pages of one list of zones (at least one, all ok) as one response.
  [[nodiscard]] static Response of_zones(const std::vector<Response>& pages);

  [[nodiscard]] bool ok() const;
  /// Why it is not.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] const Json& json() const { return *json_; }
  /// Over several lines, with an end of line at the end.
  [[nodiscard]] std::string to_text() const;

 private:
  explicit Response(std::shared_ptr<const Json> json) : json_(std::move(json)) {}
  std::shared_ptr<const Json> json_;
};

/// What `show` makes of responses that came from `socket`. Error: a line that says that one of them is not as
/// expected.
[[nodiscard]] tl::expected<std::string, std::string> shown(const std::string& socket,
                                                           const std::function<std::string()>& show);

/// A member of a response; 0 or empty where there is none. Texts are fit for a line (wire::one_line): some
/// client of ptrd's chose the paths in them.
[[nodiscard]] uint64_t number(const Json& object, const char* name);
[[nodiscard]] std::string text(const Json& object, const char* name);

/// "90 s", "14 min", "3 days 2 h".
[[nodiscard]] std::string duration(double seconds);

/// Counters by name, those in objects of their own as "tcp.closed.idle".
using Flat = std::vector<std::pair<std::string, uint64_t>>;
[[nodiscard]] Flat flatten(const Json& json);

}  // namespace ptrd::ctl
