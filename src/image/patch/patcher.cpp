// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/patcher.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <vector>

#include "image/patch/editor.hpp"
#include "image/patch/name_sets.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::code;
using wire::Name;
using wire::Type;

namespace {

/// Why a change of a zone is refused; a sentence.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What an enclosing zone keeps at the apex of a deeper one (RFC 4035 2.3, 2.4): DS, NSEC and the RRSIGs over
/// them.
void keep_upper(std::vector<TreeSet>& sets) {
  const auto stays = [](uint16_t type) { return type == code(Type::ds) || type == code(Type::nsec); };
  for (TreeSet& set : sets) {
    if (set.type == code(Type::rrsig)) set = set.covering(stays);
  }
  std::erase_if(sets, [&](const TreeSet& set) {
    return set.rdatas.empty() || (set.type != code(Type::rrsig) && !stays(set.type));
  });
}

}  // namespace

Patcher::Patcher(Lines& lines) : lines_(lines), tails_(lines.view()) {}

tl::expected<Patched, std::string> Patcher::apply(const Name& apex,
                                                  std::span<const RecordChange> changes) try {
  const View& view = lines_.view();
  const Zone* const found = view.find_zone(apex);
  if (found == nullptr) throw Refused("zone " + apex.to_text() + " is not in the image");
  const auto line = static_cast<uint32_t>(reinterpret_cast<const Line*>(found) - view.lines().data());
  if (found->denial == Denial::nsec3) throw NeedsCompile("zone " + apex.to_text() + " denies with NSEC3");
  std::map<std::string, std::pair<Name, std::vector<const RecordChange*>>> owners;
  for (const RecordChange& change : changes) {
    const auto owner = Name::from_wire(change.owner);
    if (!owner || !owner->is_below_or_at(apex))
      throw Refused((owner ? owner->to_text() : "a name") + " is not in zone " + apex.to_text());
    const Name low = owner->lowered();
    auto& [name, own] = owners[{reinterpret_cast<const char*>(low.bytes().data()), low.size()}];
    name = low;
    own.push_back(&change);
  }
  Patched done;
  Editor editor(lines_, tails_);
  for (const auto& [key, owner] : owners) {
    const auto& [name, own] = owner;
    const bool at_apex = name.size() == apex.size();
    NameSets now = read_sets(view, view.at<Zone>(line), name);
    if (now.authority == Authority::hidden) continue;
    const std::vector<TreeSet> before = now.sets;
    change_sets(now.sets, own, at_apex);
    if (now.authority == Authority::upper) keep_upper(now.sets);
    // DS belongs to the zone above.
    if (at_apex) std::erase_if(now.sets, [](const TreeSet& set) { return set.type == code(Type::ds); });
    if (before.empty() && now.sets.empty()) continue;
    settle_sets(now.sets);
    if (const std::string fault = fault_of(now.sets, at_apex); !fault.empty())
      throw Refused(name.to_text() + ": " + fault);
    const Patched one = compare_sets(before, now.sets);
    done.added += one.added;
    done.removed += one.removed;
    editor.put(name, line, std::move(now.sets));
  }
  auto& zone = lines_.edit<Zone>(line);
  zone.records += done.added - done.removed;
  lines_.edit_header().records += done.added - done.removed;
  return done;
} catch (const NeedsCompile& why) {
  return tl::unexpected(std::string("a change in place cannot hold this: ") + why.what() +
                        "; compile a new image");
} catch (const std::runtime_error& why) {  // Refused, NoRoom
  return tl::unexpected<std::string>(why.what());
} catch (const std::length_error& why) {
  return tl::unexpected<std::string>(why.what());
}

}  // namespace ptrd::image
