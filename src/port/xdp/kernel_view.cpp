// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <cstddef>

#include "bpf/answer_settings.h"
#include "bpf/consts.h"
#include "bpf/image.h"
#include "bpf/protocols.h"
#include "frame/headers.hpp"
#include "port/interface.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/frame.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"

// Asserts that the constants and layouts that the XDP program repeats (bpf/) are the same as in user space,
// in every build that loads the program. C cannot include the C++ headers that define them.

namespace ptrd::image {
namespace {

static_assert(kVersion == 11, "bpf/image.h was written for version 11");
static_assert(PTRD_LINE_SIZE == kLineSize && sizeof(Line) == PTRD_LINE_SIZE);

static_assert(PTRD_REF_LEAF == Ref::kLeafBit && PTRD_REF_LINE == Ref::kMaxLine);
static_assert(PTRD_REF_KIND(Ref::line(Ref::Kind::node, 5).bits()) == PTRD_REF_NODE);
static_assert(PTRD_REF_KIND(Ref::line(Ref::Kind::octets, 5).bits()) == PTRD_REF_OCTETS);
static_assert(PTRD_REF_KIND(Ref::line(Ref::Kind::few_octets, 5).bits()) == PTRD_REF_FEW_OCTETS);
static_assert(PTRD_REF_KIND(Ref::line(Ref::Kind::nibbles, 5).bits()) == PTRD_REF_NIBBLES);
static_assert(PTRD_REF_KIND(Ref::line(Ref::Kind::range, 5).bits()) == PTRD_REF_RANGE);
static_assert(PTRD_REF_KIND(Ref::pairs(48, 5).bits()) == PTRD_REF_PAIRS);
static_assert((Ref::pairs(48, 5).bits() & PTRD_REF_TABLE) == 48 && Ref::pairs(48, 5).table() == 48);
static_assert((Ref::pairs(48, 5).bits() & PTRD_REF_OCTET) == 5 && Ref::pairs(48, 5).octet() == 5);

static_assert(sizeof(ptrd_header) == kLineSize && sizeof(ptrd_header_rest) == kLineSize);
static_assert(offsetof(ptrd_header, v4) == offsetof(Header, v4));
static_assert(offsetof(ptrd_header, v6) == offsetof(Header, v6));
static_assert(kLineSize + offsetof(ptrd_header_rest, tails) == offsetof(Header, tails));

static_assert(sizeof(ptrd_node) == sizeof(Node));
static_assert(offsetof(ptrd_node, zone) == offsetof(Node, zone));
static_assert(offsetof(ptrd_node, children) == offsetof(Node, children));
static_assert(offsetof(ptrd_node, labelled) == offsetof(Node, labelled));
static_assert(offsetof(ptrd_node, flags) == offsetof(Node, flags));
static_assert(PTRD_NODE_CUT == node_flag::cut && PTRD_NODE_DNAME == node_flag::dname &&
              PTRD_NODE_WILDCARD == node_flag::wildcard);

static_assert(sizeof(ptrd_few_octets) == sizeof(FewOctets) && PTRD_FEW_OCTETS == FewOctets::kMax);
static_assert(offsetof(ptrd_few_octets, octet) == offsetof(FewOctets, octet));
static_assert(offsetof(ptrd_few_octets, count) == offsetof(FewOctets, count));
static_assert(offsetof(ptrd_few_octets, ref) == offsetof(FewOctets, ref));
static_assert(sizeof(ptrd_refs) == sizeof(NibbleLine) &&
              sizeof(ptrd_refs) * kOctetLines == sizeof(OctetTable) &&
              sizeof(ptrd_refs) * kPairLines == sizeof(PairTable));

static_assert(sizeof(ptrd_nibbles) == sizeof(Nibbles) && PTRD_NIBBLES_IN_LINE == Nibbles::kMax);
static_assert(offsetof(ptrd_nibbles, count) == offsetof(Nibbles, count));
static_assert(offsetof(ptrd_nibbles, present) == offsetof(Nibbles, present));
static_assert(offsetof(ptrd_nibbles, range) == offsetof(Nibbles, range));
static_assert(offsetof(ptrd_nibbles, key) == offsetof(Nibbles, key));
static_assert(offsetof(ptrd_nibbles, ref) == offsetof(Nibbles, ref));

static_assert(PTRD_LEAF6_KEY == offsetof(Leaf6, key) && sizeof(Leaf4) == 4);
static_assert(PTRD_LEAF6_UNITS_BEFORE * kUnitSize + sizeof(Leaf4) == sizeof(Leaf6));
static_assert(sizeof(ptrd_tail) == sizeof(Tail) && offsetof(ptrd_tail, size) == offsetof(Tail, size));
static_assert(offsetof(ptrd_tail, signing) == offsetof(Tail, signing));
static_assert(offsetof(ptrd_tail, name) == offsetof(Tail, name) && offsetof(Tail, name) == kUnitSize);

static_assert(sizeof(ptrd_range) == sizeof(Range) && offsetof(ptrd_range, tail) == offsetof(Range, tail));
static_assert(offsetof(ptrd_range, program_size) == offsetof(Range, program_size));
static_assert(offsetof(ptrd_range, program) == offsetof(Range, program));
static_assert(PTRD_STEP_LABEL == op::label && PTRD_STEP_DECIMAL == op::decimal &&
              PTRD_STEP_DECIMAL2 == op::decimal2 && PTRD_STEP_DECIMAL3 == op::decimal3 &&
              PTRD_STEP_HEX == op::hex && PTRD_STEP_HEX2 == op::hex2 && PTRD_STEP_NIBBLE == op::nibble);

static_assert(sizeof(ptrd_zone) == sizeof(Zone));
static_assert(offsetof(ptrd_zone, negative_soa) == offsetof(Zone, negative_soa));
static_assert(offsetof(ptrd_zone, negative_soa_size) == offsetof(Zone, negative_soa_size));
static_assert(offsetof(ptrd_zone, name_size) == offsetof(Zone, name_size));
static_assert(offsetof(ptrd_zone, soa_pointer) == offsetof(Zone, soa_pointer));
static_assert(offsetof(ptrd_zone, soa_target) == offsetof(Zone, soa_target));
static_assert(offsetof(ptrd_zone, denial) == offsetof(Zone, denial) && sizeof(Zone::denial) == 1);

}  // namespace
}  // namespace ptrd::image

