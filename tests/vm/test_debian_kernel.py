# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What only another kernel than the machine's own can show."""

import os
import platform
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import ptrd


class DebianKernelTest(unittest.TestCase):
    def test_it_is_debians(self):
        """This runs on the kernel of Debian's package."""
        self.assertIn("Debian", platform.version())

    def test_folders(self):
        """What lies below a folder that the guest mounts over, as a clone in /tmp does, is there all the same, and can be written."""
        folder = os.environ["PTRD_TEMPORARY"]
        self.assertTrue(os.path.exists(f"{folder}/initial"))
        with open(f"{folder}/more", "w") as file:
            file.write("more")

    def test_xdp_programs(self):
        """Its verifier takes the XDP programs, which answer there as the engine does."""
        # The tests of thousands of frames take too long here.
        chosen = "--gtest_filter=KernelAnswerTest.*:KernelFramesTest.AnswersOddButRightFrames:KernelFramesTest.Declines*" \
                 ":KernelPolicyTest.AskedAddresses:KernelPolicyTest.LongPrefixes:KernelPolicyTest.OneLimit:KernelPolicyTest.Slip:KernelCookieTest.*"
        result = ptrd.run(f"{ptrd.BUILD}/tests/unit/bpf/bpf_test", chosen, timeout=600)
        self.assertEqual(result.returncode, 0, result.stdout[-4000:])
        self.assertNotIn("SKIPPED", result.stdout)
        self.assertGreater(result.stdout.count("       OK "), 10, result.stdout)


if __name__ == "__main__":
    unittest.main()
