// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/isp_files.hpp"

#include <fmt/format.h>  // format_to: clang does not find the one in libfmt

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>

#include "lib/records.hpp"

namespace ptrd::bench::isp {

using wire::AddressKey;
using wire::Family;

namespace {

constexpr size_t kFlushAt = 1 << 20;

/// Text on its way into a file.
class TextOut {
 public:
  explicit TextOut(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "we")) {
    good_ = file_ != nullptr;
  }
  std::string& text() { return text_; }
  void flush_if_long() {
    if (text_.size() >= kFlushAt) flush();
  }
  /// Bytes written. Error: the system's.
  tl::expected<uint64_t, std::string> close() {
    flush();
    good_ = good_ && std::fclose(file_.release()) == 0;
    if (!good_) return tl::unexpected(path_ + ": " + std::strerror(errno));
    return bytes_;
  }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  void flush() {
    good_ = good_ && std::fwrite(text_.data(), 1, text_.size(), file_.get()) == text_.size();
    bytes_ += text_.size();
    text_.clear();
  }

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::string text_;
  uint64_t bytes_ = 0;
  bool good_;
};

/// The labels `from` to `to` of a reverse name, counted from the tree's own, as text.
void put_labels(std::string& out, const AddressKey& key, size_t from, size_t to) {
  for (size_t i = to; i-- > from;) {
    if (key.family == Family::v4) {
      fmt::format_to(std::back_inserter(out), "{}", key.address[i]);
    } else {
      out += "0123456789abcdef"[key.nibble(i)];
    }
    if (i > from) out += '.';
  }
}

std::string_view tree_of(Family family) {
  return family == Family::v4 ? ".in-addr.arpa" : ".ip6.arpa";
}

/// Octets or nibbles in the name of a zone.
size_t units_of(Family family, ZoneSize size) {
  const size_t byte = size == ZoneSize::small ? 0 : size == ZoneSize::medium ? 1 : 2;
  return family == Family::v4 ? 3 - byte : 16 - 4 * byte;
}

void put_records(const Model& model, size_t block, size_t apex_units, TextOut& file, Written& written) {
  const Hosts hosts = model.hosts(block);
  std::string& text = file.text();
  for (unsigned host = 0; host < kHosts; ++host) {
    if (!hosts[host]) continue;
    const AddressKey key = model.key(block, host);
    put_labels(text, key, apex_units, key.units);
    fmt::format_to(std::back_inserter(text), " {} PTR ", model.ttl(block, host));
    model.append_target(block, host, text);
    text += '\n';
    ++written.records[static_cast<size_t>(model.kind(block, host))];
  }
}

size_t block_of(const Model& model, uint64_t record) {
  const auto& blocks = model.blocks();
  const auto behind =
      std::upper_bound(blocks.begin(), blocks.end(), record,
                       [](uint64_t number, const Block& b) { return number < b.first_record; });
  return static_cast<size_t>(std::distance(blocks.begin(), behind)) - 1;
}

/// Whether there is an address without a record in any block.
bool has_gaps(const Model& model) {
  return model.options().records < model.blocks().size() * kHosts;
}

}  // namespace

tl::expected<Written, std::string> write_zones(const Model& model, ZoneSize size, const std::string& folder) {
  Written written;
  const size_t each = static_cast<size_t>(size);
  const size_t units = units_of(model.options().family, size);
  const size_t blocks = model.blocks().size();
  for (size_t first = 0; first < blocks; first = (first / each + 1) * each) {
    const AddressKey key = model.key(first, 0);
    std::string apex;
    put_labels(apex, key, 0, units);
    apex += tree_of(key.family);
    TextOut file(folder + '/' + apex + ".zone");
    file.text() += fmt::format(
        "$ORIGIN {}.\n$TTL 3600\n@ SOA ns1.isp.example. hostmaster.isp.example. 1 7200 3600 1209600 900\n"
        "@ NS ns1.isp.example.\n@ NS ns2.isp.example.\n",
        apex);
    for (size_t block = first; block < std::min(blocks, (first / each + 1) * each); ++block) {
      put_records(model, block, units, file, written);
      file.flush_if_long();
    }
    const auto bytes = file.close();
    if (!bytes) return tl::unexpected(bytes.error());
    written.bytes += *bytes;
    ++written.zones;
  }
  return written;
}

tl::expected<void, std::string> write_questions(const Model& model, const Questions& questions,
                                                const std::string& path) {
  if (questions.hits < 1 && !has_gaps(model))
    return tl::unexpected<std::string>("no gaps between the records to query; use --hits 1, or more records");
  TextOut file(path);
  Picker pick_record(model.options().records, questions.seed);
  Picker pick_share(1U << 30, ~questions.seed);
  Picker pick_host(kHosts, questions.seed + 1);
  for (uint64_t made = 0; made < questions.count; ++made) {
    const bool hit = std::ldexp(static_cast<double>(pick_share()), -30) < questions.hits;
    size_t block = 0;
    Hosts hosts;
    uint64_t record = 0;
    do {  // a gap is looked for where there is one
      record = pick_record();
      block = block_of(model, record);
      hosts = model.hosts(block);
    } while (!hit && hosts.all());
    unsigned host = 0;
    if (hit) {
      // The record by its number within the block.
      for (uint64_t before = record - model.blocks()[block].first_record; !hosts[host] || before-- > 0;)
        ++host;
    } else {
      for (host = static_cast<unsigned>(pick_host()); hosts[host];) host = (host + 1) % kHosts;
    }
    const AddressKey key = model.key(block, host);
    put_labels(file.text(), key, 0, key.units);
    file.text() += tree_of(key.family);
    file.text() += ". PTR\n";
    file.flush_if_long();
  }
  const auto bytes = file.close();
  if (!bytes) return tl::unexpected(bytes.error());
  return {};
}

}  // namespace ptrd::bench::isp
