// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

// JSON (RFC 8259) as the programs write and read it. nlohmann-json reads texts, and writes strings and
// numbers; as it takes many seconds to compile, value.cpp alone includes it.
namespace ptrd::json {

/// A value has not the expected form: a missing member, another type.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Member;

/// A value. Members of an object keep the order in which they were added; finding one takes time in
/// proportion to their number.
class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;

  Value() noexcept : data_(nullptr) {}
  Value(std::nullptr_t) noexcept : data_(nullptr) {}
  template <std::same_as<bool> Bool>
  Value(Bool value) noexcept : data_(value) {}
  template <std::signed_integral Signed>
  Value(Signed value) noexcept : data_(static_cast<int64_t>(value)) {}
  template <std::unsigned_integral Unsigned>
  requires(!std::same_as<Unsigned, bool>) Value(Unsigned value)
  noexcept : data_(static_cast<uint64_t>(value)) {}
  Value(double value) noexcept : data_(value) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(std::string text);
  /// An array of the elements of a container.
  template <class T>
  Value(const std::vector<T>& elements) : Value(Array(elements.begin(), elements.end())) {}
  Value(Array elements);
  /// An object: {{"name", value}, ...}.
  Value(std::initializer_list<Member> members);
  [[nodiscard]] static Value array() { return Array(); }
  [[nodiscard]] static Value object();

  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  /// The member, added as null if missing. Null becomes an object. Throws Error for other types.
  Value& operator[](std::string_view name);
  /// Adds a member, which the object must not have. Null becomes an object. Throws Error for other types.
  Value& add(std::string_view name, Value value);
  void erase(std::string_view name);
  /// Adds an element. Null becomes an array. Throws Error for other types.
  void push_back(Value value);

  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_string() const;
  [[nodiscard]] bool is_boolean() const;
  [[nodiscard]] bool is_unsigned() const;  // an integer, at least zero
  [[nodiscard]] bool contains(std::string_view name) const;

  /// bool, uint64_t, double or std::string; numbers are converted. Throws Error for other types.
  template <class T>
  [[nodiscard]] T get() const;
  /// A member of an object. Throws Error if it is missing, or this is no object.
  [[nodiscard]] const Value& at(std::string_view name) const;
  [[nodiscard]] Value& at(std::string_view name);
  /// A member of an object, or `otherwise` if it is missing. Throws Error if it is not a T, or this is no
  /// object.
  template <class T>
  [[nodiscard]] T value(std::string_view name, T otherwise) const {
    const Value* const member = find_member(name);
    return member == nullptr ? std::move(otherwise) : member->get<T>();
  }
  /// Throw Error for other types.
  [[nodiscard]] const Array& elements() const;
  [[nodiscard]] const Object& members() const;

  /// On one line, or indented by so many spaces for each level. What is not UTF-8 is replaced by U+FFFD, as
  /// file names may contain any octets.
  [[nodiscard]] std::string dump(int indent = -1) const;

  /// At most 100 levels of arrays and objects. Error: what is wrong, and where.
  [[nodiscard]] static tl::expected<Value, std::string> parse(std::string_view text);

 private:
  [[nodiscard]] const Value* find(std::string_view name) const;
  [[nodiscard]] const Value* find_member(std::string_view name) const;
  [[nodiscard]] const char* type() const;
  template <class T>
  [[nodiscard]] T& become(const char* what);
  void write(std::string& text, int indent, size_t depth) const;

  std::variant<std::nullptr_t, bool, int64_t, uint64_t, double, std::string, Array, Object> data_;
};

template <>
[[nodiscard]] bool Value::get<bool>() const;
template <>
[[nodiscard]] uint64_t Value::get<uint64_t>() const;
template <>
[[nodiscard]] double Value::get<double>() const;
template <>
[[nodiscard]] std::string Value::get<std::string>() const;
template <>
[[nodiscard]] Value Value::get<Value>() const;

/// A member in a list of them.
struct Member {
  std::string_view name;
  mutable Value value;  // moved out of lists, whose elements are const
};

}  // namespace ptrd::json
