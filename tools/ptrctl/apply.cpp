// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrctl apply, ptrctl change.
#include "apply.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "changes.hpp"
#include "client.hpp"
#include "lib/program.hpp"
#include "show.hpp"

namespace ptrd::ctl {

namespace {

/// Sends a batch and prints what it did. Error: why it was refused.
tl::expected<void, std::string> send_batch(Client& client, const std::string& batch) {
  constexpr int kNoLimit = 0;  // a group before it may be large
  const auto response = client.ask({.command = "apply", .bytes = batch.size()}, kNoLimit, batch);
  if (!response) return tl::unexpected(response.error());
  if (!response->ok()) return tl::unexpected(response->error());
  const auto text = shown(client.path(), [&] { return show_applied(response->json()); });
  if (!text) return tl::unexpected(text.error());
  std::fputs(text->c_str(), stdout);
  std::fflush(stdout);
  return {};
}

change::SerialRule rule_of(const std::string& text) {
  return change::parse_serial_rule(text).value_or(change::SerialRule::increment);
}

}  // namespace

int run_apply(const std::string& socket, const ApplyOptions& options) {
  const bool standard_input = options.file == "-";
  std::ifstream opened;
  if (!standard_input) {
    opened.open(options.file);
    if (!opened) return fail(options.file + ": " + std::strerror(errno));
  }
  std::istream& input = standard_input ? std::cin : opened;
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what);
  ChangesReader reader(standard_input ? "standard input" : options.file, rule_of(options.serial));
  for (std::string line; !reader.ended() && std::getline(input, line);) {
    if (const auto ok = reader.take(line); !ok) return fail(ok.error());
    const auto batch = reader.batch();
    if (!batch) continue;
    if (const auto ok = send_batch(*client, *batch); !ok) return fail(reader.place() + ": " + ok.error());
  }
  if (input.bad()) return fail(options.file + ": " + std::strerror(errno));
  const auto ok = reader.finish();
  return ok ? kDone : fail(ok.error());
}

int run_change(const std::string& socket, const ChangeOptions& options) {
  using change::Op;
  const auto zone = wire::Name::from_text(options.zone);
  if (!zone) return fail("\"" + options.zone + "\" is not a zone's name: " + zone.error(), kUsage);
  const auto owner = owner_from_text(options.name, *zone);
  if (!owner) return fail(owner.error(), kUsage);
  std::string text;
  for (const std::string& word : options.record) text += word + ' ';
  const auto record = split_record(text);
  if (!record) return fail(record.error(), kUsage);
  const bool add = options.action != "remove";
  const bool has_data = record->data.find_first_not_of(' ') != std::string_view::npos;
  if (add && !has_data)
    return fail(
        "a type and data are needed; write ptrctl change ZONE " + options.action + " NAME [TTL] TYPE DATA",
        kUsage);
  std::vector<uint8_t> data;
  if (has_data) {
    auto encoded = data_from_text(*record->type, record->data);
    if (!encoded) return fail(encoded.error(), kUsage);
    data = *std::move(encoded);
  }
  constexpr uint32_t kDefaultTtl = 3600;  // as zone files have it without $TTL
  change::Builder changeset(*zone, std::nullopt, rule_of(options.serial));
  const uint16_t type = record->type.value_or(0);
  const bool soa = type == wire::code(wire::Type::soa);  // replaced by adding its successor
  if (options.action == "replace" && !soa) changeset.put({Op::remove_set, owner->bytes(), type});
  const Op op = add            ? Op::add
                : has_data     ? Op::remove_record
                : record->type ? Op::remove_set
                               : Op::remove_name;
  changeset.put({op, owner->bytes(), type, record->ttl.value_or(kDefaultTtl), data});
  const std::string batch = changeset.finish();
  const auto checked = change::decode_batch({reinterpret_cast<const uint8_t*>(batch.data()), batch.size()});
  if (!checked) return fail(checked.error(), kUsage);
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what);
  const auto ok = send_batch(*client, batch);
  return ok ? kDone : fail(ok.error());
}

}  // namespace ptrd::ctl
