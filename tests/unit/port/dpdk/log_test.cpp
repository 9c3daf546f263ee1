// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/log.hpp"

#include <gtest/gtest.h>
#include <rte_log.h>

#include <cstdio>
#include <string>

namespace ptrd::port {
namespace {

void say(uint32_t level, const char* text) {
  (void)rte_log(level, RTE_LOGTYPE_EAL, "%s\n", text);
}

// The first error is the cause, whatever came before it; without an error the first warning; what DPDK says
// of itself is neither.
TEST(DpdkLogTest, Cause) {
  DpdkLog log;
  say(RTE_LOG_WARNING, "TELEMETRY: No legacy callbacks, legacy socket not created");
  say(RTE_LOG_NOTICE, "a notice");
  say(RTE_LOG_ERR, "EAL: No free 1048576 kB hugepages reported on node 0");
  EXPECT_EQ(log.quote(), "");
  say(RTE_LOG_WARNING, "a first warning");
  say(RTE_LOG_WARNING, "a second one");
  EXPECT_EQ(log.cause(), "a first warning");
  say(RTE_LOG_CRIT, "a first error");
  say(RTE_LOG_ERR, "a second one");
  EXPECT_EQ(log.quote(), " (DPDK says: a first error)");
}

// However long a line is, little of it is kept.
TEST(DpdkLogTest, LongLines) {
  DpdkLog log;
  say(RTE_LOG_ERR, std::string(1000, 'x').c_str());
  EXPECT_EQ(log.cause(), std::string(512, 'x'));
}

// What is printed while outputs are captured does not come out; the complaint of getopt(3) is the cause.
TEST(DpdkLogTest, CapturesOutputs) {
  DpdkLog log;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  (void)std::fputs("before", stdout);
  log.capture_outputs([] {
    (void)std::fputs("a page of usage", stdout);
    (void)std::fputs("ptrd: unrecognized option '--x'\nmore\n", stderr);
  });
  (void)std::fputs(" after", stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "before after");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(log.cause(), "unrecognized option '--x'");
}

}  // namespace
}  // namespace ptrd::port
