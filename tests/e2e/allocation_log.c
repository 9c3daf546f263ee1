// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Preloaded into ptrd by test_hot_path.py: the file that ALLOCATION_LOG names gets a line for every
// allocation and release: the thread's id.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* old, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void* memory);

static void tell(void) {
  char line[16];
  static int fd = -1;
  if (fd < 0) {
    const char* given = getenv("ALLOCATION_LOG");
    if (given == NULL) return;
    fd = open(given, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) abort();
  }
  const int size = snprintf(line, sizeof line, "%ld\n", syscall(SYS_gettid));
  if (write(fd, line, (size_t)size) != size) abort();
}

void* malloc(size_t size) {
  tell();
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  tell();
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  tell();
  return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  tell();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  tell();
  *out = __libc_memalign(alignment, size);
  return *out == NULL ? ENOMEM : 0;
}
void free(void* memory) {
  tell();
  __libc_free(memory);
}
