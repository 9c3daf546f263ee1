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
/// scanner: under the address sanitizer, which maps so much anew each time, the fuzzer runs five times as
/// fast.
class Scanner {
 public:
  /// The root is the origin and there is no owner yet.
  explicit Scanner(uint32_t default_ttl) : context_(take()) {
    ok_ = zs_init(context_.get(), ".", static_cast<uint16_t>(wire::Class::in), default_ttl) == 0;
  }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner() {
    zs_deinit(context_.get());
    if (spare().size() < kMaxSpare) spare().push_back(std::move(context_));
  }

  /// False when it ran out of memory.
  [[nodiscard]] bool ok() const { return ok_; }
  zs_scanner_t* operator->() { return context_.get(); }
  const zs_scanner_t& operator*() const { return *context_; }

  [[nodiscard]] wire::Bytes origin() const { return {context_->zone_origin, context_->zone_origin_length}; }
  [[nodiscard]] wire::Bytes owner() const { return {context_->r_owner, context_->r_owner_length}; }

  /// The current origin, in wire form. Set as bytes, since `zs_init` cuts its text at 1,000 characters.
  void set_origin(wire::Bytes name) {
    std::copy(name.begin(), name.end(), context_->zone_origin);
    context_->zone_origin_length = static_cast<uint32_t>(name.size());
  }
  /// The owner of a record that starts with a blank; empty: there is none.
  void set_owner(wire::Bytes name) {
    std::copy(name.begin(), name.end(), context_->r_owner);
    context_->r_owner_length = static_cast<uint32_t>(name.size());
  }

  /// `text` must stay; its last line may lack the newline.
  void set_input(std::string_view text) { zs_set_input_string(context_.get(), text.data(), text.size()); }

  /// Goes on to the next record, error or $INCLUDE; false at the end.
  bool step() { return zs_parse_record(context_.get()) == 0 && context_->state != ZS_STATE_EOF; }

  /// Lets the scanner go on behind an error that it calls fatal, or behind an $INCLUDE, which leaves the flag
  /// set and an entry on the 16 entry call stack: reading is at the top level by then.
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
  bool ok_ = false;
};

}  // namespace ptrd::zone
