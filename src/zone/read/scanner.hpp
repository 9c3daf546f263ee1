// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

extern "C" {
#include <libzscanner/scanner.h>
}

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::zone {

/// A libzscanner context, stepped with `zs_parse_record`. It takes 200 KB, which a thread keeps for its next
/// scanner: under the address sanitizer, where fresh mappings are expensive, this makes the fuzzer five times
/// as fast.
class Scanner {
 public:
  /// The origin is the root, and there is no owner yet.
  explicit Scanner(uint32_t default_ttl) : context_(take()) {
    ok_ = zs_init(context_.get(), ".", static_cast<uint16_t>(wire::Class::in), default_ttl) == 0;
    start_ = context_->cs;
  }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner() {
    zs_deinit(context_.get());
    if (spare().size() < kMaxSpare) spare().push_back(std::move(context_));
  }

  /// False if it ran out of memory.
  [[nodiscard]] bool ok() const { return ok_; }
  zs_scanner_t* operator->() { return context_.get(); }
  const zs_scanner_t& operator*() const { return *context_; }

  [[nodiscard]] wire::Bytes origin() const { return {context_->zone_origin, context_->zone_origin_length}; }
  [[nodiscard]] wire::Bytes owner() const { return {context_->r_owner, context_->r_owner_length}; }

  /// The current origin, in wire form. Set as bytes, because `zs_init` truncates text at 1,000 characters.
  void set_origin(wire::Bytes name) {
    std::copy(name.begin(), name.end(), context_->zone_origin);
    context_->zone_origin_length = static_cast<uint32_t>(name.size());
  }
  /// The owner of a record that starts with a blank; empty: none.
  void set_owner(wire::Bytes name) {
    std::copy(name.begin(), name.end(), context_->r_owner);
    context_->r_owner_length = static_cast<uint32_t>(name.size());
  }

  /// `text` must outlive the scan; its last line may lack the newline.
  void set_input(std::string_view text) { zs_set_input_string(context_.get(), text.data(), text.size()); }

  /// The same, from wherever the scanner is, in the middle of a record too: `text` starts at the start of a
  /// line. Origin, owner and TTL stay.
  void restart(std::string_view text) {
    resume();
    context_->cs = start_;
    context_->multiline = context_->long_string = context_->comma_list = false;
    set_input(text);
  }

  /// Advances to the next record, error or $INCLUDE; false at the end.
  bool step() { return zs_parse_record(context_.get()) == 0 && context_->state != ZS_STATE_EOF; }

  /// Lets the scanner continue after an error that it considers fatal, or after an $INCLUDE, which leaves the
  /// flag set and an entry on its 16-entry call stack: reading is at the top level by then.
  void resume() {
    context_->error.fatal = false;
    context_->top = 0;
  }

 private:
  using Context = std::unique_ptr<zs_scanner_t>;
  static constexpr size_t kMaxSpare = 2;  // a file's scanner, and the one for its generated lines

  static std::vector<Context>& spare() {
    thread_local std::vector<Context> contexts;
    return contexts;
  }
  static Context take() {
    if (spare().empty()) return Context(new zs_scanner_t);
    Context context = std::move(spare().back());
    spare().pop_back();
    return context;
  }

  Context context_;
  int start_ = 0;  // the state in which a line starts
  bool ok_ = false;
};

}  // namespace ptrd::zone
