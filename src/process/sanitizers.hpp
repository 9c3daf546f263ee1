// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Whether the code is built with a sanitizer that has threads, system calls and memory of its own.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define PTRD_THREAD_SANITIZER
#elif defined(__SANITIZE_ADDRESS__)
#define PTRD_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PTRD_THREAD_SANITIZER
#elif __has_feature(address_sanitizer)
#define PTRD_ADDRESS_SANITIZER
#endif
#endif

namespace ptrd::process {

#if defined(PTRD_THREAD_SANITIZER) || defined(PTRD_ADDRESS_SANITIZER)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace ptrd::process
