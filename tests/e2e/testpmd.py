# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""dpdk-testpmd as the wire between shared memory (net_memif) and frames in files."""

import contextlib
import re
import subprocess
import time

import frames
import leftovers


class MemifWire:
    """`with MemifWire(folder, socket, frames) as wire`: connected to the memif server at `socket`; run() sends the frames."""

    def __init__(self, folder, socket, frames_in):
        sent, self._received, self._log = (f"{folder}/wire-{name}" for name in ("q.pcap", "a.pcap", "log"))
        frames.write_pcap(sent, frames_in)
        self._command = ["dpdk-testpmd", "--lcores=0,1@0", "--in-memory", "--no-pci", "--no-telemetry",
                         f"--vdev=net_memif0,role=client,socket={socket},socket-abstract=no",
                         f"--vdev=net_pcap0,rx_pcap={sent},tx_pcap={self._received}",
                         # It would throw away what it finds at the start: the whole file.
                         "--", "-i", "--forward-mode=io", "--nb-cores=1", "--no-flush-rx"]

    def __enter__(self):
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, text=True,
                                             preexec_fn=leftovers.die_with_parent)
        self._forget = leftovers.register(self._process.kill)
        try:
            self._ask_until("show port info 0", "Link status: up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def run(self, replies):
        """Sends the frames, once; waits until `replies` have come back, and gives all that have."""
        self._say("start")
        self._ask_until("show port stats 1", rf"TX-packets: {replies}\b")
        self._say("stop")
        self._say("quit")
        self._process.wait(20)
        return frames.read_pcap(self._received)

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._forget()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def _say(self, command):
        with contextlib.suppress(BrokenPipeError):  # who waits for it to answer will see
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()

    def _ask_until(self, command, pattern, seconds=20):
        end, log = time.monotonic() + seconds, ""
        while time.monotonic() < end and self._process.poll() is None:
            self._say(command)
            time.sleep(0.1)
            with open(self._log) as file:
                log = file.read()
            if re.search(pattern, log):
                return
        raise AssertionError(f"testpmd has no {pattern}:\n{log[-2000:]}")
