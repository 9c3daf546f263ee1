// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ptrd/wire/plural.hpp"

namespace ptrd::change {

namespace {

using Failure = tl::unexpected<std::string>;

/// Owns a file descriptor.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::string error_text() {
  return std::strerror(errno);
}

/// Writes all of `bytes` at `offset`. False: errno says why not.
bool write_at(int file, uint64_t offset, wire::Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(size));
    offset += static_cast<uint64_t>(size);
  }
  return true;
}

bool sync(int file) {
  return ::fdatasync(file) == 0;
}

/// Syncs the folder of a file, so that its name is on disk.
bool sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const OpenFile file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file && ::fsync(file.get()) == 0;
}

/// A file beside `path`, locked, that is removed unless it gets its name.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), temporary_(path + ".XXXXXX") {
    file_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    made_ = file_ >= 0;
    if (file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) != 0) ok_ = false;
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (file_ >= 0) ::close(file_);
    if (made_ && !named_) ::unlink(temporary_.c_str());
  }

  /// Appends. Errors are told by the call that names the file.
  void write(wire::Bytes bytes) {
    ok_ = ok_ && file_ >= 0 && write_at(file_, size_, bytes);
    size_ += bytes.size();
  }
  /// Gives the file its name, in place of the file that has it. False: errno says why not.
  bool replace() {
    return finish() && (named_ = ::rename(temporary_.c_str(), path_.c_str()) == 0) && sync_folder_of(path_);
  }
  /// Gives the file its name if no file has it (EEXIST).
  bool create() {
    return finish() && ::link(temporary_.c_str(), path_.c_str()) == 0 && sync_folder_of(path_);
  }
  [[nodiscard]] bool named() const { return named_; }
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] int release() { return std::exchange(file_, -1); }

 private:
  bool finish() { return ok_ && file_ >= 0 && ::fchmod(file_, 0640) == 0 && ::fsync(file_) == 0; }

  const std::string& path_;
  std::string temporary_;
  int file_ = -1;
  bool made_ = false;
  bool ok_ = true;
  bool named_ = false;
  uint64_t size_ = 0;
};

uint64_t random_number() {
  uint64_t number = 0;
  // Before the kernel has collected entropy, the clock has to do: a seed keeps off accidents, too.
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
    number = static_cast<uint64_t>(::time(nullptr)) * 0x9E37'79B9'7F4A'7C15U;
  return number;
}

wire::Bytes bytes_of(const JournalHeader& header) {
  return {reinterpret_cast<const uint8_t*>(&header), sizeof header};
}

/// Opens and locks what has the name `path`; a descriptor below zero and errno ENOENT: nothing has.
tl::expected<OpenFile, std::string> open_locked(const std::string& path) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    OpenFile file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file && errno == ENOENT) return file;
    if (!file) return Failure(error_text());
    struct stat opened {
    }, named{};
    if (::fstat(file.get(), &opened) != 0) return Failure(error_text());
    if (!S_ISREG(opened.st_mode)) return Failure("not a regular file");
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
      return Failure(errno == EWOULDBLOCK ? "another ptrd uses it; stop that one, or give this one its own"
                                          : error_text());
    // Whoever held the lock may have replaced the file since it was opened.
    if (::stat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
      return file;
  }
  return Failure("it is replaced again and again");
}

}  // namespace

Journal::~Journal() {
  ::close(file_);
}

tl::expected<Journal::Opened, std::string> Journal::open(const std::string& path, uint64_t image_checksum) {
  const auto fail = [&](const std::string& what) { return Failure("journal " + path + ": " + what); };
  auto file = open_locked(path);
  if (!file) return fail(file.error());
  if (!*file) {
    const JournalHeader header = make_journal_header(image_checksum, 1, random_number());
    NewFile made(path);
    made.write(bytes_of(header));
    if (!made.create())
      return fail(errno == EEXIST ? "another ptrd has just made it" : "cannot create: " + error_text());
    return Opened{
        std::unique_ptr<Journal>(new Journal(path, made.release(), {header, made.size(), header.first, 0})),
        ""};
  }
  struct stat about {};
  if (::fstat(file->get(), &about) != 0) return fail(error_text());
  const auto contents = read_journal(file->get(), static_cast<uint64_t>(about.st_size),
                                     [](uint64_t, wire::Bytes) { return tl::expected<void, std::string>(); });
  if (!contents) return fail(contents.error() + "; move it away to start a new one");
  const JournalHeader& header = contents->header;
  const bool next = header.image_checksum != image_checksum && header.next_image == image_checksum &&
                    header.next_image != 0 && contents->next_image_first != 0;
  if (!next && header.image_checksum != image_checksum)
    return fail("it belongs to another image; give that one, or move the journal away to start a new one");
  std::string note;
  if (contents->tail > 0) {
    if (::ftruncate(file->get(), static_cast<off_t>(contents->size)) != 0 || !sync(file->get()))
      return fail("cannot cut off an unfinished entry: " + error_text());
    note = "journal " + path + ": " + wire::plural(contents->tail, "byte") +
           " of an unfinished write cut off at the end";
  }
  Opened opened{std::unique_ptr<Journal>(new Journal(path, file->release(), *contents)), note};
  if (next) {
    const Mark from{header.next_offset, contents->next_image_first};
    if (const auto ok = opened.journal->restart(image_checksum, from); !ok) return Failure(ok.error());
  }
  return opened;
}

