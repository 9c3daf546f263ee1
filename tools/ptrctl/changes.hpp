// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "change/changeset.hpp"
#include "ptrd/wire/name.hpp"

// Changes as text: what `ptrzone diff --changes` writes and nsupdate reads. Free of input and output.
namespace ptrd::ctl {

/// Reads changes line by line, in the part of nsupdate's language that is about records:
///
///     ; comment
///     zone NAME
///     ttl SECONDS
///     [update] add NAME [TTL] [IN] TYPE DATA
///     [update] del[ete] NAME [TTL] [IN] [TYPE [DATA]]
///     send
///
/// An empty line is `send`, `quit` ends. All names are absolute, with or without the final dot. Beyond
/// nsupdate, several zones may be in one batch; and a SOA record that is deleted says which serial the zone
/// must have.
class ChangesReader {
 public:
  /// `name` is the file's in errors; `rule` is for zones whose changes bring no SOA record.
  ChangesReader(std::string name, change::SerialRule rule) : name_(std::move(name)), rule_(rule) {}

  /// Takes the next line, without its end. Error: `file:line: ` and what is wrong.
  [[nodiscard]] tl::expected<void, std::string> take(std::string_view line);
  /// After a line that ends a batch, its changesets (change::decode_batch takes them); empty otherwise.
  [[nodiscard]] std::optional<std::string> batch() { return std::exchange(batch_, std::nullopt); }
  /// Whether a `quit` was read.
  [[nodiscard]] bool ended() const { return ended_; }
  /// After the last line. Error: there are changes that no `send` follows.
  [[nodiscard]] tl::expected<void, std::string> finish() const;
  /// The place of the line that was read last: `file:line`.
  [[nodiscard]] std::string place() const { return name_ + ":" + std::to_string(line_); }

 private:
  using Done = tl::expected<void, std::string>;
  [[nodiscard]] Done on_command(std::string_view line);
  [[nodiscard]] Done on_zone(std::string_view line);
  [[nodiscard]] Done on_ttl(std::string_view line);
  [[nodiscard]] Done on_update(std::string_view line, bool add);
  [[nodiscard]] Done on_send();

  std::string name_;
  change::SerialRule rule_;
  uint64_t line_ = 0;
  std::optional<uint32_t> ttl_;  // for records without one
  std::optional<wire::Name> zone_;
  std::vector<change::Builder> changesets_;  // of the batch; the last one is for `zone_`
  bool open_ = false;                        // whether it is
  size_t bytes_ = 0;                         // of the changesets before it
  std::optional<std::string> batch_;
  bool ended_ = false;
};

/// A record's fields as words of text: `[TTL] [IN] [TYPE [DATA]]`.
struct RecordText {
  std::optional<uint32_t> ttl;
  std::optional<uint16_t> type;
  std::string_view data;  // as it is in the text, with comments
};
[[nodiscard]] tl::expected<RecordText, std::string> split_record(std::string_view text);

/// The data of a record from zone text, names in it absolute. Error: a sentence fragment.
[[nodiscard]] tl::expected<std::vector<uint8_t>, std::string> data_from_text(uint16_t type,
                                                                             std::string_view data);

/// The owner of a change that `ptrctl change` names: an address, `@` for the apex, an absolute name, or one
/// relative to the zone; a name that ends with the zone's is taken as absolute without its final dot. Error:
/// a sentence fragment.
[[nodiscard]] tl::expected<wire::Name, std::string> owner_from_text(std::string_view text,
                                                                    const wire::Name& zone);

}  // namespace ptrd::ctl