namespace ptrd::wire {
namespace {

constexpr uint16_t code(auto value) {
  return static_cast<uint16_t>(value);
}

static_assert(PTRD_DNS_HEADER == kHeaderSize && (PTRD_POINTER | PTRD_DNS_HEADER) == kQuestionPointer);
static_assert(PTRD_FLAG_TC == flag::tc && PTRD_OPTION_COOKIE == code(Option::cookie));
static_assert(PTRD_FLAG_QR == flag::qr && PTRD_FLAG_OPCODE == flag::opcode && PTRD_FLAG_AA == flag::aa &&
              PTRD_FLAG_RD == flag::rd);
static_assert(PTRD_RCODE_NXDOMAIN == code(Rcode::nxdomain));
static_assert(PTRD_TYPE_PTR == code(Type::ptr) && PTRD_TYPE_OPT == code(Type::opt) &&
              PTRD_CLASS_IN == code(Class::in));
static_assert(PTRD_OPT_SIZE == kOptSize && PTRD_OPTION_NSID == code(Option::nsid));
static_assert(PTRD_IN_ADDR_SIZE == kInAddrSuffixSize && PTRD_IP6_SIZE == kIp6NameSize &&
              PTRD_IP6_LABELS + kIp6SuffixSize == kIp6NameSize);
// Every client accepts the largest reply of the program, so that it never has to truncate one.
static_assert(PTRD_MESSAGE_MAX <= kMinUdpPayload);

}  // namespace
}  // namespace ptrd::wire

namespace ptrd::frame {
namespace {

static_assert(PTRD_DNS_PORT == kDnsPort && PTRD_VLAN_SIZE == kVlanSize && PTRD_UDP_SIZE == kUdpSize);
static_assert(PTRD_IPV4_DF == ipv4::kDontFragment && PTRD_IPV4_FRAGMENT == ipv4::kMoreFragmentsAndOffset);
static_assert(PTRD_HOP_LIMIT == kHopLimit);

}  // namespace
}  // namespace ptrd::frame

namespace ptrd::port {
namespace {

static_assert(sizeof(ptrd_address) == sizeof(Address));
static_assert(sizeof(ptrd_station::mac) == sizeof(frame::Mac));
static_assert(sizeof(ptrd_answer_settings::udp_payload) == sizeof(answer::Settings::udp_payload));

}  // namespace
}  // namespace ptrd::port
