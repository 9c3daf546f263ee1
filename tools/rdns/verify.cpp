// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns verify: forward-confirmed reverse DNS (RFC 8601, "iprev").
#include <fmt/core.h>

#include <array>
#include <asio/io_context.hpp>
#include <fstream>
#include <functional>
#include <iostream>

#include "image_names.hpp"
#include "json.hpp"
#include "network.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/traverse.hpp"
#include "rdns/hints.hpp"
#include "rdns/verify/forward_map.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {

namespace {

using namespace client;
using namespace rdns;

/// Prints results as they come and counts them.
class Output {
 public:
  explicit Output(const VerifyOptions& options) : options_(options) {}

  void take(const Verification& verification) {
    ++counts_[static_cast<size_t>(verification.result)];
    if (options_.failures && verification.result == Iprev::pass) return;
    if (options_.json)
      fmt::print("{}\n", json_text(verification));
    else
      fmt::print("{}\n", line_of(verification));
  }

  /// Prints totals on stderr, if several addresses were verified; returns the exit status.
  int end() {
    (void)std::fflush(stdout);  // before the sums; whether it was written is seen at the end
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

  const VerifyOptions& options_;
  std::array<uint64_t, kIprevResults> counts_{};
};

/// Why a text is not an address.
std::string why_no_address(const std::string& text) {
  const auto hint = hint_for_address(text);
  return hint ? hint->what + "; give single addresses" : "'" + text + "' is not an IPv4 or IPv6 address";
}

/// Calls `take` for each address of the command line, then of the file. Error: an invalid one, and its place.
tl::expected<void, std::string> for_each_address(const VerifyOptions& options,
                                                 const std::function<void(const wire::AddressKey&)>& take) {
  for (const std::string& text : options.addresses) {
    const auto key = wire::key_of_address(text);
    if (!key) return tl::unexpected(why_no_address(text));
    take(*key);
  }
  if (options.file.empty()) return {};
  std::ifstream file;
  if (options.file != "-") file.open(options.file);
  std::istream& in = options.file == "-" ? std::cin : file;
  if (!in) return tl::unexpected(options.file + ": cannot be opened");
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const size_t start = line.find_first_not_of(" \t");
    if (start == line.npos || line[start] == '#' || line[start] == '\r') continue;
    const std::string text = line.substr(start, line.find_first_of(" \t\r#", start) - start);
    const auto key = wire::key_of_address(text);
    if (!key) return tl::unexpected(fmt::format("{}:{}: {}", options.file, number, why_no_address(text)));
    take(*key);
  }
  return {};
}

int verify_online(const VerifyOptions& options) {
  const auto server = find_resolver(options.network);
  if (!server) return fail(server.error(), options.network.resolver.empty() ? kFailed : kUsage);
  std::vector<wire::AddressKey> addresses;
  if (const auto read =
          for_each_address(options, [&](const wire::AddressKey& key) { addresses.push_back(key); });
      !read)
    return fail(read.error());
  asio::io_context context(1);
  Resolver resolver(context, *server, client_options(options.network));
  Output output(options);
  size_t next = 0;
  // At most as many at a time as queries may be outstanding, so that a file of any length takes little
  // memory.
  std::function<void()> start = [&] {
    if (next >= addresses.size()) return;
    verify(resolver, addresses[next++], options.max_names, [&](const Verification& verification) {
      output.take(verification);
      start();
    });
  };
  for (unsigned i = 0; i < options.network.parallel; ++i) start();
  context.run();
  return output.end();
}

int verify_offline(const VerifyOptions& options) {
  ForwardMap forward;
  for (const std::string& path : options.forward)
    if (const auto ok = forward.read(path); !ok) return fail(ok.error());
  const auto image = image::Image::open(options.image);
  if (!image) return fail(image.error());
  ImageNames names(image->view());
  Output output(options);
  const auto verify_one = [&](const wire::AddressKey& address, const std::vector<wire::Name>& targets) {
    Verification verification{.address = address, .names = targets};
    std::vector<Forward> forwards;
    for (size_t i = 0; i < std::min<size_t>(targets.size(), options.max_names); ++i)
      forwards.push_back(forward.find(targets[i], address));
    conclude(verification, forwards);
    output.take(verification);
  };
  if (options.addresses.empty() && options.file.empty()) {
    names.for_each(verify_one);
    return output.end();
  }
  const auto read =
      for_each_address(options, [&](const wire::AddressKey& key) { verify_one(key, names.targets_of(key)); });
  if (!read) return fail(read.error());
  return output.end();
}

}  // namespace

int run(const VerifyOptions& options) {
  const auto usage = [](const std::string& what) { return fail(what + "; see rdns verify --help", kUsage); };
  if (options.image.empty() != options.forward.empty()) return usage("use --image and --forward together");
  if (!options.image.empty()) return verify_offline(options);
  if (options.addresses.empty() && options.file.empty()) return usage("give an ADDRESS, or --file FILE");
  return verify_online(options);
}

}  // namespace ptrd::cli
