// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "change/journal_format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::change {

/// The file of all changes since an image was made: image and journal together are the state after any
/// crash. An entry that `append` has taken is on disk. Locked (flock(2)) as long as this object lives, so
/// that no two processes write to it; a child that is forked meanwhile holds the lock too.
///
/// One thread at a time, except for `bytes` and `entries`, which have to be asked by the writing thread.
class Journal {
 public:
  /// What `open` found.
  struct Opened {
    std::unique_ptr<Journal> journal;
    std::string note;  // a line for the log, if something was cut off; else empty
  };

  /// Creates the journal of an image, empty, atomically and synced; or reads the one that is there. What a
  /// crash left of the last write, which nobody was told had succeeded, is cut off. Error: one line with the
  /// path; the file is unchanged then: damaged, of another image, foreign, in use by another process.
  [[nodiscard]] static tl::expected<Opened, std::string> open(const std::string& path,
                                                              uint64_t image_checksum);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  /// Visits all entries in order. Error: one line; the visitor's is passed on with the path and the entry.
  [[nodiscard]] tl::expected<void, std::string> replay(const EntryVisitor& visit) const;

  /// Appends these entries, by one write and one sync for all of them: all of them or none. Error: one line;
  /// the file is as it was before. If the disk failed to sync, nobody knows what is on it (fsync(2) reports
  /// such an error once only): all further appends are refused then.
  [[nodiscard]] tl::expected<void, std::string> append(std::span<const wire::Bytes> payloads);

  /// A place between two entries.
  struct Mark {
    uint64_t offset = 0;  // bytes
    uint64_t number = 0;  // of the next entry
  };
  /// The end: an image with all entries so far is what the rest of the journal will change.
  [[nodiscard]] Mark mark() const { return {size_, next_}; }
  /// To be called before an image that has what came before `from` takes the place of the image's file: from
  /// then on the journal belongs to either, whichever `open` is given, and a crash at any moment loses
  /// nothing. `restart` comes after. Error: one line; the journal is as it was.
  [[nodiscard]] tl::expected<void, std::string> announce(uint64_t image_checksum, const Mark& from);
  /// Replaces the journal, by rename, by one for another image, which has what came before `from`; entries
  /// from there on are kept. Error: one line; the journal is as it was, and goes on.
  [[nodiscard]] tl::expected<void, std::string> restart(uint64_t image_checksum, const Mark& from);
  /// The same, empty.
  [[nodiscard]] tl::expected<void, std::string> restart(uint64_t image_checksum) {
    return restart(image_checksum, mark());
  }

  /// Size of the file.
  [[nodiscard]] uint64_t bytes() const { return size_; }
  [[nodiscard]] uint64_t entries() const { return next_ - header_.first; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] uint64_t image_checksum() const { return header_.image_checksum; }

 private:
  Journal(std::string path, int file, const JournalContents& contents)
      : path_(std::move(path)),
        file_(file),
        header_(contents.header),
        size_(contents.size),
        next_(contents.next) {}
  [[nodiscard]] tl::expected<void, std::string> cut_back();
  [[nodiscard]] std::string failure(const std::string& what) const {
    return "journal " + path_ + ": " + what;
  }

  std::string path_;
  int file_;
  JournalHeader header_;
  uint64_t size_;
  uint64_t next_;       // number of the next entry
  std::string broken_;  // why nothing can be appended any more; empty: it can
  std::vector<uint8_t> buffer_;
};

}  // namespace ptrd::change
