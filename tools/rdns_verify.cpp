// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns verify: forward-confirmed reverse DNS (RFC 8601, "iprev").
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "ptrd/image/image.hpp"
#include "ptrd/image/traverse.hpp"
#include "rdns.hpp"
#include "rdns/live/forward_map.hpp"
#include "rdns_image_names.hpp"
#include "rdns_network.hpp"

namespace ptrd::cli {

namespace {

using namespace rdns::live;

struct VerifyCommand {
  std::vector<std::string> addresses;
  std::string file;
  std::string image;
  std::vector<std::string> forward;
  unsigned max_names = kMaxNames;
  bool json = false;
  bool failures = false;
  NetworkOptions network;
};

/// Prints results as they come and counts them.
class Output {
 public:
  explicit Output(const VerifyCommand& command) : command_(command) {}

  void take(const Verification& verification) {
    ++counts_[static_cast<size_t>(verification.result)];
    if (command_.failures && verification.result == Iprev::pass) return;
    if (command_.json)
      fmt::print("{}\n", json_of(verification).dump());
    else
      fmt::print("{}\n", line_of(verification));
  }

  /// The sums on stderr, where many addresses were verified; the exit status.
  int end() {
    if (std::fflush(stdout) != 0) return fail("cannot write the output");
    const auto count = [&](Iprev result) { return counts_[static_cast<size_t>(result)]; };
    const uint64_t others = count(Iprev::fail) + count(Iprev::temperror) + count(Iprev::permerror);
    if (count(Iprev::pass) + others > 1)
      fmt::print(stderr, "{} pass, {} fail, {} temperror, {} permerror\n", count(Iprev::pass),
                 count(Iprev::fail), count(Iprev::temperror), count(Iprev::permerror));
    return others == 0 ? kDone : kFailed;
  }

 private:
  static std::string line_of(const Verification& verification) {
    std::string names;
    const auto& shown = verification.result == Iprev::pass ? verification.confirmed : verification.names;
    for (const wire::Name& name : shown) names += " " + name.to_text();
    return fmt::format("{} {}{}{}", wire::address_of_key(verification.address), to_text(verification.result),
                       names, verification.reason.empty() ? "" : " (" + verification.reason + ")");
  }

  static nlohmann::ordered_json json_of(const Verification& verification) {
    nlohmann::ordered_json json = {{"address", wire::address_of_key(verification.address)},
                                   {"iprev", to_text(verification.result)},
                                   {"names", nlohmann::ordered_json::array()},
                                   {"confirmed", nlohmann::ordered_json::array()}};
    for (const wire::Name& name : verification.names) json["names"].push_back(name.to_text());
    for (const wire::Name& name : verification.confirmed) json["confirmed"].push_back(name.to_text());
    if (!verification.reason.empty()) json["reason"] = verification.reason;
    return json;
  }

  const VerifyCommand& command_;
  std::array<uint64_t, kIprevResults> counts_{};
};

/// Calls `take` for each address of the command line, then of the file. Error: one that is none, where.
tl::expected<void, std::string> for_each_address(const VerifyCommand& command,
                                                 const std::function<void(const wire::AddressKey&)>& take) {
  for (const std::string& text : command.addresses) {
    const auto key = wire::key_of_address(text);
    if (!key) return tl::unexpected("'" + text + "' is no IPv4 or IPv6 address");
    take(*key);
  }
  if (command.file.empty()) return {};
  std::ifstream file;
  if (command.file != "-") file.open(command.file);
  std::istream& in = command.file == "-" ? std::cin : file;
  if (!in) return tl::unexpected(command.file + ": cannot be opened");
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const size_t start = line.find_first_not_of(" \t");
    if (start == line.npos || line[start] == '#' || line[start] == '\r') continue;
    const std::string text = line.substr(start, line.find_first_of(" \t\r#", start) - start);
    const auto key = wire::key_of_address(text);
    if (!key)
      return tl::unexpected(
          fmt::format("{}:{}: '{}' is no IPv4 or IPv6 address", command.file, number, text));
    take(*key);
  }
  return {};
}

int verify_online(const VerifyCommand& command) {
  const auto server = command.network.find_resolver();
  if (!server) return fail(server.error(), command.network.resolver.empty() ? kFailed : kUsage);
  std::vector<wire::AddressKey> addresses;
  if (const auto read =
          for_each_address(command, [&](const wire::AddressKey& key) { addresses.push_back(key); });
      !read)
    return fail(read.error());
  asio::io_context context(1);
  Resolver resolver(context, *server, command.network.client());
  Output output(command);
  size_t next = 0;
  // As many at a time as queries may wait, so that a file of any length takes little memory.
  std::function<void()> start = [&] {
    if (next >= addresses.size()) return;
    verify(resolver, addresses[next++], command.max_names, [&](const Verification& verification) {
      output.take(verification);
      start();
    });
  };
  for (unsigned i = 0; i < command.network.parallel; ++i) start();
  context.run();
  return output.end();
}

int verify_offline(const VerifyCommand& command) {
  ForwardMap forward;
  for (const std::string& path : command.forward)
    if (const auto ok = forward.read(path); !ok) return fail(ok.error());
  const auto image = image::Image::open(command.image);
  if (!image) return fail(image.error());
  const ImageNames names(image->view());
  Output output(command);
  const auto verify_one = [&](const wire::AddressKey& address, const std::vector<wire::Name>& targets) {
    Verification verification{.address = address, .names = targets};
    std::vector<Forward> forwards;
    for (size_t i = 0; i < std::min<size_t>(targets.size(), command.max_names); ++i)
      forwards.push_back(forward.find(targets[i], address));
    conclude(verification, forwards);
    output.take(verification);
  };
  if (command.addresses.empty() && command.file.empty()) {
    names.for_each(verify_one);
    return output.end();
  }
  const auto read =
      for_each_address(command, [&](const wire::AddressKey& key) { verify_one(key, names.targets_of(key)); });
  if (!read) return fail(read.error());
  return output.end();
}

int run_verify(const VerifyCommand& command) {
  const auto usage = [](const std::string& what) { return fail(what + "; see rdns verify --help", kUsage); };
  if (command.image.empty() != command.forward.empty()) return usage("--image and --forward go together");
  if (!command.image.empty()) return verify_offline(command);
  if (command.addresses.empty() && command.file.empty()) return usage("an ADDRESS is wanted, or --file FILE");
  return verify_online(command);
}

}  // namespace

Command verify_command(CLI::App& app) {
  auto command = std::make_shared<VerifyCommand>();
  CLI::App* sub = app.add_subcommand("verify", "PTR, then the address of the name: forward-confirmed or not");
  sub->add_option("ADDRESS", command->addresses, "IPv4 and IPv6 addresses");
  sub->add_option("--file", command->file, "one address a line; -: from standard input");
  sub->add_option("--image", command->image,
                  "PTR records from an image, nobody is asked; all of its addresses");
  sub->add_option("--forward", command->forward,
                  "with --image: addresses of names, a record a line (ptrzone dump)")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sub->add_option("--max-names", command->max_names, "names of an address that are looked up")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  sub->add_flag("--failures", command->failures, "print only what does not pass");
  sub->add_flag("--json", command->json, "a JSON object a line");
  command->network.add_to(*sub);
  return {sub, [command] { return run_verify(*command); }};
}

}  // namespace ptrd::cli
