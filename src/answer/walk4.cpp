// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/walk4.hpp"

namespace ptrd::answer {

using image::Ref;

void Walk4::last_step() {
  last_octet_.take([this](Query& query) {
    query.record = view_.octet_child(query.table, static_cast<uint8_t>(query.name.v4));
    if (query.record.is_leaf()) [[likely]] {
      view_.prefetch_unit(query.record.unit());
      if (query.dnssec_ok) view_.prefetch_unit(query.record.unit() + image::kUnitsPerLine);  // signatures
    } else if (query.record.is(Ref::Kind::node)) {
      query.path = Query::Path::general;  // the name itself may have a Node
    } else {
      end(query, query.table, query.record);
    }
  });
}

void Walk4::end(Query& query, Ref above, Ref ref) {
  query.record = ref;
  if (ref.is(Ref::Kind::range)) {
    view_.prefetch_line(ref.line());
  } else if (ref.is_none() && !above.is_none()) {
    deny_below(view_, query, above.line() - 1, denied_);
  } else if (ref.is(Ref::Kind::node) && view_.at<image::Node>(ref.line()).children.is_none()) {
    deny_below(view_, query, ref.line(), denied_);
  } else {
    query.path = Query::Path::general;
  }
}

}  // namespace ptrd::answer
