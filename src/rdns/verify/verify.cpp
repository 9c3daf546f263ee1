// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/verify/verify.hpp"

#include <algorithm>
#include <memory>

#include "client/join.hpp"

namespace ptrd::rdns {

namespace {

using wire::Type;

/// The second half: looks up the addresses of the names.
void confirm(client::Resolver& resolver, const std::shared_ptr<Verification>& verification,
             unsigned max_names, std::function<void(const Verification&)> handler) {
  const size_t count = std::min<size_t>(verification->names.size(), max_names);
  auto forwards = std::make_shared<std::vector<Forward>>(count, Forward::unknown);
  const auto join = std::make_shared<client::Join>([verification, forwards, handler = std::move(handler)] {
    conclude(*verification, *forwards);
    handler(*verification);
  });
  const wire::AddressKey address = verification->address;
  const Type type = address.family == wire::Family::v4 ? Type::a : Type::aaaa;
  for (size_t i = 0; i < count; ++i) {
    resolver.look_up({verification->names[i], type}, [=, arrive = join->one()](const client::Lookup& lookup) {
      const bool there =
          std::any_of(lookup.records.begin(), lookup.records.end(),
                      [&](const client::Record& record) { return record.address() == address; });
      (*forwards)[i] = there                                            ? Forward::matches
                       : lookup.state == client::Lookup::State::found   ? Forward::differs
                       : lookup.state == client::Lookup::State::nothing ? Forward::nothing
                                                                        : Forward::unknown;
      arrive();
    });
  }
  join->close();
}

}  // namespace

std::string_view to_text(Iprev result) {
  switch (result) {
    case Iprev::pass:
      return "pass";
    case Iprev::fail:
      return "fail";
    case Iprev::temperror:
      return "temperror";
    case Iprev::permerror:
      break;
  }
  return "permerror";
}

void conclude(Verification& verification, const std::vector<Forward>& forwards) {
  const auto any = [&](Forward what) {
    return std::find(forwards.begin(), forwards.end(), what) != forwards.end();
  };
  for (size_t i = 0; i < forwards.size(); ++i)
    if (forwards[i] == Forward::matches) verification.confirmed.push_back(verification.names[i]);
  if (verification.names.empty()) {
    verification.result = Iprev::permerror;
    verification.reason = "no PTR record";
  } else if (any(Forward::matches)) {
    verification.result = Iprev::pass;
  } else if (any(Forward::unknown)) {
    verification.result = Iprev::temperror;
    verification.reason = "no answer for the name's address";
    if (forwards.size() < verification.names.size())
      verification.reason += ", and only the first " + std::to_string(forwards.size()) + " of " +
                             std::to_string(verification.names.size()) + " names were looked up";
  } else {
    verification.result = Iprev::fail;
    verification.reason = any(Forward::differs) ? "the name has other addresses" : "the name has no address";
    if (forwards.size() < verification.names.size())
      verification.reason += ", and only the first " + std::to_string(forwards.size()) + " of " +
                             std::to_string(verification.names.size()) + " names were looked up";
  }
}

void verify(client::Resolver& resolver, const wire::AddressKey& address, unsigned max_names,
            std::function<void(const Verification&)> handler) {
  const client::Question question{wire::name_of_key(address), Type::ptr};
  resolver.look_up(
      question, [&resolver, address, max_names, handler = std::move(handler)](const client::Lookup& lookup) {
        auto verification = std::make_shared<Verification>(Verification{.address = address});
        if (lookup.state == client::Lookup::State::failed) {
          verification->reason = "no PTR answer: " + lookup.failure;
          return handler(*verification);
        }
        for (const client::Record& record : lookup.records) verification->names.push_back(record.target());
        confirm(resolver, verification, max_names, handler);
      });
}

}  // namespace ptrd::rdns
