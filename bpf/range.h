/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_RANGE_H
#define PTRD_BPF_RANGE_H

/* Runs the rule of an IPv4 range, as src/image/range.cpp does: it makes labels from the address. */

#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "protocols.h"

static __always_inline __u8 digit(__u32 value) {
  return (__u8)(value + '0' + (value > 9 ? 'a' - '9' - 1 : 0));
}

/* Writes the output of one step, other than a literal or the end of a label, at `at`: at most three bytes.
 * Returns the offset of its end. Surplus digits are overwritten by the next step. */
static __always_inline __u32 put_step(__u8* message, __u32 step, __u32 address, __u32 at) {
  __u32 form = step & 0xf0;
  __u32 octet = address >> (24 - 8 * (step & 3)) & 0xff;

  if (form >= PTRD_STEP_NIBBLE) {
    message[at] = digit(address >> (28 - 4 * (step & 7)) & 15);
    return at + 1;
  }
  if (form >= PTRD_STEP_HEX) {
    message[at] = digit(octet >> 4);
    at += octet > 15 || form == PTRD_STEP_HEX2;
    message[at] = digit(octet & 15);
    return at + 1;
  }
  message[at] = digit(octet / 100);
  at += octet > 99 || form == PTRD_STEP_DECIMAL3;
  message[at] = digit(octet / 10 % 10);
  at += octet > 9 || form >= PTRD_STEP_DECIMAL2;
  message[at] = digit(octet % 10);
  return at + 1;
}

/* Writes the labels after the record's fixed fields, and returns the offset of their end. Handles one byte of
 * the program at a time, so that the verifier has a single loop to follow. */
static __noinline __u32 run_program(struct ptrd_scratch* s, const struct ptrd_range* range) {
  __u8* message = s->bytes + PTRD_AT_MESSAGE;
  __u32 label = s->question_end + PTRD_RECORD_FIXED;
  __u32 address = (__u32)s->key[0];
  __u32 size = range->program_size;
  __u32 literal = 0; /* bytes of it that are left */
  __u32 at = label + 1;
  int i;

  if (size == 0) return label;
  for (i = 0; i < PTRD_PROGRAM_IN_LINE; i++) {
    __u32 step = range->program[i];

    if ((__u32)i >= size) break;
    /* For the verifier: names are shorter than this. */
    at &= PTRD_PLACE_MASK;
    label &= PTRD_PLACE_MASK;
    literal &= 0x3f;
    if (literal != 0) {
      message[at++] = (__u8)step;
      literal--;
    } else if (step == PTRD_STEP_LABEL) {
      message[label] = (__u8)(at - label - 1);
      label = at++;
    } else if (step < PTRD_STEP_DECIMAL) {
      literal = step;
    } else {
      at = put_step(message, step, address, at);
    }
  }
  label &= PTRD_PLACE_MASK;
  message[label] = (__u8)(at - label - 1);
  return at;
}

#endif
