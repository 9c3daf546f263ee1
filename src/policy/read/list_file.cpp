// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/read/list_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "policy/read/prefix_text.hpp"
#include "ptrd/image/regular_file.hpp"

namespace ptrd::policy {

namespace {

using Error = tl::unexpected<std::string>;

constexpr size_t kMaxLine = 4096;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// The line without its comment and the blanks around it.
std::string_view content(std::string_view line) {
  line = line.substr(0, line.find_first_of("#;"));
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

std::string_view first_word(std::string_view& line) {
  size_t size = 0;
  while (size < line.size() && !is_blank(line[size])) ++size;
  const std::string_view word = line.substr(0, size);
  while (size < line.size() && is_blank(line[size])) ++size;
  line.remove_prefix(size);
  return word;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

tl::expected<void, std::string> read_list(const std::string& path,
                                          const std::function<std::string(std::string_view)>& take) {
  const auto opened = image::open_regular_file(path);
  if (!opened) return Error(path + ": " + opened.error().why);
  const File file(*opened);
  struct stat before {};
  if (fstat(file.get(), &before) != 0) return Error(path + ": " + std::strerror(errno));
  const auto too_large = [&] {
    return Error(path + ": larger than " + std::to_string(kMaxListFile >> 20) + " MiB; this is not a list");
  };
  if (static_cast<uint64_t>(before.st_size) > kMaxListFile) return too_large();
  uint64_t size = 0;
  std::array<char, 1 << 16> buffer;
  std::string rest;  // of a line that goes on in the next buffer
  uint64_t number = 0;
  const auto on_line = [&](std::string_view line) -> std::string {
    ++number;
    if (line.size() > kMaxLine) return "the line is longer than " + std::to_string(kMaxLine) + " characters";
    const std::string_view text = content(line);
    return text.empty() ? std::string() : take(text);
  };
  const auto complain = [&](const std::string& why) {
    return Error(path + ":" + std::to_string(number) + ": " + why);
  };
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0) return Error(path + ": cannot read the file: " + std::strerror(errno));
    if (got == 0) break;
    size += static_cast<uint64_t>(got);
    if (size > kMaxListFile) return too_large();  // it grows while it is read
    std::string_view read(buffer.data(), static_cast<size_t>(got));
    for (size_t end = read.find('\n'); end != std::string_view::npos; end = read.find('\n')) {
      const std::string_view part = read.substr(0, end);
      std::string why = rest.empty() ? on_line(part) : on_line(rest.append(part));
      rest.clear();
      if (!why.empty()) return complain(why);
      read.remove_prefix(end + 1);
    }
    rest.append(read);
    if (rest.size() > kMaxLine) {
      ++number;
      return complain("the line is longer than " + std::to_string(kMaxLine) + " characters");
    }
  }
  if (!rest.empty()) {
    if (const std::string why = on_line(rest); !why.empty()) return complain(why);
  }
  struct stat after {};
  if (fstat(file.get(), &after) != 0 || !same_file(before, after))
    return Error(path + ": changed while it was read; write lists to a new file and rename it");
  return {};
}

tl::expected<void, std::string> read_prefix_list(const std::string& path,
                                                 const std::function<void(const Prefix&)>& take) {
  size_t count = 0;
  return read_list(path, [&](std::string_view line) -> std::string {
    std::string_view left = line;
    std::string_view word = first_word(left);
    if (word == "create") return {};  // ipset save
    if (word == "add") {
      (void)first_word(left);
      word = first_word(left);
    } else if (word == "deny") {
      word = first_word(left);
    } else if (left.starts_with("- ") || word.ends_with('-')) {
      word = line;  // a range with blanks
    }
    const auto prefixes = parse_prefixes(word);
    if (!prefixes) return prefixes.error();
    count += prefixes->size();
    if (count > kMaxListEntries) return "more than " + std::to_string(kMaxListEntries) + " prefixes";
    for (const Prefix& prefix : *prefixes) take(prefix);
    return {};
  });
}

}  // namespace ptrd::policy
