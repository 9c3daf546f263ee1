// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::ctl {

namespace {

void flatten_into(const Json& json, const std::string& prefix, Flat& flat) {
  if (json.is_object()) {
    for (const auto& [name, value] : json.members())
      flatten_into(value, prefix.empty() ? name : fmt::format("{}.{}", prefix, name), flat);
  } else if (json.is_unsigned()) {
    flat.emplace_back(prefix, json.get<uint64_t>());
  }
}

}  // namespace

std::string Request::to_text() const {
  Json json = {{"command", command}};
  if (force) json["force"] = *force;
  if (!image.empty()) json["image"] = image;
  if (!level.empty()) json["level"] = level;
  if (!after.empty()) json["after"] = after;
  if (!only.empty()) json["only"] = only;
  if (!name.empty()) json["name"] = name;
  if (!client.empty()) json["client"] = client;
  if (!type.empty()) json["type"] = type;
  if (bytes > 0) json["bytes"] = bytes;
  return json.dump();
}

std::optional<Response> Response::from_text(const std::string& text) {
  auto json = Json::parse(text);
  if (!json || !json->contains("ok")) return std::nullopt;
  return Response(std::make_shared<const Json>(*std::move(json)));
}

Response Response::of_pages(const std::vector<Response>& pages, const char* list) {
  Json all = pages.front().json();
  all.erase("next");
  for (size_t i = 1; i < pages.size(); ++i)
    for (const Json& one : pages[i].json().at(list).elements()) all.at(list).push_back(one);
  return Response(std::make_shared<const Json>(std::move(all)));
}

bool Response::ok() const {
  return json_->value("ok", false);
}

std::string Response::error() const {
  return json_->value("error", std::string("refused without a reason"));
}

std::string Response::to_text() const {
  return json_->dump(2) + "\n";
}

tl::expected<std::string, std::string> shown(const std::string& socket,
                                             const std::function<std::string()>& show) {
  try {
    return show();
  } catch (const json::Error& error) {
    return tl::unexpected(socket + ": unexpected response, from another version of ptrd? " + error.what());
  }
}

uint64_t number(const Json& object, const char* name) {
  return object.value(name, uint64_t{0});
}

std::string text(const Json& object, const char* name) {
  return wire::one_line(object.value(name, std::string()));
}

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(std::max(0.0, seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  if (whole < 172'800) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} days {} h", whole / 86400, whole / 3600 % 24);
}

Flat flatten(const Json& json) {
  Flat flat;
  flatten_into(json, "", flat);
  return flat;
}

}  // namespace ptrd::ctl
