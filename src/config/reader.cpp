// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/config.hpp"

#include <fmt/core.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "config/values.hpp"
#include "port/descriptor.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/regular_file.hpp"

namespace ptrd::config {

namespace {

constexpr size_t kMaxFile = 1 << 20;

/// A key of the file: how its value is taken, and compared.
struct Key {
  std::string name;
  bool live;  // can change at run time
  std::function<Fault(const YAML::Node&, Config&)> take;
  std::function<bool(const Config&, const Config&)> same;
};

constexpr bool kLive = true;

/// `access` leads to the member; `take` and what follows it read the value.
template <class Access, class Take, class... Rest>
Key key(const char* name, Access access, Take take, Rest... rest) {
  return {name, false,
          [=](const YAML::Node& node, Config& config) { return take(node, access(config), rest...); },
          [=](const Config& a, const Config& b) { return access(a) == access(b); }};
}

template <class Access>
Key number(const char* name, Access access, uint64_t least, uint64_t most) {
  const auto take = [=](const YAML::Node& node, auto& target) {
    uint64_t value = 0;
    auto fault = take_number(node, value, least, most);
    if (fault.empty()) target = static_cast<std::remove_reference_t<decltype(target)>>(value);
    return fault;
  };
  return key(name, access, take);
}

Key live(Key key) {
  key.live = kLive;
  return key;
}

#define PTRD_MEMBER(path)     \
  [](auto& config) -> auto& { \
    return config.path;       \
  }

const std::vector<Key>& keys() {
  constexpr uint64_t kMany = 1'000'000;
  static const std::vector<Key> kKeys = {
      live(key("image", PTRD_MEMBER(image), take_text, any_text)),
      number("image-size", PTRD_MEMBER(image_size), 0, kMaxImageSize),
      key("watch-image", PTRD_MEMBER(watch_image), take_bool),
      key("listen", PTRD_MEMBER(listen), take_texts, socket_address),
      number("socket-threads", PTRD_MEMBER(socket_threads), 0, 256),
      number("tcp.threads", PTRD_MEMBER(tcp.threads), 0, service::kMaxTcpThreads),
      number("tcp.connections", PTRD_MEMBER(tcp.connections), 1, kMany),
      number("tcp.per-prefix", PTRD_MEMBER(tcp.per_prefix), 1, kMany),
      number("tcp.messages", PTRD_MEMBER(tcp.messages), 0, std::numeric_limits<uint64_t>::max()),
      key("tcp.lifetime", PTRD_MEMBER(tcp.lifetime), take_seconds),
      key("tcp.idle", PTRD_MEMBER(tcp.idle), take_seconds),
      key("tcp.query", PTRD_MEMBER(tcp.query), take_seconds),
      key("tcp.reply", PTRD_MEMBER(tcp.reply), take_seconds),
      number("tcp.memory", PTRD_MEMBER(tcp.memory), 1 << 20, uint64_t{1} << 40),
      key("dpdk.device", PTRD_MEMBER(dpdk.device), take_text, any_text),
      key("dpdk.exception", PTRD_MEMBER(dpdk.exception), take_text, exception_name),
      number("dpdk.mbufs", PTRD_MEMBER(dpdk.mbufs), 0, kMaxMbufs),
      key("dpdk.eal", PTRD_MEMBER(dpdk.eal), take_texts, any_text),
      key("xdp.interface", PTRD_MEMBER(xdp.interface), take_text, any_text),
      key("xdp.kernel-answers", PTRD_MEMBER(xdp.kernel_answers), take_kernel_answers),
      key("xdp.keep", PTRD_MEMBER(xdp.keep), take_bool),
      key("auto", PTRD_MEMBER(automatic), take_text, any_text),
      key("lcores", PTRD_MEMBER(lcores), take_text, cpu_list),
      key("idle", PTRD_MEMBER(idle.idle), take_idle),
      number("idle-polls", PTRD_MEMBER(idle.empty_polls), 1, UINT32_MAX),
      key("addresses", PTRD_MEMBER(addresses), take_texts, any_text),
      key("server-id", PTRD_MEMBER(server_id), take_text, short_text(answer::kMaxServerId)),
      key("server-version", PTRD_MEMBER(server_version), take_text, short_text(answer::kMaxServerVersion)),
      number("udp-payload", PTRD_MEMBER(udp_payload), kMinUdpPayload, kMaxUdpPayload),
      key("control.socket", PTRD_MEMBER(control.socket), take_text, any_text),
      key("control.group", PTRD_MEMBER(control.group), take_text, any_text),
      key("metrics.listen", PTRD_MEMBER(metrics.listen), take_text, metrics_address),
      live(key("log-level", PTRD_MEMBER(log_level), take_log_level)),
      key("stats-json", PTRD_MEMBER(stats_json), take_text, any_text),
  };
  return kKeys;
}
#undef PTRD_MEMBER

/// Single characters to insert, remove or change to make one text of the other (Levenshtein).
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row[b.size()];
}

/// The known name most like `name`, a section's ("tcp") included.
std::string nearest(const std::string& name) {
  std::string best;
  size_t least = std::numeric_limits<size_t>::max();
  const auto consider = [&](const std::string& known, const std::string& compared) {
    if (const size_t d = distance(name, compared); d < least) {
      least = d;
      best = known;
    }
  };
  for (const Key& key : keys()) {
    const size_t dot = key.name.find('.');
    consider(key.name, key.name);
    if (dot == std::string::npos) continue;
    consider(key.name.substr(0, dot), key.name.substr(0, dot));
    consider(key.name, key.name.substr(dot + 1));
  }
  return best;
}

bool is_section(const std::string& name) {
  return std::any_of(keys().begin(), keys().end(),
                     [&](const Key& key) { return key.name.starts_with(name + "."); });
}

/// Reads one file.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  tl::expected<Config, std::string> read(const std::string& text) {
    // yaml-cpp would end there, and say nothing.
    if (const size_t nul = text.find('\0'); nul != std::string::npos)
      return tl::unexpected(
          fmt::format("{}:{}: a zero byte; is this the configuration?", name_,
                      1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(nul), '\n')));
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(text);
      if (documents.size() > 1)
        return tl::unexpected(at(documents[1].Mark()) + "a second document, where one is read");
      Config config;
      if (!documents.empty() && !documents[0].IsNull()) {
        if (!documents[0].IsMap())
          return tl::unexpected(at(documents[0].Mark()) + "keys are wanted here, as in \"image: FILE\"");
        if (!section("", documents[0], config)) return tl::unexpected(error_);
      }
      if (const auto conflict = find_conflict(config))
        return tl::unexpected(at(marks_[conflict->key]) + conflict->key + ": " + conflict->what);
      return config;
    } catch (const YAML::Exception& error) {
      return tl::unexpected(at(error.mark) + "no YAML: " + error.msg);
    }
  }

 private:
  [[nodiscard]] std::string at(const YAML::Mark& mark) const {
    return mark.is_null() ? name_ + ": " : fmt::format("{}:{}:{}: ", name_, mark.line + 1, mark.column + 1);
  }
  bool fail(const YAML::Mark& mark, const std::string& what) {
    error_ = at(mark) + what;
    return false;
  }

  bool section(const std::string& prefix, const YAML::Node& map, Config& config) {
    for (const auto& entry : map) {
      const YAML::Mark mark = entry.first.Mark();
      if (!entry.first.IsScalar()) return fail(mark, "a key must be a word");
      const std::string name = prefix + entry.first.Scalar();
      if (entry.first.Scalar().find('.') != std::string::npos)
        return fail(mark, "unknown key " + name + "; the nearest known one is " + nearest(name) +
                              ", where each point begins a level of its own");
      if (!marks_.emplace(name, mark).second)
        return fail(mark, name + " stands here a second time; remove one");
      if (!take(name, mark, entry.second, config)) return false;
    }
    return true;
  }

  /// In a list the item that is wrong by itself.
  static YAML::Mark place_of_fault(const Key& key, const YAML::Node& value, const YAML::Mark& whole) {
    if (!value.IsSequence()) return whole;
    Config ignored;
    for (const YAML::Node& item : value) {
      if (!key.take(item, ignored).empty()) return item.Mark();
    }
    return whole;
  }

  bool take(const std::string& name, const YAML::Mark& mark, const YAML::Node& value, Config& config) {
    const auto key =
        std::find_if(keys().begin(), keys().end(), [&](const Key& one) { return one.name == name; });
    // Of an empty value yaml-cpp knows no place.
    const YAML::Mark place = value.IsNull() ? mark : value.Mark();
    if (key != keys().end()) {
      const Fault fault = key->take(value, config);
      return fault.empty() || fail(place_of_fault(*key, value, place), name + ": " + fault);
    }
    if (!is_section(name) || name.find('.') != std::string::npos)
      return fail(mark, "unknown key " + name + "; the nearest known one is " + nearest(name));
    if (value.IsNull()) return true;
    if (!value.IsMap()) return fail(place, name + ": keys are wanted below it");
    return section(name + ".", value, config);
  }

  std::string name_;
  std::string error_;
  std::map<std::string, YAML::Mark> marks_;
};

}  // namespace

tl::expected<Config, std::string> parse_config(const std::string& text, const std::string& name) {
  return Reader(name).read(text);
}

tl::expected<Config, std::string> read_config(const std::string& path) {
  // Nothing that could make it wait: a running ptrd reads it again on SIGHUP.
  const auto opened = image::open_regular_file(path);
  if (!opened) return tl::unexpected(path + ": " + opened.error().why);
  const port::Descriptor file(*opened);
  std::string text(kMaxFile + 1, '\0');
  size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size(); size += static_cast<size_t>(got)) {
    got = ::read(file.get(), &text[size], text.size() - size);
    if (got < 0) return tl::unexpected(path + ": cannot be read: " + std::strerror(errno));
  }
  text.resize(size);
  if (text.size() > kMaxFile) return tl::unexpected(path + ": larger than 1 MiB; is it the configuration?");
  return parse_config(text, path);
}

std::vector<std::string> config_keys() {
  std::vector<std::string> names;
  for (const Key& key : keys()) names.push_back(key.name);
  return names;
}

std::vector<std::string> changed_keys(const Config& now, const Config& next, bool live) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.live == live && !key.same(now, next)) names.push_back(key.name);
  }
  return names;
}

}  // namespace ptrd::config
