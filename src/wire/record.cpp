// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/record.hpp"

#include "ptrd/wire/rdata.hpp"

namespace ptrd::wire {

std::optional<MessageQuestion> MessageReader::question() {
  MessageQuestion question;
  const auto behind = read_name(message_, at_, question.name);
  Cursor cursor(message_, behind.value_or(message_.size()));
  question.type = cursor.u16();
  question.rclass = cursor.u16();
  at_ = cursor.position();
  if (!cursor.ok()) return std::nullopt;
  return question;
}

std::optional<MessageRecord> MessageReader::record() {
  MessageRecord record;
  const auto behind = read_name(message_, at_, record.owner);
  const auto fields = behind ? read_record_fields(message_, *behind) : std::nullopt;
  at_ = fields ? fields->end : message_.size();
  if (!fields) return std::nullopt;
  static_cast<RecordFields&>(record) = *fields;
  return record;
}

std::optional<std::vector<uint8_t>> MessageReader::plain_rdata(const RecordFields& record) const {
  const RdataLayout layout = rdata_layout(record.type);
  const Bytes within = message_.first(record.end);
  size_t at = record.end - record.rdata.size();
  std::vector<uint8_t> data;
  const auto put = [&](Bytes bytes) { data.insert(data.end(), bytes.begin(), bytes.end()); };
  if (layout.names > 0) {
    if (record.rdata.size() < layout.before) return std::nullopt;
    put(within.subspan(at, layout.before));
    at += layout.before;
    for (unsigned i = 0; i < layout.names; ++i) {
      Name name;
      // At the data's end a name would be read from nowhere.
      const auto behind = at < record.end ? read_name(within, at, name) : std::nullopt;
      if (!behind) return std::nullopt;
      at = *behind;
      put(name.bytes());
    }
  }
  put(within.subspan(at));
  return data;
}

}  // namespace ptrd::wire
