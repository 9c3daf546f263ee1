# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Sets fields of an image and puts its checksum right, as an enemy would (include/ptrd/image/format.hpp)."""

import ctypes
import ctypes.util
import struct

_XXHASH = ctypes.CDLL(ctypes.util.find_library("xxhash"))
_XXHASH.XXH3_64bits.restype = ctypes.c_uint64
_XXHASH.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
_LINE = 64
_CHUNK = 4096 * _LINE
_HEADER = ("root", "v4", "v6", "index", "index_lines", "index_probes", "zones", "zone_count")
ZONE_NAME_SIZE, ZONE_NAME = 14, 24  # offsets in a Zone
NODE_RRSETS, NODE_LABELLED, NODE_RRSET_COUNT, NODE_FLAGS = 8, 16, 28, 30


def _hash(data):
    return _XXHASH.XXH3_64bits(bytes(data), len(data))


class HostileImage:
    def __init__(self, path):
        with open(path, "rb") as file:
            self._bytes = bytearray(file.read())

    def header(self, name):
        return self.get(0, 40 + 4 * _HEADER.index(name))

    def set_header(self, name, value):
        self.set(0, 40 + 4 * _HEADER.index(name), value)

    def get(self, line, offset, form="<I"):
        return struct.unpack_from(form, self._bytes, line * _LINE + offset)[0]

    def set(self, line, offset, value, form="<I"):
        struct.pack_into(form, self._bytes, line * _LINE + offset, value)

    def slots(self):
        """(line, offset) of each slot of the label index that leads to a Node."""
        for line in range(self.header("index"), self.header("index") + self.header("index_lines")):
            for offset in range(4, _LINE, 8):
                if self.get(line, offset) != 0:
                    yield line, offset

    def append(self, data):
        """Puts `data` where the last line was; gives its unit."""
        unit = len(self._bytes) // 8 - 8
        self._bytes[-_LINE:] = data + bytes(-len(data) % _LINE + _LINE)
        return unit

    def save(self, path):
        struct.pack_into("<Q", self._bytes, 16, len(self._bytes) // _LINE)
        struct.pack_into("<Q", self._bytes, 24, 0)
        chunks = (self._bytes[at:at + _CHUNK] for at in range(0, len(self._bytes), _CHUNK))
        struct.pack_into("<Q", self._bytes, 24, _hash(b"".join(struct.pack("<Q", _hash(chunk)) for chunk in chunks)))
        with open(path, "wb") as file:
            file.write(self._bytes)
        return path
