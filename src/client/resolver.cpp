// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/resolver.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <fstream>
#include <memory>
#include <sstream>

#include "client/join.hpp"
#include "ptrd/wire/rcode.hpp"

namespace ptrd::client {

namespace {

using wire::Type;

ClientOptions for_resolver(ClientOptions options) {
  options.pace.per_server = options.pace.per_second;
  return options;
}

std::string key_of(const Question& question) {
  const wire::Name name = question.name.lowered();
  std::string key = std::to_string(static_cast<unsigned>(question.type)) + ' ';
  for (const uint8_t octet : name.bytes()) key += static_cast<char>(octet);
  return key;
}

Lookup read(const Answer& answer, const Question& question) {
  Lookup lookup{.canonical = question.name};
  if (answer.outcome != Outcome::reply) {
    lookup.failure = "no answer from the resolver";
    return lookup;
  }
  const Reply& reply = answer.reply;
  const bool usable = reply.is(wire::Rcode::noerror) || reply.is(wire::Rcode::nxdomain);
  if (!usable || reply.has(wire::flag::tc)) {
    lookup.failure =
        "the resolver says " + (usable ? "no more than can be sent" : wire::rcode_to_text(reply.rcode));
    return lookup;
  }
  const Found found = find_answer(reply, question);
  lookup.canonical = found.last;
  for (const Record* record : found.records) lookup.records.push_back(*record);
  for (const auto* section : {&reply.answer, &reply.authority})
    for (const Record& record : *section)
      if (record.is(Type::soa)) lookup.zone = record.owner;
  lookup.state = lookup.records.empty() ? Lookup::State::nothing : Lookup::State::found;
  return lookup;
}

}  // namespace

Resolver::Resolver(asio::io_context& context, const Endpoint& server, ClientOptions options)
    : client_(context, for_resolver(options)), server_(server) {}

void Resolver::look_up(const Question& question, Handler handler) {
  const std::string key = key_of(question);
  const auto [at, fresh] = entries_.try_emplace(key);
  Entry& entry = at->second;
  if (entry.known) {
    asio::post(client_.context(), [&entry, handler = std::move(handler)] { handler(*entry.known); });
    return;
  }
  entry.waiting.push_back(std::move(handler));
  if (!fresh) return;
  client_.ask(server_, question, {.recursion_desired = true}, Transport::either,
              [&entry, question](const Answer& answer) {
                entry.known = read(answer, question);
                for (const Handler& waiting : std::exchange(entry.waiting, {})) waiting(*entry.known);
              });
}

void Resolver::addresses(const wire::Name& name, bool v4, bool v6, Handler handler) {
  auto both = std::make_shared<Lookup>(Lookup{.state = Lookup::State::nothing, .canonical = name});
  const auto join = std::make_shared<Join>([both, handler = std::move(handler)] {
    if (!both->records.empty()) both->state = Lookup::State::found;
    handler(*both);
  });
  const auto one = [&](Type type) {
    look_up({name, type}, [both, arrive = join->one()](const Lookup& lookup) {
      both->records.insert(both->records.end(), lookup.records.begin(), lookup.records.end());
      if (!(lookup.canonical == both->canonical)) both->canonical = lookup.canonical;
      if (lookup.state == Lookup::State::failed) {
        both->state = Lookup::State::failed;
        both->failure = lookup.failure;
      }
      arrive();
    });
  };
  if (v4) one(Type::a);
  if (v6) one(Type::aaaa);
  join->close();
}

tl::expected<Endpoint, std::string> system_resolver(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string keyword;
    std::string address;
    if (words >> keyword >> address && keyword == "nameserver") {
      // A zone id after an address names an interface, which endpoint_of_text does not accept.
      if (const auto server = endpoint_of_text(address.substr(0, address.find('%')))) return *server;
    }
  }
  return tl::unexpected(path + ": no nameserver in it; give a resolver with --resolver ADDRESS");
}

}  // namespace ptrd::client
