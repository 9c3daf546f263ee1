// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrctl compact.
#include "compact.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <exception>

#include "change/apply/compact.hpp"
#include "client.hpp"
#include "image/build/builder.hpp"
#include "lib/program.hpp"
#include "show.hpp"

namespace ptrd::ctl {

namespace {

/// What ptrd says of the image in service.
struct Begun {
  std::string image;
  std::string journal;
  uint64_t journal_bytes;
};
tl::expected<Begun, std::string> begin(Client& client) try {
  constexpr int kSeconds = 10;
  const auto response = client.ask({.command = "compact"}, kSeconds);
  if (!response) return tl::unexpected(response.error());
  if (!response->ok()) return tl::unexpected(response->error());
  const Json& json = response->json();
  return Begun{json.at("image").get<std::string>(), json.at("journal").get<std::string>(),
               json.at("journal_bytes").get<uint64_t>()};
} catch (const std::exception& error) {  // of the JSON library
  return tl::unexpected(std::string("a response that is not as expected, from another version? ") +
                        error.what());
}

}  // namespace

int run_compact(const std::string& socket, const CompactOptions&) {
  // Workers and their clients must not notice.
  (void)::setpriority(PRIO_PROCESS, 0, 19);
  auto client = Client::connect(socket);
  if (!client) return fail(client.error().what);
  const auto begun = begin(*client);
  if (!begun) return fail(begun.error());
  const std::string fresh = begun->image + ".compact";
  {
    const auto image = image::Image::open(begun->image);
    if (!image) return fail(image.error());
    const auto lines = change::compact(image->view(), begun->journal, begun->journal_bytes);
    if (!lines) return fail(lines.error());
    if (const auto ok = image::write_file(fresh, *lines); !ok) return fail(ok.error());
  }
  const auto response = client->ask({.command = "compact", .image = fresh}, 0);
  if (!response || !response->ok()) {
    (void)::unlink(fresh.c_str());
    return fail(response ? response->error() : response.error());
  }
  const auto text = shown(socket, [&] { return show_swap(response->json()); });
  if (!text) return fail(text.error());
  std::fputs(text->c_str(), stdout);
  return kDone;
}

}  // namespace ptrd::ctl
