// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Realistic and malformed record data: made from the fields of a type, then cut, lengthened or changed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "zone/rdata/fields.hpp"

namespace ptrd::zone::test {

class RandomRdata {
 public:
  explicit RandomRdata(unsigned seed) : random_(seed) {}

  using Data = std::vector<uint8_t>;

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  /// As the type's fields say; most of it makes sense.
  Data good(uint16_t type) {
    data_.clear();
    for (const Field field : rdata_fields(type)) put(field);
    return data_;
  }

  /// Valid data with an error, or any bytes.
  Data bad(uint16_t type) {
    Data data = good(type);
    switch (below(6)) {
      case 0:
        data.resize(below(static_cast<unsigned>(data.size()) + 1));
        break;
      case 1:
        for (unsigned i = below(4) + 1; i > 0; --i) data.push_back(octet());
        break;
      case 2:
        if (!data.empty()) data.erase(data.begin() + below(static_cast<unsigned>(data.size())));
        break;
      case 3:
        data = bytes(below(40));
        break;
      default:
        for (unsigned i = below(3) + 1; i > 0 && !data.empty(); --i)
          data[below(static_cast<unsigned>(data.size()))] = octet();
    }
    return data;
  }

 private:
  uint8_t octet() {
    static constexpr char kLikely[] =
        "\0\0\1\1\2\3\4\5\20\40\77\100\200\300\377aZ09.-_*/ \"\\;()@$+=,:~\177\t\n";
    return below(3) != 0 ? static_cast<uint8_t>(kLikely[below(sizeof kLikely - 1)])
                         : static_cast<uint8_t>(below(256));
  }
  Data bytes(unsigned count) {
    Data data(count);
    for (uint8_t& byte : data) byte = octet();
    return data;
  }
  void append(const Data& data) { data_.insert(data_.end(), data.begin(), data.end()); }
  void append_number(uint64_t number, unsigned size) {
    for (unsigned i = size; i > 0; --i) data_.push_back(static_cast<uint8_t>(number >> 8 * (i - 1)));
  }
  void append_counted(const Data& data) {
    data_.push_back(static_cast<uint8_t>(data.size()));
    append(data);
  }
  void append_name() {
    for (unsigned i = below(5); i > 0; --i) append_counted(bytes(below(8) == 0 ? 40 : 1 + below(6)));
    data_.push_back(0);
  }
  void append_types() {
    for (unsigned window = below(2); window < 256 && below(3) != 0; window += 1 + below(3) * 60) {
      Data bits = bytes(1 + below(32));
      if (bits.back() == 0) bits.back() = 1;
      if (window == 0) bits.front() &= 0x7F;  // there is no type 0
      data_.push_back(static_cast<uint8_t>(window));
      append_counted(bits);
    }
  }
  void append_parameters() {
    std::vector<unsigned> keys;
    for (unsigned key = below(4); key < 10; key += 1 + below(4)) keys.push_back(key);
    for (const unsigned key : keys) {
      Data outer;
      outer.swap(data_);
      append_value(key, keys);
      outer.swap(data_);
      append_number(key, 2);
      append_number(outer.size(), 2);
      append(outer);
    }
  }
  void append_value(unsigned key, const std::vector<unsigned>& keys) {
    switch (key) {
      case 0:
        for (const unsigned other : keys)
          if (other > 0 && below(2) != 0) append_number(other, 2);
        break;
      case 1:
        for (unsigned i = 1 + below(3); i > 0; --i) append_counted(bytes(1 + below(5)));
        break;
      case 2:
        break;
      case 3:
        append(bytes(2));
        break;
      case 4:
        append(bytes(4 * (1 + below(2))));
        break;
      case 6:
        append(bytes(16 * (1 + below(2))));
        break;
      default:
        append(bytes(below(6)));
    }
  }
  void append_location() {
    data_.push_back(0);
    for (unsigned i = 0; i < 3; ++i) data_.push_back(static_cast<uint8_t>(below(10) << 4 | below(10)));
    append_number((1U << 31) - 324'000'000U + below(648'000'001U), 4);
    append_number((1U << 31) - 648'000'000U + below(1'296'000'001U), 4);
    append(bytes(4));
  }
  void append_prefixes() {
    for (unsigned i = below(3); i > 0; --i) {
      const bool v4 = below(2) != 0;
      append_number(v4 ? 1 : 2, 2);
      data_.push_back(static_cast<uint8_t>(below(v4 ? 33 : 129)));
      Data octets = bytes(below(v4 ? 5 : 17));
      while (!octets.empty() && octets.back() == 0) octets.pop_back();
      data_.push_back(static_cast<uint8_t>(below(2) << 7 | octets.size()));
      append(octets);
    }
  }
  void append_gateway() {
    const unsigned type = below(4);
    const unsigned algorithm = below(3);
    data_.push_back(static_cast<uint8_t>(type));
    data_.push_back(static_cast<uint8_t>(algorithm));
    if (type == 3)
      append_name();
    else
      append(bytes(type == 0 ? 0 : type == 1 ? 4 : 16));
    if (algorithm > 0) append(bytes(1 + below(9)));
  }

  void append_relay() {
    const unsigned type = below(4);
    data_.push_back(static_cast<uint8_t>(below(2) << 7 | type));
    if (type == 3)
      append_name();
    else
      append(bytes(type == 0 ? 0 : type == 1 ? 4 : 16));
  }
  void append_host_identity() {
    const Data tag = bytes(1 + below(20));
    const Data key = bytes(1 + below(30));
    append_number(tag.size(), 1);
    append(bytes(1));
    append_number(key.size(), 2);
    append(tag);
    append(key);
  }
  void append_services() {
    data_.push_back(octet());
    Data bits = bytes(below(40));
    while (!bits.empty() && bits.back() == 0) bits.pop_back();
    append(bits);
  }

  void put(Field field) {
    switch (field) {
      case Field::u8:
      case Field::scheme:
        return append(bytes(1));
      case Field::u16:
      case Field::type:
        return append(bytes(2));
      case Field::u32:
      case Field::ipv4:
        return append(bytes(4));
      case Field::time:
        return append_number(below(1U << 31), 4);
      case Field::name:
        return append_name();
      case Field::ipv6:
        return append(bytes(16));
      case Field::eui48:
        return append(bytes(6));
      case Field::eui64:
      case Field::locator64:
        return append(bytes(8));
      case Field::string:
      case Field::salt:
        return append_counted(bytes(below(9)));
      case Field::tag:
        return append_counted(bytes(1 + below(9)));
      case Field::hash:
        return append_counted(bytes(5 * (1 + below(4))));
      case Field::maybe_string:
        if (below(2) != 0) append_counted(bytes(below(9)));
        return;
      case Field::names:
        for (unsigned i = below(3); i > 0; --i) append_name();
        return;
      case Field::relay:
        return append_relay();
      case Field::hip:
        return append_host_identity();
      case Field::services:
        return append_services();
      case Field::location:
        return append_location();
      case Field::gateway:
        return append_gateway();
      case Field::strings:
        for (unsigned i = 1 + below(3); i > 0; --i) append_counted(bytes(below(9)));
        return;
      case Field::text:
        return append(bytes(below(20)));
      case Field::hex:
      case Field::base64:
      case Field::nsap:
        return append(bytes(1 + below(20)));
      case Field::types:
        return append_types();
      case Field::prefixes:
        return append_prefixes();
      case Field::parameters:
        return append_parameters();
    }
  }

  std::mt19937 random_;
  Data data_;
};

}  // namespace ptrd::zone::test
