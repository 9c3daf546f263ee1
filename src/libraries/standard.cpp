// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
// Nothing: meson compiles a header for a target, which needs a source.
