// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace ptrd::json {

namespace {

using Library = nlohmann::ordered_json;

/// A string or number as JSON.
std::string scalar(const Library& value) {
  return value.dump(-1, ' ', false, Library::error_handler_t::replace);
}

void break_line(std::string& text, int indent, size_t depth) {
  if (indent >= 0) text.append(1, '\n').append(static_cast<size_t>(indent) * depth, ' ');
}

/// Levels of arrays and objects in a text: reading and freeing a value takes stack for each.
constexpr size_t kMaxDepth = 100;

Value converted(const Library& json, size_t depth) {
  if (depth > kMaxDepth) throw Error(fmt::format("nested more than {} levels deep", kMaxDepth));
  switch (json.type()) {
    case Library::value_t::boolean:
      return json.get<bool>();
    case Library::value_t::number_integer:
      return json.get<int64_t>();
    case Library::value_t::number_unsigned:
      return json.get<uint64_t>();
    case Library::value_t::number_float:
      return json.get<double>();
    case Library::value_t::string:
      return json.get_ref<const std::string&>();
    case Library::value_t::array: {
      Value array = Value::array();
      for (const Library& one : json) array.push_back(converted(one, depth + 1));
      return array;
    }
    case Library::value_t::object: {
      Value object = Value::object();
      for (const auto& [name, value] : json.get_ref<const Library::object_t&>())
        object.add(name, converted(value, depth + 1));
      return object;
    }
    default:
      return nullptr;
  }
}

Error wrong_type(const char* wanted, const char* found) {
  return Error(fmt::format("type must be {}, but is {}", wanted, found));
}

}  // namespace

Value::Value(std::string text) : data_(std::move(text)) {}

Value::Value(Array elements) : data_(std::move(elements)) {}

Value::Value(std::initializer_list<Member> members) : data_(Object()) {
  Object& object = std::get<Object>(data_);
  object.reserve(members.size());
  for (const Member& member : members) object.emplace_back(member.name, std::move(member.value));
}

Value Value::object() {
  Value value;
  value.data_ = Object();
  return value;
}

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

const char* Value::type() const {
  constexpr std::array kNames = {"null",   "boolean", "number", "number",
                                 "number", "string",  "array",  "object"};
  return kNames[data_.index()];
}

template <class T>
T& Value::become(const char* what) {
  if (std::holds_alternative<std::nullptr_t>(data_)) data_ = T();
  T* const found = std::get_if<T>(&data_);
  if (found == nullptr) throw wrong_type(what, type());
  return *found;
}

const Value* Value::find(std::string_view name) const {
  const Object* const object = std::get_if<Object>(&data_);
  if (object == nullptr) return nullptr;
  const auto it =
      std::find_if(object->begin(), object->end(), [&](const auto& member) { return member.first == name; });
  return it == object->end() ? nullptr : &it->second;
}

const Value* Value::find_member(std::string_view name) const {
  if (!is_object()) throw wrong_type("object", type());
  return find(name);
}

Value& Value::operator[](std::string_view name) {
  if (const Value* const found = find(name)) return const_cast<Value&>(*found);
  return add(name, nullptr);
}

Value& Value::add(std::string_view name, Value value) {
  return become<Object>("object").emplace_back(name, std::move(value)).second;
}

void Value::erase(std::string_view name) {
  std::erase_if(become<Object>("object"), [&](const auto& member) { return member.first == name; });
}

void Value::push_back(Value value) {
  become<Array>("array").push_back(std::move(value));
}

bool Value::is_object() const {
  return std::holds_alternative<Object>(data_);
}

bool Value::is_string() const {
  return std::holds_alternative<std::string>(data_);
}

bool Value::is_boolean() const {
  return std::holds_alternative<bool>(data_);
}

bool Value::is_unsigned() const {
  return std::holds_alternative<uint64_t>(data_);
}

bool Value::contains(std::string_view name) const {
  return find(name) != nullptr;
}

const Value& Value::at(std::string_view name) const {
  const Value* const member = find_member(name);
  if (member == nullptr) throw Error(fmt::format("key '{}' not found", name));
  return *member;
}

Value& Value::at(std::string_view name) {
  return const_cast<Value&>(std::as_const(*this).at(name));
}

const Value::Array& Value::elements() const {
  if (const auto* array = std::get_if<Array>(&data_)) return *array;
  throw wrong_type("array", type());
}

const Value::Object& Value::members() const {
  if (const auto* object = std::get_if<Object>(&data_)) return *object;
  throw wrong_type("object", type());
}

template <>
bool Value::get<bool>() const {
  if (const bool* value = std::get_if<bool>(&data_)) return *value;
  throw wrong_type("boolean", type());
}

template <>
uint64_t Value::get<uint64_t>() const {
  if (const uint64_t* value = std::get_if<uint64_t>(&data_)) return *value;
  if (const int64_t* value = std::get_if<int64_t>(&data_)) return static_cast<uint64_t>(*value);
  if (const double* value = std::get_if<double>(&data_)) return static_cast<uint64_t>(*value);
  throw wrong_type("number", type());
}

template <>
double Value::get<double>() const {
  if (const double* value = std::get_if<double>(&data_)) return *value;
  if (const uint64_t* value = std::get_if<uint64_t>(&data_)) return static_cast<double>(*value);
  if (const int64_t* value = std::get_if<int64_t>(&data_)) return static_cast<double>(*value);
  throw wrong_type("number", type());
}

template <>
std::string Value::get<std::string>() const {
  if (const std::string* value = std::get_if<std::string>(&data_)) return *value;
  throw wrong_type("string", type());
}

template <>
Value Value::get<Value>() const {
  return *this;
}

std::string Value::dump(int indent) const {
  std::string text;
  write(text, indent, 0);
  return text;
}

void Value::write(std::string& text, int indent, size_t depth) const {
  const auto list = [&](const auto& parts, char open, char close, const auto& write_part) {
    text += open;
    for (const auto& part : parts) {
      if (&part != &parts.front()) text += ',';
      break_line(text, indent, depth + 1);
      write_part(part);
    }
    if (!parts.empty()) break_line(text, indent, depth);
    text += close;
  };
  if (const auto* array = std::get_if<Array>(&data_)) {
    list(*array, '[', ']', [&](const Value& one) { one.write(text, indent, depth + 1); });
  } else if (const auto* object = std::get_if<Object>(&data_)) {
    list(*object, '{', '}', [&](const auto& member) {
      text += scalar(member.first);
      text += indent >= 0 ? ": " : ":";
      member.second.write(text, indent, depth + 1);
    });
  } else {
    std::visit(
        [&](const auto& plain) {
          using Plain = std::decay_t<decltype(plain)>;
          if constexpr (!std::is_same_v<Plain, Array> && !std::is_same_v<Plain, Object>)
            text += scalar(plain);
        },
        data_);
  }
}

tl::expected<Value, std::string> Value::parse(std::string_view text) {
  try {
    return converted(Library::parse(text), 0);
  } catch (const std::exception& error) {  // Library's, or of the depth
    return tl::unexpected<std::string>(error.what());
  }
}

}  // namespace ptrd::json