tl::expected<void, std::string> Journal::replay(const EntryVisitor& visit) const {
  const auto contents = read_journal(
      file_, size_, [&](uint64_t number, wire::Bytes payload) -> tl::expected<void, std::string> {
        const auto ok = visit(number, payload);
        if (!ok) return Failure("entry " + std::to_string(number - header_.first + 1) + ": " + ok.error());
        return {};
      });
  if (!contents) return Failure(failure(contents.error()));
  if (contents->size != size_) return Failure(failure("damaged since it was opened"));
  return {};
}

tl::expected<void, std::string> Journal::cut_back() {
  buffer_.clear();
  if (::ftruncate(file_, static_cast<off_t>(size_)) == 0 && sync(file_)) return {};
  broken_ = failure("cannot be cut back after an error: " + error_text() +
                    "; no changes are taken until ptrd is restarted");
  return Failure(broken_);
}

tl::expected<void, std::string> Journal::append(std::span<const wire::Bytes> payloads) {
  constexpr size_t kKeptBuffer = 1 << 20;
  if (!broken_.empty()) return Failure(broken_);
  buffer_.clear();
  if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
  uint64_t number = next_;
  for (const wire::Bytes payload : payloads) {
    if (payload.size() > kMaxPayload)
      return Failure(failure("an entry of " + wire::plural(payload.size(), "byte") + " is too large"));
    append_entry(buffer_, payload, number++, next_, header_.seed);
  }
  if (!write_at(file_, size_, buffer_)) {
    const std::string why = failure("cannot write: " + error_text());
    if (const auto ok = cut_back(); !ok) return ok;
    return Failure(why);
  }
  if (!sync(file_)) {
    broken_ = failure("the disk failed to sync: " + error_text() +
                      "; no changes are taken until ptrd is restarted");
    const std::string why = broken_;
    (void)cut_back();
    broken_ = why;
    return Failure(broken_);
  }
  size_ += buffer_.size();
  next_ = number;
  return {};
}

tl::expected<void, std::string> Journal::announce(uint64_t image_checksum, const Mark& from) {
  JournalHeader header = header_;
  header.next_image = image_checksum;
  header.next_offset = from.offset;
  header.hash = hash_of(header);
  // Within a sector, which disks write whole.
  if (write_at(file_, 0, bytes_of(header)) && sync(file_)) {
    header_ = header;
    return {};
  }
  const std::string why = failure("cannot be prepared for another image: " + error_text());
  (void)write_at(file_, 0, bytes_of(header_));
  return Failure(why);
}

tl::expected<void, std::string> Journal::restart(uint64_t image_checksum, const Mark& from) {
  constexpr size_t kChunk = 1 << 20;
  JournalContents contents;
  contents.header = make_journal_header(image_checksum, from.number, header_.seed);
  contents.next = next_;
  NewFile made(path_);
  made.write(bytes_of(contents.header));
  std::vector<uint8_t> chunk;
  for (uint64_t at = from.offset; at < size_; at += chunk.size()) {
    chunk.resize(std::min<uint64_t>(kChunk, size_ - at));
    const ssize_t got = ::pread(file_, chunk.data(), chunk.size(), static_cast<off_t>(at));
    if (got <= 0) return Failure(failure("cannot be restarted: " + (got < 0 ? error_text() : "it is cut")));
    chunk.resize(static_cast<size_t>(got));
    made.write(chunk);
  }
  const bool synced = made.replace();
  if (!made.named()) return Failure(failure("cannot be restarted: " + error_text()));
  contents.size = made.size();
  ::close(std::exchange(file_, made.release()));
  header_ = contents.header;
  size_ = contents.size;
  broken_.clear();
  if (synced) return {};
  broken_ = failure("its folder cannot be synced: " + error_text() +
                    "; no changes are taken until ptrd is restarted");
  return Failure(broken_);
}

}  // namespace ptrd::change
