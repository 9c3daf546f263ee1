// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// asio without its templates, compiled once (ASIO_SEPARATE_COMPILATION).
#include <asio/impl/src.hpp>
