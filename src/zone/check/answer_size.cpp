// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/answer_size.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "answer/writer.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/data.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;

namespace {

constexpr size_t kQuestionRest = 4;  // type and class
constexpr size_t kPointer = 2;
constexpr size_t kOpt = 11;  // EDNS, as nearly every resolver uses (RFC 6891 6.1.2)

/// The octets of `key` that are not shared with `previous`, in whole labels. A label takes as many octets in
/// a sort key as in a name, except that octets 0 and 1 take two there; here they count as one or none.
size_t new_labels(std::string_view key, std::string_view previous) {
  const auto differs = std::mismatch(key.begin(), key.end(), previous.begin(), previous.end()).first;
  const std::string_view same = key.substr(0, static_cast<size_t>(differs - key.begin()));
  const size_t label = same.rfind('\0');
  const std::string_view fresh = key.substr(label == std::string_view::npos ? 0 : label + 1);
  return fresh.size() - static_cast<size_t>(std::count(fresh.begin(), fresh.end(), '\1'));
}

/// The least that a set of names takes in a message, if each label that they share, with each other or with
/// the question, is written once: a pointer for each name, and all different labels.
class CompactNames {
 public:
  explicit CompactNames(Bytes question) : question_(sort_key(question)) {}

  void add(Bytes name) {
    if (name[0] == 0) {
      ++size_;
      return;
    }
    size_ += kPointer;
    keys_.push_back(sort_key(name));
  }
  [[nodiscard]] size_t size() {
    // In this order each name's longest shared end is that with the name before it.
    keys_.push_back(question_);
    std::sort(keys_.begin(), keys_.end());
    size_t size = size_;
    std::string_view previous;
    for (const std::string& key : keys_) {
      const bool new_top = previous.substr(0, previous.find('\0')) != key.substr(0, key.find('\0'));
      // One name of each top-level domain ends with the root, an octet, instead of a pointer.
      if (new_top) --size;
      size += new_labels(key, previous);
      previous = key;
    }
    return size + (question_.empty() ? 0 : 1) - new_labels(question_, {});
  }

 private:
  std::string question_;
  std::vector<std::string> keys_;
  size_t size_ = 0;
};

size_t least_size(Bytes owner, uint16_t type, std::span<const Bytes> rdatas) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  CompactNames names(owner);
  size_t size = wire::kHeaderSize + owner.size() + kQuestionRest;
  std::set<std::string> seen;
  for (const Bytes rdata : rdatas) {
    if (!seen.insert(comparable(type, rdata)).second) continue;
    if (!layout.compressible) {
      size += full_record_size(rdata.size());
      continue;
    }
    size += full_record_size(size_t{layout.before} + layout.after);
    Bytes rest = rdata.subspan(layout.before);
    for (unsigned left = layout.names; left > 0; --left) {
      const Bytes name = rest.first(*wire::plain_name_size(rest, 0));
      names.add(name);
      rest = rest.subspan(name.size());
    }
  }
  return size + names.size();
}

/// Whether ptrd's answer has room: its own writer is tried.
bool has_room(Bytes owner, uint16_t type, std::span<const Bytes> rdatas, size_t size) {
  std::vector<uint8_t> buffer(size);
  const size_t question_end = wire::kHeaderSize + owner.size() + kQuestionRest;
  if (size < question_end) return false;
  std::copy(owner.begin(), owner.end(), buffer.begin() + wire::kHeaderSize);
  std::vector<uint8_t> records;
  for (const Bytes rdata : rdatas) {
    std::array<uint8_t, full_record_size(0)> head{};
    wire::store16(head.data(), wire::kQuestionPointer);
    wire::store16(&head[2], type);
    wire::store16(&head[10], static_cast<uint16_t>(rdata.size()));
    records.insert(records.end(), head.begin(), head.end());
    records.insert(records.end(), rdata.begin(), rdata.end());
  }
  answer::Budget endless(answer::Transport::tcp, 0);
  answer::MessageWriter writer(buffer, question_end, size, endless);
  uint16_t count = 0;
  return writer.add({.name = owner, .at = wire::kHeaderSize}, type, records, count);
}

}  // namespace

AnswerSize answer_size(Bytes owner, uint16_t type, std::span<const Bytes> rdatas, size_t others) {
  const size_t rest = others * full_record_size(kPointer);
  const size_t least = least_size(owner, type, rdatas) + rest;
  return {.least = least,
          .fits = least <= kMaxAnswer &&
                  has_room(owner, type, rdatas, kMaxAnswer - std::min(rest + kOpt, kMaxAnswer))};
}

}  // namespace ptrd::zone
